"""Rooms and files import downwards only: no circle at any depth of any package."""

from __future__ import annotations

import sys
from graphlib import CycleError

import pytest

from support.checkout import CHECKOUT

sys.path.append(str(CHECKOUT / "tools"))
from floors import PACKAGES, arrows, floors


@pytest.mark.parametrize("package", PACKAGES)
def test_no_arrow_runs_back_up(package: str) -> None:
    circles = []
    for folder, rooms in arrows(package):
        try:
            floors(rooms)
        except CycleError as error:
            circles.append((folder, error.args[1]))
    assert circles == []


def test_a_circle_is_found() -> None:
    with pytest.raises(CycleError):
        floors({"above": {"below"}, "below": {"between"}, "between": {"above"}})


def test_floors_are_drawn_from_the_lowest() -> None:
    assert floors({"roof": {"floor", "cellar"}, "floor": {"cellar"}, "cellar": set()}) == [
        ["cellar"],
        ["floor"],
        ["roof"],
    ]
