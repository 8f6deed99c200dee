"""Patterns of Athena's functions, in DuckDB's words: date formats, regular expressions, JSON paths.

They are taken as constants only, and refused where DuckDB has no such thing.
"""

from __future__ import annotations

import re

from clickstream_local.athena.errors import QueryError

# https://trino.io/docs/current/functions/datetime.html#mysql-date-functions
_MYSQL = {
    "a": "%a",
    "b": "%b",
    "c": "%-m",
    "d": "%d",
    "e": "%-d",
    "f": "%f",
    "H": "%H",
    "h": "%I",
    "I": "%I",
    "i": "%M",
    "j": "%j",
    "k": "%-H",
    "l": "%-I",
    "M": "%B",
    "m": "%m",
    "p": "%p",
    "r": "%I:%M:%S %p",
    "S": "%S",
    "s": "%S",
    "T": "%H:%M:%S",
    "W": "%A",
    "Y": "%Y",
    "y": "%y",
    "%": "%%",
}
# https://www.joda.org/joda-time/apidocs/org/joda/time/format/DateTimeFormat.html
_JODA = {
    "yyyy": "%Y",
    "YYYY": "%Y",
    "yy": "%y",
    "MMMM": "%B",
    "MMM": "%b",
    "MM": "%m",
    "M": "%-m",
    "dd": "%d",
    "d": "%-d",
    "HH": "%H",
    "H": "%-H",
    "hh": "%I",
    "h": "%-I",
    "mm": "%M",
    "m": "%-M",
    "ss": "%S",
    "s": "%-S",
    "SSS": "%g",
    "EEEE": "%A",
    "EEE": "%a",
    "E": "%a",
    "DDD": "%j",
    "a": "%p",
}
_JODA_PART = re.compile(r"([A-Za-z])\1*|'((?:[^']|'')*)'|[^A-Za-z']+")
_PATH = re.compile(r"""\.([A-Za-z_][A-Za-z0-9_-]*)|\[(\d+)\]|\["([^"\\\]]+)"\]""")
_REPLACED = re.compile(r"\\(.)|\$(\d)|[\\$]", re.DOTALL)
_OPTIONAL = re.compile(r"\||\)(?:[?*]|\{0)")


def mysql_format(pattern: str) -> str:
    """A pattern of ``date_format`` and ``date_parse`` for ``strftime`` and ``strptime``."""
    result, place = "", 0
    while place < len(pattern):
        text = pattern[place : place + 2]
        if text[0] != "%":
            result, place = result + text[0], place + 1
        elif text[1:] in _MYSQL:
            result, place = result + _MYSQL[text[1:]], place + 2
        else:
            raise QueryError(
                f"date format {pattern!r}: {text!r} is not supported here; use {', '.join(map(repr, sorted(_MYSQL)))}"
            )
    return result


def joda_format(pattern: str) -> str:
    """A pattern of ``format_datetime`` and ``parse_datetime`` for ``strftime`` and ``strptime``."""
    result = ""
    for found in _JODA_PART.finditer(pattern):
        text = found[0]
        if found[2] is not None:
            result += found[2].replace("''", "'").replace("%", "%%") or "'"
        elif found[1] is None:
            result += text.replace("%", "%%")
        elif text in _JODA:
            result += _JODA[text]
        else:
            raise QueryError(f"date format {pattern!r}: {text!r} is not supported here; use {', '.join(sorted(_JODA))}")
    return result


def json_path(path: str) -> str:
    """A path of ``json_extract``."""
    steps, place = "$", 1
    while path.startswith("$") and place < len(path):
        found = _PATH.match(path, place)
        if found is None:
            break
        name = found[1] or found[3]
        steps += f"[{found[2]}]" if name is None else f'."{name}"'
        place = found.end()
    if not path.startswith("$") or place < len(path):
        raise QueryError(
            f'JSON path {path!r} is not supported here; write $.name, $[0] and $["any name"], one after the other'
        )
    return steps


def replacement(text: str) -> str:
    """The replacement of ``regexp_replace``: ``$1`` is a group, a backslash makes the next character plain."""

    def one(found: re.Match[str]) -> str:
        if found[2] is not None:
            return f"\\{found[2]}"
        if found[1] is not None:
            return "\\\\" if found[1] == "\\" else found[1]
        raise QueryError(
            f"replacement {text!r}: {found[0]!r} is not supported here; write $1 for a group, a backslash before $"
        )

    return _REPLACED.sub(one, text)


def check_group(pattern: str, group: int) -> None:
    """Refuse a group that may take no part in a match: it is NULL in Athena and '' in DuckDB."""
    if group and _OPTIONAL.search(pattern):
        raise QueryError(
            f"regular expression {pattern!r}: group {group} may take no part in a match, NULL on Athena and '' here; "
            "write a pattern without | and without an optional group"
        )
