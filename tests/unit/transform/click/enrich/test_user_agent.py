"""Device, browser and system by the user agent."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable

import pytest

from clickstream_transform.click.enrich import lists
from clickstream_transform.click.enrich.bot import bot_indicators
from clickstream_transform.click.enrich.user_agent import Table, agent_columns, read_agent
from support.user_agents import ANDROID, CHROME, IPHONE, WEBKIT, browsers, made_up, robots, visitors

COLUMNS = ("device_type", "browser_name", "browser_version", "os_name", "os_version")


def columns(agent: str) -> tuple[str | None, ...]:
    found = agent_columns(read_agent(agent))
    return tuple(found.get(name) for name in COLUMNS)


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        (CHROME, ("desktop", "Chrome", "131", "Windows", "10")),
        (CHROME + " Edg/131.0.0.0", ("desktop", "Edge", "131", "Windows", "10")),
        (CHROME + " OPR/115.0", ("desktop", "Opera", "115", "Windows", "10")),
        (IPHONE, ("mobile", "Safari", "17", "iOS", "17.5.1")),
        (IPHONE.replace("Version/17.5", "CriOS/131.0"), ("mobile", "Chrome", "131", "iOS", "17.5.1")),
        (IPHONE.replace("iPhone; CPU iPhone", "iPad; CPU"), ("tablet", "Safari", "17", "iOS", "17.5.1")),
        (ANDROID, ("mobile", "Chrome", "120", "Android", "13")),
        (
            "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 "
            "Chrome/121.0.0.0 Mobile Safari/537.36",
            ("mobile", "Samsung Internet", "25", "Android", "14"),
        ),
        (
            f"Mozilla/5.0 (Linux; Android 13; SM-X200) {WEBKIT} Chrome/120.0 Safari/537.36",
            ("tablet", "Chrome", "120", "Android", "13"),
        ),
        (
            "Mozilla/5.0 (Linux; U; Android 4.0.3; de-de; X Build/IML74K) AppleWebKit/534.30 (KHTML, like Gecko) "
            "Version/4.0 Mobile Safari/534.30",
            ("mobile", "Android Browser", "4", "Android", "4.0.3"),
        ),
        (
            "Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML) Version/6.0 TV Safari/537.36",
            ("tv", None, None, "Tizen", "6.0"),
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
            f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/131.0 Safari/537.36",
            ("desktop", "Chrome", "131", "Chrome OS", "14541"),
        ),
        (
            "Mozilla/5.0 (Mobile; Windows Phone 8.1; Android 4.0; ARM; Trident/7.0; IEMobile/11.0; NOKIA; Lumia 520) "
            "like iPhone OS 7_0_3 Mac OS X AppleWebKit/537 (KHTML, like Gecko) Mobile Safari/537",
            ("mobile", None, None, "Windows Phone", "8.1"),
        ),
        (
            "Opera/9.80 (Android; Opera Mini/36.2/119.132; U; id) Presto/2.12.423 Version/12.16",
            ("mobile", "Opera", "36", "Android", None),
        ),
        ("Opera/9.80 (X11; Linux i686; U; en) Presto/2.12 Version/12.16", ("desktop", "Opera", "12", "Linux", None)),
        (
            "Mozilla/5.0 (Windows; U; Windows NT 5.1; en-US; rv:1.9.0.2) Gecko/2008071405 Firefox/3.0.2",
            ("desktop", "Firefox", "3", "Windows", "XP"),
        ),
        ("Example for iOS/7.11 (iPhone7,2; 12.1.4)", ("mobile", None, None, "iOS", None)),
        ("Example for Android/9.0.4 (SM-A000B; 12)", (None, None, None, "Android", None)),
        ("ExampleApp/1.0 (CPU iPhone 6_1_4 like Mac OS X)", ("mobile", None, None, "iOS", "6.1.4")),
    ],
)
def test_device_browser_and_system_are_read_from_the_user_agent(agent: str, expected: tuple[str | None, ...]) -> None:
    assert columns(agent) == expected


@pytest.mark.parametrize(
    ("agent", "device", "system"),
    [
        (
            f"Mozilla/5.0 (Linux; Android 9; EXAMPLE 4K Android TV Build/PTO6; wv) {WEBKIT} Chrome/88.0 Safari/537.36",
            "tv",
            "Android",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 10; Chromecast Build/QTS1; wv) {WEBKIT} Chrome/120.0 Mobile Safari/537.36",
            "tv",
            "Android",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 9; AFTXX001 Build/PS72; wv) {WEBKIT} Chrome/120.0 Mobile Safari/537.36",
            "tv",
            "Android",
        ),
        (f"Mozilla/5.0 (Web0S; Linux/SmartTV) {WEBKIT} Chrome/94.0 Safari/537.36", "tv", "webOS"),
        ("HbbTV/1.5.1 (+DRM;Example;OLED55;1.2.3;_TV_X1_2021;)", "tv", None),
        ("Roku1234X/DVP-9.90 (519.90E04999A)", "tv", "Roku OS"),
        ("AppleTV11,1/11.1", "tv", "tvOS"),
        (f"Mozilla/5.0 (PlayStation 4 10.50) {WEBKIT}", "console", "PlayStation"),
        (f"Mozilla/5.0 (Nintendo Switch; WebApplet) {WEBKIT} NF/6.0", "console", "Nintendo"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) {WEBKIT} Edge/44.0", "console", "Windows"),
        ("ExampleRun/4.1 watchOS/10.2 (Watch6,6; build:21S364)", "wearable", "watchOS"),
        (f"Mozilla/5.0 (X11; GNU/Linux) {WEBKIT} Chromium/75.0 Safari/537.36 Tesla/2019.40", "car", "Linux"),
        (
            "Mozilla/5.0 (Linux; U; en-us; KFXX Build/JDQ39) AppleWebKit/535.19 (KHTML, like Gecko) Silk/3.4 Safari/535.19",
            "tablet",
            "Android",
        ),
        (
            "Mozilla/5.0 (X11; U; Linux armv7l like Android; en-us) AppleWebKit/531.2+ (KHTML, like Gecko) Version/5.0 Safari/533.2+ Kindle/3.0+",
            "tablet",
            "Android",
        ),
        ("Nokia6120c/3.83; Profile/MIDP-2.0 Configuration/CLDC-1.1", "mobile", None),
        ("Xbox/2311.1 (iPhone; iOS 17.1)", "mobile", "iOS"),
        ("PlayStationApp/23.1 (iPhone; PlayStation; iOS 17.1)", "mobile", "iOS"),
        ("Roku/9.8.0 (iPhone; iOS 17.1; Scale/3.00)", "mobile", "iOS"),
        ("Example TV/5.3 (Linux; Android 13; SM-A000B)", None, "Android"),
        ("Kindle/8.60 (Linux; Android 13; SM-A000B)", None, "Android"),
        ("Mozilla/5.0 (Mobile; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5", "mobile", "KaiOS"),
    ],
)
def test_a_device_is_of_its_kind(agent: str, device: str, system: str | None) -> None:
    found = columns(agent)
    assert (found[0], found[3]) == (device, system)


@pytest.mark.parametrize(
    "agent",
    [
        "something else",
        "",
        "ExampleApp/1.0",
        "ExampleApp/12 CFNetwork/1485 Darwin/23.1.0",
        "Mozilla/5.0 (X11)",
        "Dalvik/2.1.0 (Linux; U)",
        "İŞTE/1.0 🙂",
    ],
)
def test_what_an_agent_does_not_say_is_empty(agent: str) -> None:
    assert columns(agent)[:3] == (None, None, None)
    assert columns(agent)[4] is None


def test_an_android_app_without_a_browser_may_be_on_any_device() -> None:
    assert columns("Dalvik/2.1.0 (Linux; U; Android 9; SM-A000B Build/PPR1)") == (None, None, None, "Android", "9")


@pytest.mark.parametrize("name", ["BROWSERS", "SYSTEMS", "DEVICES"])
def test_the_filter_leaves_no_row_out_that_would_match(name: str) -> None:
    assert_equal_columns(name, made_up())


@pytest.mark.parametrize("name", ["BROWSERS", "SYSTEMS", "DEVICES"])
def test_the_filter_leaves_no_row_out_on_public_lists(name: str) -> None:
    assert_equal_columns(name, {*robots(), *visitors(), *(agent for agent, _ in browsers())})


def assert_equal_columns(name: str, agents: Iterable[str]) -> None:
    """Against a table that tries every pattern; words that no pattern of their row has are no filter but a condition."""
    rows = lists.rows(getattr(lists, name))
    filtered, unfiltered = Table(rows), Table(rows)
    unfiltered._fragments = [
        ("", number)
        for number, (_, words, *_, pattern) in enumerate(rows)
        if not words or any(word in pattern for word in words.split())
    ]
    for agent in map(read_agent, agents):
        assert filtered.first(agent) == unfiltered.first(agent), agent.text


def test_browsers_of_a_public_list_are_called_by_their_names() -> None:
    families = {"IE": "Internet Explorer", "Edge Mobile": "Edge", "Opera Mini": "Opera", "Opera Mobile": "Opera"}
    families |= {"Chrome Mobile": "Chrome", "Chrome Mobile WebView": "Chrome", "Mobile Safari": "Safari"}
    wanted = {"Chrome", "Firefox", "Safari", "Edge", "Opera", "Samsung Internet", *families}
    pairs = [(agent, families.get(family, family)) for agent, family in browsers() if family in wanted]
    same = sum(columns(agent)[1] == family for agent, family in pairs)
    assert len(pairs) > 50
    assert same / len(pairs) >= 0.85


def hostile() -> list[str]:
    """Texts of one length, each made of a literal that a rule looks for, or of what its patterns repeat."""
    tables = (lists.BROWSERS, lists.SYSTEMS, lists.DEVICES, lists.RULES)
    seeds = {word for table in tables for row in lists.rows(table) for word in (*row[1].split(), row[2])}
    seeds |= {
        "1.",
        "1_",
        "@a.",
        "+a.",
        "http",
        "(compatible; ",
        "version/1.1.",
        "opera/1 ",
        "tv;",
        "cpu os 1_",
        "a ",
        "|",
    }
    return [(seed + end) * 1_000 for seed in sorted(seeds) if seed for end in ("/1.1.", " ", "(", ";", "-a")]


def test_an_agent_twice_as_long_costs_about_twice_as_much() -> None:
    """Clients choose the text: it is cut at 1,000 characters, and no pattern may cost more than its length."""

    def cost(agent: str) -> float:
        start = time.process_time()
        read = read_agent(agent)
        bot_indicators(read, agent_columns(read))
        return time.process_time() - start

    # Twice, so that a pause of the machine is not taken for a costly text.
    texts = random.Random(1).sample(hostile(), 400)
    dear = [text for text in texts if cost(text[:4_000]) > 3 * cost(text[:2_000]) + 0.001]
    assert [
        text[:60]
        for text in dear
        if min(cost(text[:4_000]) for _ in range(5)) > 3 * min(cost(text[:2_000]) for _ in range(5)) + 0.001
    ] == []
