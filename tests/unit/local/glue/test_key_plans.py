"""Which keys go where, worked out once for a sequence of keys, and what that may cost."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from clickstream_local.glue import key_plans
from clickstream_local.glue.key_plans import KeyPlans
from clickstream_local.glue.serde import SerDe

OPENX = SerDe.openx({})


def test_each_key_is_found_with_its_place_and_the_last_of_equal_ones_counts() -> None:
    plans = KeyPlans([("a", 1), ("b", 2)], OPENX)
    document: dict[str, object] = {"A": 0, "x": 0, "B": 0, "a": 0}
    assert plans.of(document) == plans.of(document) == [("a", 1), ("B", 2)]


def test_another_order_of_keys_is_another_plan() -> None:
    plans = KeyPlans([("a", 1), ("b", 2)], OPENX)
    assert (plans.of({"a": 0, "b": 0}), plans.of({"b": 0, "a": 0})) == ([("a", 1), ("b", 2)], [("b", 2), ("a", 1)])


@pytest.mark.parametrize(
    ("bound", "value"), [("_MOST_PLANS", 3), ("_MOST_PLANNED_KEYS", 30), ("_MOST_PLANNED_CHARACTERS", 80)]
)
def test_what_is_remembered_is_bounded_and_all_is_found_beyond(
    monkeypatch: pytest.MonkeyPatch, bound: str, value: int
) -> None:
    monkeypatch.setattr(key_plans, bound, value)
    plans = KeyPlans([("a", 1)], OPENX)
    for number in range(100):
        assert plans.of({**{f"{number:02}{place}": 0 for place in range(8)}, "a": 0}) == [("a", 1)]
    assert len(plans._plans) == 3


def seconds(run: Callable[[], object]) -> float:
    """Processor time, the best of five."""
    times = []
    for _ in range(5):
        before = time.process_time()
        for _ in range(300):
            run()
        times.append(time.process_time() - before)
    return min(times)


def test_a_wide_object_costs_by_its_keys_and_no_more() -> None:
    """Twice as many keys, below and above 200, cost less than three times as much."""
    plans = KeyPlans([(f"k{number}", number) for number in range(20)], OPENX)

    def cost(count: int) -> float:
        document: dict[str, object] = {f"k{number}": 0 for number in range(count)}
        return seconds(lambda: plans.of(document))

    assert cost(400) < 3 * cost(200)
    assert cost(3200) < 3 * cost(1600)
