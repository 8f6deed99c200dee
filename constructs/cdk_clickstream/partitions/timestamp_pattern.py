"""Checks of the java.time patterns in ``!{timestamp:...}`` expressions."""

from __future__ import annotations

import re

from cdk_clickstream._validation import refuse

TIME_PARTS = ("yyyy", "MM", "dd", "HH", "yyyy-MM", "yyyy-MM-dd", "yyyy-MM-dd-HH")
"""Patterns that Athena's partition projection can enumerate and that the bundled transform can write."""

_FIELD_LETTERS = frozenset("GuyDMLdQqwWEecFaBhKkHmsSAnNVvzOXxZY")
_TOKEN = re.compile(r"'(?:[^']|'')*'|([A-Za-z])\1*|.", re.DOTALL)
# Widest text of a field of one letter repeated; longer repetitions are as wide as they are long or name a word.
_WIDEST_WORD = 32


def check_timestamp_pattern(pattern: str) -> None:
    """Refuse what the service refuses when it evaluates the pattern at creation.

    Source: facts/firehose.md#prefixes.
    """
    if "#" in pattern:
        refuse("prefix timestamp pattern", pattern, "'{', '}' and '#' are reserved", "remove the '#'")
    if pattern.replace("''", "").count("'") % 2:
        refuse("prefix timestamp pattern", pattern, "a quoted text is not closed", "add the closing quote")
    letters = {match.group(1) for match in _TOKEN.finditer(pattern) if match.group(1)}
    unknown = sorted(letters - _FIELD_LETTERS)
    if unknown:
        refuse(
            "prefix timestamp pattern",
            pattern,
            f"{', '.join(unknown)} is not a letter of java.time.format.DateTimeFormatter",
            "put literal text in single quotes",
        )
    if "Y" in letters and not letters & {"w", "W"}:
        refuse(
            "prefix timestamp pattern",
            pattern,
            "YYYY is the year of the week, which is another year around New Year",
            "use yyyy",
        )


def sample_timestamp(pattern: str) -> str:
    """Text at least as long as what the pattern evaluates to, for length limits."""
    parts = []
    for match in _TOKEN.finditer(pattern):
        text = match.group(0)
        if match.group(1):
            width = max(len(text), 2) if text[0] in "uydDHhmsSkK" or len(text) <= 2 else _WIDEST_WORD
            parts.append("0" * width)
        else:
            parts.append(text.strip("'") or "'" if text.startswith("'") else text)
    return "".join(parts)
