"""Text from anywhere, as a terminal may have it."""

from __future__ import annotations


def printable(text: str, *, keep: str = "") -> str:
    """The text with what cannot be printed escaped, but for the characters of ``keep``.

    What clients send ends here: a control sequence in a user agent is shown, and does nothing.
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() or one in keep else repr(one)[1:-1] for one in text)
