"""Which keys of a JSON object go to which columns of a table, or members of a struct.

Source: facts/firehose.md#conversion-options, #openx.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from clickstream_local.glue.serde import SerDe

T = TypeVar("T")

_MOST_PLANS = 1024
_MOST_PLANNED_KEYS = 131_072
_MOST_PLANNED_CHARACTERS = 4 * 1024 * 1024
"""The three bound the memory of what is remembered about objects' keys."""


class KeyPlans(Generic[T]):
    """Finds the keys of objects for the places of a table or struct, at any depth.

    Producers write their keys in few different orders: what a sequence of keys means is worked out once.

    Parameters
    ----------
    places:
        The columns' or members' names, each with what is to be found for it.
    serde:
        The rules: a mapped name stands for its key; what has no key of its own takes one whose dots are underscores, if
        the deserializer is told to; of keys that differ only in case, the last counts.
    """

    def __init__(self, places: Sequence[tuple[str, T]], serde: SerDe) -> None:
        self._serde = serde
        self._by_name = dict(places)
        self._by_key: dict[str, list[T]] = {}
        for name, found in places:
            # A mapping can give one key to two columns.
            self._by_key.setdefault(serde.mappings.get(name, name), []).append(found)
        self._plans: dict[tuple[str, ...], list[tuple[str, T]]] = {}
        self._planned_keys = self._planned_characters = 0

    def of(self, document: dict[str, object]) -> list[tuple[str, T]]:
        """The keys of an object that go somewhere, each with what was found for it."""
        keys = tuple(document)
        plan = self._plans.get(keys)
        return self._plan(keys) if plan is None else plan

    def _plan(self, keys: tuple[str, ...]) -> list[tuple[str, T]]:
        own: dict[str, str] = {}
        dotted: dict[str, str] = {}
        any_case, dots = self._serde.case_insensitive, self._serde.dots_to_underscores
        for key in keys:
            spelled = key.lower() if any_case else key
            if spelled in self._by_key:
                own[spelled] = key
            if dots and "." in spelled:
                dotted.setdefault(spelled.replace(".", "_"), key)
        plan = [(key, found) for spelled, key in own.items() for found in self._by_key[spelled]]
        for name, key in dotted.items():
            if name in self._by_name and self._serde.mappings.get(name, name) not in own:
                plan.append((key, self._by_name[name]))
        self._remember(keys, plan)
        return plan

    def _remember(self, keys: tuple[str, ...], plan: list[tuple[str, T]]) -> None:
        planned_keys = self._planned_keys + len(keys)
        planned_characters = self._planned_characters + sum(map(len, keys))
        if (
            len(self._plans) < _MOST_PLANS
            and planned_keys <= _MOST_PLANNED_KEYS
            and planned_characters <= _MOST_PLANNED_CHARACTERS
        ):
            self._planned_keys, self._planned_characters = planned_keys, planned_characters
            self._plans[keys] = plan
