from __future__ import annotations

from support.blueprints import GOOD_RECORDS, Blueprint


def test_the_metrics_count_rows_without_a_newline_too() -> None:
    blueprint = Blueprint("apache_log_to_json", strict=True)
    blueprint.output(GOOD_RECORDS["apache_log_to_json"])
    assert (blueprint.metrics[0]["EventsIn"], blueprint.metrics[0]["EventsOut"]) == (1, 1)
