from __future__ import annotations

import io

from rich.console import Console

from clickstream_local.verify.reconcile import HOUR, Account, Reconciliation
from clickstream_local.verify.report import print_reconciliation, remarks


def test_each_hour_is_a_row_and_the_total_is_the_last() -> None:
    text = io.StringIO()
    hours = {0: Account(came=1_200, rows=1_200), HOUR: Account(came=3, rows=2, missing=1)}
    print_reconciliation(Console(file=text, width=120), Reconciliation("clicks", hours))
    shown = text.getvalue()
    assert "1970-01-01T01:00Z" in shown
    assert "1,203" in shown
    assert "1 events came in and are nowhere" in shown


def test_what_was_only_counted_is_said() -> None:
    found = Reconciliation("clicks", without_identity=Account(came=2, rows=2))
    assert list(remarks(found)) == [
        "0 missing, 0 twice",
        "events without an id, from producers, are counted, not matched",
    ]
