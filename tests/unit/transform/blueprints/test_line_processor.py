from __future__ import annotations

import time

from support.blueprints import GOOD_RECORDS, Blueprint
from support.transform_harness import batch


def test_without_a_reject_stream_a_bad_line_fails_its_record() -> None:
    blueprint = Blueprint("syslog_to_json", reject_stream=None)
    assert blueprint.result(GOOD_RECORDS["syslog_to_json"] + b"\n") == "Ok"
    assert blueprint.result(b"Hello") == "ProcessingFailed"


def test_a_batch_of_three_mebibytes_takes_seconds_at_most() -> None:
    start = time.process_time()
    Blueprint("syslog_to_json").reply(batch(*[GOOD_RECORDS["syslog_to_json"] + b" " + b"x" * 400] * 6_000))
    assert time.process_time() - start < 3
