"""Secrets in the paths of addresses."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from clickstream_transform.click.enrich.opaque import may_hold_path_secret, redact_paths

PARTS = [
    "/",
    "//",
    "%2F",
    "%252f",
    ".",
    "-",
    "_",
    " ",
    '"',
    "?",
    "reset",
    "My-Verify",
    "token",
    "magic_link",
    "OTP",
    "x",
]
PARTS += ["abc123DEF456", "550e8400-e29b-41d4-a716-446655440000", "u42", "é", "https:", "shop.example"]


@settings(max_examples=500)
@given(st.lists(st.sampled_from(PARTS), max_size=12).map("".join))
@example("/reset/abc123DEF456")
@example("/x%2Freset%2Fabc123DEF456")
@example("/password-reset/u42/x/abc123DEF456")
def test_the_quick_look_passes_every_text_that_holds_a_secret(text: str) -> None:
    assert may_hold_path_secret(text) or redact_paths(text) == text


def test_a_users_agent_needs_no_closer_look() -> None:
    agent = "Mozilla/5.0 (X11; Token 1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.77 Safari/537.36 Key/1"
    assert not may_hold_path_secret(agent)
