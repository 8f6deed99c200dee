"""Device, browser, operating system and robots by the user agent.

The lists are in ``lists``; every row of them names literals that have to be in a text that its pattern matches, so that
most patterns are never tried. An agent that was never seen costs a few microseconds: clients choose it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

# Letters stay, all else separates words. Of other scripts nothing is looked for.
_WORDS = bytes(code if chr(code).isascii() and chr(code).isalpha() else 32 for code in range(256))


class Agent(NamedTuple):
    """A user agent in lower case, and its words: runs of letters."""

    text: str
    words: frozenset[bytes]


def read_agent(agent: str) -> Agent:
    """Take a user agent apart."""
    text = agent.lower()
    return Agent(text, frozenset(text.encode("latin-1", "replace").translate(_WORDS).split()))


class Table:
    """Rows of which the first counts that a user agent satisfies.

    Their cells: name, words, fragment, words that are needed as well, words that must not be there, pattern.
    """

    def __init__(self, rows: list[list[str]]) -> None:
        self._by_word: dict[bytes, list[int]] = {}
        self._fragments: list[tuple[str, int]] = []
        self._rows = rows
        self._needs = [(word_set(also), word_set(without)) for _, _, _, also, without, _ in rows]
        self._searches: list[Callable[[str], re.Match[str] | None] | None] = [None] * len(rows)
        for number, (_, words, fragment, _, _, _) in enumerate(rows):
            for word in word_set(words):
                self._by_word.setdefault(word, []).append(number)
            if not words:
                self._fragments.append((fragment, number))
        self._words = frozenset(self._by_word)

    def first(self, agent: Agent) -> tuple[str, str | None] | None:
        """The name of the first row that the agent satisfies, and the first group of its pattern that took part."""
        text, words = agent
        numbers = []
        for word in words & self._words:
            numbers += self._by_word[word]
        for fragment, number in self._fragments:
            if fragment in text:
                numbers.append(number)
        numbers.sort()
        for number in numbers:
            also, without = self._needs[number]
            if (also and not also <= words) or (without and not without.isdisjoint(words)):
                continue
            search = self._searches[number]
            if search is None:  # patterns are compiled as they are needed: most never are
                search = self._searches[number] = re.compile(self._rows[number][5]).search
            match = search(text)
            if match is not None:
                return self._rows[number][0], match[match.lastindex] if match.lastindex else None
        return None


def word_set(words: str) -> frozenset[bytes]:
    """Words as an agent has them."""
    return frozenset(words.encode().split())


@lru_cache(maxsize=1)
def _tables() -> tuple[Table, Table, Table, dict[str, str]]:
    # At first use: a pipeline whose schema has no such column does not pay for it at its cold start.
    from clickstream_transform.click.enrich import lists

    devices, browsers, systems = (Table(lists.rows(table)) for table in (lists.DEVICES, lists.BROWSERS, lists.SYSTEMS))
    return devices, browsers, systems, dict(lists.rows(lists.WINDOWS))


def agent_columns(agent: Agent) -> dict[str, str]:
    """The columns ``device_type``, ``browser_name``, ``browser_version``, ``os_name``, ``os_version`` that are known.

    Versions of browsers are major versions. What no word of the agent says is left out.
    """
    devices, browsers, systems, windows = _tables()
    columns = {}
    device = devices.first(agent)
    if device is not None:
        columns["device_type"] = device[0]
    browser = browsers.first(agent)
    if browser is not None:
        columns["browser_name"] = browser[0]
        if browser[1]:
            columns["browser_version"] = browser[1]
    system = systems.first(agent)
    if system is not None:
        name, version = system
        columns["os_name"] = name
        if version:
            columns["os_version"] = windows.get(version, version) if name == "Windows" else version.replace("_", ".")
    return columns
