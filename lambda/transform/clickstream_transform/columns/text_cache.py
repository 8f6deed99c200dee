"""A bounded cache by text, because many events share a user agent, an address or a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_GENERATION = 2_048
_LONGEST = 1_024
"""Clients choose the texts that are remembered, and the texts are what fills the memory."""

_Made = TypeVar("_Made")


class TextCache(dict[str, _Made]):
    """``cache[text]`` is ``make(text)``, made once while the text is in use.

    Holds two generations of 2,048 texts of at most 1,024 characters each: when the younger is full, the older is
    forgotten but for what was asked for again. A plain dictionary when it has the answer, so quicker than ``lru_cache``
    with a length to look at before.
    """

    def __init__(self, make: Callable[[str], _Made]) -> None:
        super().__init__()
        self._make = make
        self._older: dict[str, _Made] = {}

    def __missing__(self, text: str) -> _Made:
        if len(text) > _LONGEST:
            return self._make(text)
        made = self._older[text] if text in self._older else self._make(text)
        if len(self) == _GENERATION:
            self._older = dict(self)
            self.clear()
        self[text] = made
        return made
