"""Makes the module that the transform reads out of the lists in this folder.

    python tools/enrichment/compile_lists.py

The same lists give the same bytes. Patterns of public lists become *names*: their literal text, in lower case, which a
user agent has to bear as whole words. Patterns that are no plain text are left out and counted, and so are the names
of ``dropped.toml``, which people's agents bear as well.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LISTS = HERE / "lists"
LICENCES = HERE / "licences"
MODULE = HERE.parents[1] / "lambda/transform/clickstream_transform/click/enrich/lists.py"
_READER = '''

def rows(table: str) -> list[list[str]]:
    """The rows of a table, with their cells."""
    return [line.split("\\t") for line in table.split("\\n")[1:-1]]
'''
_ROW = ("name", "words", "fragment", "also", "without", "pattern")
_RULE = ("indicator", "words", "fragment", "where", "pattern")
_RUN = re.compile("[a-z]+")
_ESCAPED = re.compile(r"\\([^A-Za-z0-9])")
_OPEN_END = re.compile(r"(?:\\d|\[0-9(?:\\?\.)?\])[+*]?$|\$$|/$|\\b$")
_NO_TEXT = re.compile(r"[][(){}|?*+^$\\]")


def write_module() -> None:
    """Write the module."""
    MODULE.write_text(module(), "utf-8")


def module() -> str:
    """The text of the module."""
    bots = _list("bots")
    names, sources = listed_names()
    tables = {
        "BROWSERS": _rows(_list("browsers")["browsers"], _ROW),
        "SYSTEMS": _rows(_list("systems")["systems"], _ROW),
        "DEVICES": _rows(_list("devices")["devices"], _ROW),
        "WINDOWS": [f"{version}\t{name}" for version, name in _list("systems")["windows"].items()],
        "RULES": _rows(bots["rules"], _RULE),
        "PEOPLE": bots["people"]["words"].split(),
        "NAMES": [f"{_longest(name)}\t{name}" for name in names],
        **_referrers(),
        "CLICK_IDS": list(_list("click_ids")["click_ids"]),
    }
    text = (
        '"""What the judgement of user agents, referrers and campaigns rests on. Made by ``make enrichment``; edit the\n'
        "lists in ``tools/enrichment`` instead.\n\n"
        "Text, not objects: a function's code comes without bytecode, and this is quick to compile. A line is a row, its\n"
        f"cells are parted by tabs.\n\nNames of robots from {'; '.join(sources)}.\n"
        "Their licences are in ``tools/enrichment/licences``, and among the licences in the wheel. All else is the\n"
        'project\'s own.\n"""\n'
    )
    for name, rows in tables.items():
        assert not any("\n" in row or '"""' in row for row in rows)
        text += f'\n{name} = r"""\n' + "\n".join(rows) + '\n"""\n'
    return text + _READER


def listed_names() -> tuple[list[str], list[str]]:
    """Names of robots in the public lists, sorted, and what they come from."""
    dropped = set(_list("dropped")["names"])
    names: set[str] = set()
    described = []
    for source in tomllib.loads((HERE / "sources.toml").read_text("utf-8"))["sources"]:
        if source["use"] != "compiled":
            continue
        patterns = json.loads((LISTS / "public" / f"{source['name']}.json").read_text("utf-8"))
        names |= {name for pattern in patterns if (name := name_of(pattern)) is not None}
        described.append(f"{source['name']} {source['version']} ({source['licence']})")
    rules = [rule for rule in _list("bots")["rules"] if not rule["where"].startswith("not in an app")]
    known = {word for rule in rules if "pattern" not in rule for word in rule["words"].split()}
    patterns = [re.compile(rule["pattern"]) for rule in rules if "pattern" in rule]
    names = {name for name in names - dropped - known if not any(pattern.search(name) for pattern in patterns)}
    return sorted(names), described


def name_of(pattern: str) -> str | None:
    """The plain text of a pattern, with ``^`` in front where it has to begin the agent; None where it is no text."""
    text = pattern.replace(r"\s", " ")
    start = text.startswith("^")
    text = text.removeprefix("^").removeprefix(r"\b").removeprefix(" ")
    while (shorter := _OPEN_END.sub("", text).rstrip(" /")) != text:
        text = shorter.removesuffix("\\")
    text = _ESCAPED.sub(lambda match: match[1] if match[1] not in "()" else "\0", text).lower()
    if _NO_TEXT.search(text) or "\0" in text or not text.isascii():
        return None
    if len(max(_RUN.findall(text), key=len, default="")) < 3:
        return None
    return "^" + text if start else text


def _list(name: str) -> dict[str, Any]:
    return tomllib.loads((LISTS / f"{name}.toml").read_text("utf-8"))


def _longest(name: str) -> str:
    return max(_RUN.findall(name), key=len)


def _rows(rows: list[dict[str, str]], keys: tuple[str, ...]) -> list[str]:
    return ["\t".join(row.get(key, "") for key in keys) for row in rows]


def _referrers() -> dict[str, list[str]]:
    table = _list("referrers")
    labels = table.pop("labels")
    sites = [f"{medium}\t{source}\t{hosts}" for medium, rows in table.items() for source, hosts in rows.items()]
    return {"REFERRERS": sites, "REFERRER_LABELS": [f"{medium}\t{words}" for medium, words in labels.items()]}


if __name__ == "__main__":
    write_module()
