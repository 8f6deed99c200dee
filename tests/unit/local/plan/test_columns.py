from __future__ import annotations

import pytest

from clickstream_local.plan.columns import Access, Column, compared, effects


def lines(old: str, new: str, access: Access, *, fed: bool = True, kept: bool = True) -> list[str]:
    """Columns are written as ``name:type``."""
    sides = ([Column(*one.split(":")) for one in side.split()] for side in (old, new))
    found = effects(compared(*sides), access, fed=fed, kept=kept)
    return [f"{one.severity.label}: {one.what}" for one in found]


@pytest.mark.parametrize("access", Access)
def test_a_column_at_the_end_is_safe_in_every_format(access: Access) -> None:
    assert lines("a:int b:int", "a:int b:int c:string", access) == [
        "safe: gets column at the end c (string): null in the objects so far"
    ]


def test_a_column_in_the_middle_is_safe_by_name_and_breaks_by_position() -> None:
    assert lines("a:int b:int", "a:int c:int b:int", Access.NAME) == [
        "safe: gets column c (int): null in the objects so far"
    ]
    assert lines("a:int b:int", "a:int c:int b:int", Access.POSITION) == [
        "visible: columns change their place: b: breaking; in objects so far, others lie there"
    ]


def test_the_order_matters_by_position_only() -> None:
    assert lines("a:int b:int", "b:int a:int", Access.NAME) == [
        "safe: the order of a, b changes: Athena reads these objects by name"
    ]
    assert lines("a:int b:int", "b:int a:int", Access.POSITION)[0].startswith(
        "visible: columns change their place: a, b"
    )
    assert lines("a:int b:int", "b:int a:int", Access.UNKNOWN) == ["unknown: columns change their place: a, b"]


def test_a_removed_column_loses_what_events_bring_unless_a_backup_keeps_it() -> None:
    lost = "loses column b: breaking; queries that name it fail"
    assert lines("a:int b:int", "a:int", Access.NAME) == [f"visible: {lost}"]
    assert lines("a:int b:int", "a:int", Access.NAME, kept=False) == [
        f"data-loss: {lost}, and values that events bring for it are stored nowhere any more"
    ]
    assert lines("a:int b:int", "a:int", Access.NAME, fed=False, kept=False) == [f"visible: {lost}"]


def test_a_column_that_is_removed_before_others_moves_them_by_position() -> None:
    assert [line.split(":")[0] for line in lines("a:int b:int c:int", "a:int c:int", Access.POSITION)] == [
        "visible"
    ] * 2
    assert len(lines("a:int b:int c:int", "a:int c:int", Access.NAME)) == 1


@pytest.mark.parametrize("access", Access)
def test_another_type_breaks_in_every_format(access: Access) -> None:
    (line,) = lines("a:int", "a:bigint", access)
    assert line == "visible: column a changes its type from int to bigint: breaking"


def test_a_renamed_column_is_read_by_position_and_not_by_name() -> None:
    assert lines("a:int b:int", "a:int c:int", Access.POSITION) == [
        "visible: column b becomes c: breaking; objects so far are read under the new name; queries that use the old "
        "one fail"
    ]
    assert "objects so far have nothing under the new name" in lines("a:int b:int", "a:int c:int", Access.NAME)[0]


def test_a_column_of_another_name_and_type_is_removed_and_added() -> None:
    kinds = [line.split(" ")[1] for line in lines("a:int b:int", "a:int c:string", Access.NAME)]
    assert kinds == ["gets", "loses"]
