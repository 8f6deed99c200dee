from __future__ import annotations

import pytest

from clickstream_transform.click.enrich.bot import bot_indicators
from clickstream_transform.click.enrich.user_agent import agent_columns
from support.user_agents import CHROME, IPHONE


@pytest.mark.parametrize(
    ("agent", "columns"),
    [
        (CHROME, ("desktop", "Chrome", "131", "Windows", "10")),
        (CHROME + " Edg/131.0.0.0", ("desktop", "Edge", "131", "Windows", "10")),
        (CHROME + " OPR/115.0", ("desktop", "Opera", "115", "Windows", "10")),
        (IPHONE, ("mobile", "Safari", "17", "iOS", "17.5.1")),
        (IPHONE.replace("Version/17.5", "CriOS/131.0"), ("mobile", "Chrome", "131", "iOS", "17.5.1")),
        (IPHONE.replace("iPhone; CPU iPhone", "iPad; CPU"), ("tablet", "Safari", "17", "iOS", "17.5.1")),
        (
            "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 "
            "Chrome/121.0.0.0 Mobile Safari/537.36",
            ("mobile", "Samsung Internet", "25", "Android", "14"),
        ),
        (
            "Mozilla/5.0 (Linux; Android 13; SM-X200) AppleWebKit/537.36 (KHTML) Chrome/120.0 Safari/537.36",
            ("tablet", "Chrome", "120", "Android", "13"),
        ),
        (
            "Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML) Version/6.0 TV Safari/537.36",
            ("tv", None, None, "Linux", None),
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 "
            "Safari/605.1.15",
            ("desktop", "Safari", "17", "macOS", "10.15.7"),
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            ("desktop", "Firefox", "128", "Linux", None),
        ),
        (
            "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
            ("desktop", "Internet Explorer", "11", "Windows", "7"),
        ),
        (
            "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML) Chrome/131.0 Safari/537.36",
            ("desktop", "Chrome", "131", "Chrome OS", "14541"),
        ),
        ("something else", ("other", None, None, None, None)),
    ],
)
def test_device_browser_and_system_are_read_from_the_user_agent(agent: str, columns: tuple[str | None, ...]) -> None:
    found = agent_columns(agent)
    names = ("device_type", "browser_name", "browser_version", "os_name", "os_version")
    assert tuple(found.get(name) for name in names) == columns
    assert bot_indicators(agent) == (["no_device"] if columns[0] == "other" else [])
