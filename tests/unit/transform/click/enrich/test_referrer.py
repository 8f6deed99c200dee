"""The kind of site that led to a page."""

from __future__ import annotations

import pytest

from clickstream_transform.click.enrich.referrer import classify


@pytest.mark.parametrize(
    ("host", "page_host", "expected"),
    [
        ("www.google.com", "shop.example", ("search", "Google")),
        ("google.co.uk", None, ("search", "Google")),
        ("www.google.com.", None, ("search", "Google")),
        ("images.google.de", None, ("search", "Google")),
        ("fr.search.yahoo.com", None, ("search", "Yahoo")),
        ("search.brave.com", None, ("search", "Brave")),
        ("mail.google.com", None, ("email", "Gmail")),
        ("webmail.gmx.net", None, ("email", "GMX")),
        ("suche.gmx.net", None, ("search", "GMX")),
        ("webmail.example.org", None, ("email", None)),
        ("email.example.co.uk", None, ("email", None)),
        ("l.facebook.com", None, ("social", "Facebook")),
        ("t.co", None, ("social", "X")),
        ("www.x.com", None, ("social", "X")),
        ("out.reddit.com", None, ("social", "Reddit")),
        ("com.linkedin.android", None, ("social", "LinkedIn")),
        ("shop.example", "www.shop.example", ("internal", None)),
        ("facebook.com", "www.facebook.com", ("internal", None)),
        ("google.example.com", None, ("other", None)),
        ("google.com.example", None, ("other", None)),
        ("notgoogle.com", None, ("other", None)),
        ("mail.ru", None, ("other", None)),
        ("blog.example", "shop.example", ("other", None)),
        ("localhost", None, ("other", None)),
        ("", None, ("other", None)),
    ],
)
def test_a_referring_host_is_classified(host: str, page_host: str | None, expected: tuple[str, str | None]) -> None:
    assert classify(host, page_host) == expected


@pytest.mark.parametrize(
    ("host", "source"),
    [
        ("chatgpt.com", "ChatGPT"),
        ("chat.openai.com", "ChatGPT"),
        ("www.perplexity.ai", "Perplexity"),
        ("claude.ai", "Claude"),
        ("gemini.google.com", "Gemini"),
        ("copilot.microsoft.com", "Copilot"),
        ("you.com", "You"),
        ("chat.deepseek.com", "DeepSeek"),
        ("grok.com", "Grok"),
        ("meta.ai", "Meta AI"),
        ("chat.mistral.ai", "Mistral"),
        ("com.openai.chatgpt", "ChatGPT"),
    ],
)
def test_an_assistant_is_a_medium_of_its_own(host: str, source: str) -> None:
    assert classify(host, None) == ("ai", source)


@pytest.mark.parametrize(
    "host",
    [
        "accounts.google.com",
        "docs.google.com",
        "meet.google.com",
        "login.yahoo.com",
        "finance.yahoo.com",
        "nid.naver.com",
    ],
)
def test_other_sites_of_a_search_engines_owner_are_no_search(host: str) -> None:
    assert classify(host, None) == ("other", None)
