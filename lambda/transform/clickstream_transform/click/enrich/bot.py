"""Whether a user agent names itself as a crawler or a tool, and what told it so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from clickstream_transform.click.enrich.user_agent import Agent, read_agent, word_set

_APP_DEVICES = frozenset({"mobile", "tablet", "tv", "wearable", "console", "car"})
_APP_SYSTEMS = frozenset({"Android", "iOS", "tvOS", "watchOS", "Tizen", "webOS", "HarmonyOS", "KaiOS"})

_BROWSERS = ("mozilla/", "opera/")


def bot_indicators(agent: Agent, known: Mapping[str, str]) -> list[str]:
    """What makes a user agent a robot's, empty for a person's; ``known`` are the columns of ``agent_columns``.

    ``crawler`` and ``tool`` (a word in it, or a name that public lists have; on Linux also a program that is no
    browser), ``headless`` (a browser under remote
    control), ``link`` (a page or an address to complain to), ``compatible`` (nothing but compatibility with a browser
    is claimed), ``no_device`` (it names no browser, no system, no device and no application that people use).
    """
    judge = _judge()
    found = {indicator for indicator, _ in judge.reasons(agent, known)}
    return [name for name in judge.order if name in found] if found else []


_Rule = tuple[str, str, str]
"""Indicator, where it counts, pattern."""


class Judge:
    """The rules, by the literals without which none of them counts."""

    order = ("crawler", "tool", "headless", "link", "compatible", "no_device")

    def __init__(self) -> None:
        from clickstream_transform.click.enrich import lists

        self._patterns: dict[str, re.Pattern[str]] = {}
        self._fragments: dict[str, list[_Rule]] = {}
        self._by_word: dict[bytes, list[_Rule]] = {}
        for indicator, words, fragment, where, pattern in lists.rows(lists.RULES):
            for word in word_set(words):
                self._by_word.setdefault(word, []).append((indicator, where, pattern))
            if fragment:
                self._fragments.setdefault(fragment, []).append((indicator, where, pattern))
        self._app_fragments = {
            fragment: rules
            for fragment, rules in self._fragments.items()
            if any(where != "not in an app" for _, where, _ in rules)
        }
        self._names: dict[bytes, list[str]] = {}
        for key, name in lists.rows(lists.NAMES):
            self._names.setdefault(key.encode(), []).append(name)
        self._words = frozenset(self._by_word)
        self._listed = frozenset(self._names)
        self._people = word_set(lists.PEOPLE)

    def reasons(self, agent: Agent, known: Mapping[str, str]) -> list[tuple[str, str]]:
        """Indicators, each with the pattern, word or name that gave it."""
        text, words = agent
        app = known.get("device_type") in _APP_DEVICES or known.get("os_name") in _APP_SYSTEMS or b"cfnetwork" in words
        fragments = self._app_fragments if app else self._fragments
        rules = [(rule, b"") for fragment in fragments if fragment in text for rule in fragments[fragment]]
        for word in words & self._words:
            rules += [(rule, word) for rule in self._by_word[word]]
        reasons = []
        if rules:
            own = app and not text.startswith("mozilla/")
            besides = read_agent(_without_model(text)) if "android" in text else agent
            for (indicator, where, pattern), word in rules:
                if (app and where == "not in an app") or (own and where == "not in an app of its own"):
                    continue
                told = besides if where == "not in the model" else agent
                if not pattern:
                    if word in told.words:
                        reasons.append((indicator, word.decode()))
                    continue
                compiled = self._patterns.get(pattern)
                if compiled is None:  # patterns are compiled as they are needed: most never are
                    compiled = self._patterns[pattern] = re.compile(pattern)
                if compiled.search(told.text):
                    reasons.append((indicator, pattern))
        if not app and not agent.words.isdisjoint(self._listed):
            reasons += [("crawler", name) for word in agent.words & self._listed for name in self._named(word, text)]
        if agent.words.isdisjoint(self._people):
            if not known:
                reasons.append(("no_device", ""))
            elif known.get("os_name") == "Linux" and "browser_name" not in known and not text.startswith(_BROWSERS):
                reasons.append(("tool", ""))
        return reasons

    def _named(self, word: bytes, text: str) -> list[str]:
        return [name for name in self._names[word] if (text.startswith(name[1:]) if name[0] == "^" else name in text)]


def _without_model(text: str) -> str:
    """An agent without its first parenthesis, in which Android devices have their model, unless it has a link."""
    begin = text.find("(")
    end = text.find(")", begin)
    return text if begin < 0 or end < 0 or "http" in text[begin:end] else f"{text[:begin]}{text[end:]}"


@lru_cache(maxsize=1)
def _judge() -> Judge:
    # At first use: a pipeline whose schema has no such column does not pay for it at its cold start.
    return Judge()
