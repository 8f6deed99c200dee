"""User agents for the tests of what is read from them: of people, of robots, and made up to be costly."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from clickstream_transform.click.enrich import lists
from support.sample_data import shared_file

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
CHROME = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/131.0.0.0 Safari/537.36"
ANDROID = f"Mozilla/5.0 (Linux; Android 13; SM-A000B; wv) {WEBKIT} Version/4.0 Chrome/120.0.0.0 Mobile Safari/537.36"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)


def robots() -> list[str]:
    """The agents of a public list of robots; skips where the sample data is not here."""
    entries = json.loads(shared_file("data/user_agents/crawler-user-agents.json").read_text("utf-8"))
    return [agent for entry in entries for agent in entry["instances"]]


def browsers() -> list[tuple[str, str]]:
    """Agents of a public list with the family of the browser; skips where the sample data is not here."""
    text = shared_file("data/user_agents/uap_core_test_ua.yaml").read_text("utf-8")
    return re.findall(r"user_agent_string: '(.*)'\n\s+family: '(.*)'", text)


def visitors() -> list[str]:
    """The agents in a public access log; skips where the sample data is not here."""
    log = shared_file("data/apache/elastic_apache_logs.log").read_text("utf-8")
    return list(dict.fromkeys(re.findall(r'"([^"]*)"$', log, re.MULTILINE)))


def made_up() -> Iterator[str]:
    """Agents with each word, fragment and name of the lists, bare, in a browser's agent and in an app's."""
    tables = (lists.BROWSERS, lists.SYSTEMS, lists.DEVICES, lists.RULES)
    rows = [row for table in tables for row in lists.rows(table)]
    words = {word for row in rows for word in (*row[1].split(), row[2])}
    names = {name for _, name in lists.rows(lists.NAMES)}
    for word in sorted(words | names | set(lists.PEOPLE.split())):
        yield from (f"{word}/1.2", f"{CHROME} {word}/9", f"{ANDROID} x{word} 10", f"{word} {IPHONE}", word.upper())
