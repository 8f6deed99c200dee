from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.blueprints import DIGITS, FLOW, WORD, Blueprint, assert_fits, assert_rows_fit, json_rows, log_document


def test_vpc_flow_records_in_messages_are_taken_apart() -> None:
    (row,) = json_rows(Blueprint("cloudwatch_logs", parse_messages="vpc_flow"), log_document(FLOW))
    assert (row["srcaddr"], row["dstport"], row["bytes"]) == ("192.0.2.1", 49152, 840)
    assert (row["start_time"], row["action"]) == ("2014-12-14T04:06:50.000Z", "ACCEPT")
    assert_fits(row, "vpc_flow", "cloudwatch_logs")


def test_a_flow_record_without_data_has_no_addresses() -> None:
    nodata = "2 123456789012 eni-0a - - - - - - - 1431280876 1431280934 - NODATA"
    (row,) = json_rows(Blueprint("cloudwatch_logs", parse_messages="vpc_flow"), log_document(nodata))
    assert "srcaddr" not in row
    assert row["log_status"] == "NODATA"


@settings(max_examples=80, deadline=None)
@given(fields=st.lists(st.one_of(DIGITS, WORD, st.just("-")), min_size=13, max_size=14))
def test_rows_of_flow_records_fit(fields: list[str]) -> None:
    blueprint = Blueprint("cloudwatch_logs", parse_messages="vpc_flow")
    assert_rows_fit(blueprint, log_document(" ".join(fields)), "vpc_flow", "cloudwatch_logs")


@pytest.mark.parametrize("place", [5, 6, 7])
def test_a_port_or_protocol_that_its_column_cannot_hold_makes_it_no_flow_record(place: int) -> None:
    fields = FLOW.split()
    fields[place] = "65536"
    blueprint = Blueprint("cloudwatch_logs", parse_messages="vpc_flow")
    assert blueprint.rules(log_document(" ".join(fields))) == ["no_vpc_flow_log"]
