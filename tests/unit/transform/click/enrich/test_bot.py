"""Robots by what they say of themselves, and people by what they use."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from clickstream_transform.click.enrich import lists
from clickstream_transform.click.enrich.bot import Judge, bot_indicators
from clickstream_transform.click.enrich.user_agent import agent_columns, read_agent
from support.user_agents import ANDROID, CHROME, IPHONE, WEBKIT, browsers, made_up, robots, visitors

MOBILE = "Chrome/120.0.0.0 Mobile Safari/537.36"


def indicators(agent: str) -> list[str]:
    read = read_agent(agent)
    return bot_indicators(read, agent_columns(read))


@pytest.mark.parametrize(
    ("agent", "indicator"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "crawler"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "link"),
        (f"{ANDROID} (compatible; Examplebot/2.1; +http://bot.example/)", "crawler"),
        (
            "Mozilla/5.0 (Linux; Android 6.0; sdk Build/X; Example crawler; http://bot.example) AppleWebKit/533",
            "crawler",
        ),
        ("Mozilla/5.0 (compatible; evc-batch/2.0)", "compatible"),
        (f"{CHROME} (compatible; Example/2.0)", "compatible"),
        (f"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Example/1.2) {MOBILE}", "compatible"),
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
            "crawler",
        ),
        ("Claude-User/1.0", "crawler"),
        ("WhatsApp/2.23.20 A", "crawler"),
        ("facebookexternalhit/1.1", "crawler"),
        ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "crawler"),
        ("curl/8.5.0", "tool"),
        ("python-requests/2.32.0", "tool"),
        ("okhttp/4.9.3", "tool"),
        ("Wget/1.21.3", "tool"),
        ("ExampleConnector/1.0 (Linux)", "tool"),
        (CHROME.replace("Chrome/", "HeadlessChrome/"), "headless"),
        (f"{CHROME} Example (https://bot.example)", "link"),
        ("contact abuse@bot.example", "link"),
        ("Amazon CloudFront", "no_device"),
        ("Mozilla/5.0", "no_device"),
        ("something else", "no_device"),
        ("", "no_device"),
    ],
)
def test_a_robot_is_known_by_what_it_says(agent: str, indicator: str) -> None:
    assert indicator in indicators(agent)


PEOPLE = {
    # Own agents of the shapes that public lists have among browsers and apps; models and versions are made up.
    "NAVER on Android": f"Mozilla/5.0 (Linux; Android 13; SM-A000K; wv) {WEBKIT} {MOBILE} NAVER(inapp; search; 1000; 12.0.1)",
    "NAVER on iOS": f"{IPHONE} NAVER(inapp; search; 1000; 12.0.1; 14PRO)",
    "KakaoTalk": f"{ANDROID};KAKAOTALK 2410000 INAPP",
    "Line": f"{IPHONE} Safari Line/13.0.0",
    "Facebook on Android": f"{ANDROID} [FB_IAB/FB4A;FBAV/400.0.0.37.76;]",
    "Facebook on iOS": f"{IPHONE} [FBAN/FBIOS;FBAV/400.0;FBBV/1;FBDV/iPhone15,2;FBMD/iPhone;FBSN/iOS;FBSV/17.0]",
    "Instagram": f"{IPHONE} Instagram 300.0.0.29.110 (iPhone15,2; iOS 17_0; en_US)",
    "TikTok": f"{ANDROID} trill_2023001020 JsSdk/1.0 BytedanceWebview/d8a21c6",
    "WeChat": f"{ANDROID} MMWEBID/1234 MicroMessenger/8.0.40 NetType/WIFI",
    "Google search app": IPHONE.replace("Version/17.5", "GSA/280.0.1"),
    "Snapchat": f"{IPHONE} Snapchat/12.50 (like Safari/8615)",
    "a scanning app": f"{ANDROID} CamScanner/9.9.0",
    "a job search app on Android": f"Job Search/77.1 {ANDROID}",
    "a job search app on iOS": "Job Search/70.2 (iPhone; CPU iOS 16_4 like Mac OS X)",
    "a price checker": f"{ANDROID} PriceCheck/3.1 monitor",
    "a shop's checkout": f"{ANDROID} shop-express-checkout",
    "a telephone of the make XBot": f"Mozilla/5.0 (Linux; Android 9; XBot_Junior Build/PPR1) {WEBKIT} {MOBILE}",
    "a telephone of the make Cubot": f"Mozilla/5.0 (Linux; Android 12; CUBOT KINGKONG) {WEBKIT} {MOBILE}",
    "a telephone called Ruby": f"Mozilla/5.0 (Linux; Android 8.1.0; RUBY Build/OPM2) {WEBKIT} {MOBILE}",
    "a telephone whose model is PHP110": f"Mozilla/5.0 (Linux; arm_64; Android 13; PHP110) {WEBKIT} {MOBILE}",
    "Office on Windows": "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
    "Office on macOS": "Microsoft Office Word/16.78.1008 (Mac OS/14.0; Desktop; en-US; NonAppStore; Apple/Mac14,10)",
    "Office with its version": "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.10325; Pro)",
    "Office on Android": "Microsoft Office/16.0 (OMDroid 12; officemobile 16.0.15629; Pro)",
    "Outlook": "Outlook-Express/7.0 (MSIE 7.0; Windows NT 6.1; Trident/7.0)",
    "a television with HbbTV": "HbbTV/1.5.1 (+DRM;Example;OLED55;1.2.3;_TV_X1_2021;)",
    "a television with HbbTV and a browser": f"Mozilla/5.0 (Linux; HbbTV/1.2.1 (;Example;TV1;1.0;;) CE-HTML/1.0) {WEBKIT}",
    "a Tizen television": f"Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.5) {WEBKIT} 94.0/6.5 TV Safari/537.36",
    "a webOS television": f"Mozilla/5.0 (Web0S; Linux/SmartTV) {WEBKIT} Chrome/94.0.4606.128 Safari/537.36 WebAppManager",
    "a Roku": "Roku1234X/DVP-9.90 (519.90E04999A)",
    "a Fire TV": "Amazon AFTXX001 Kepler/1.1 example/2026.3.1",
    "a watch": "ExampleRun/4.1 watchOS/10.2 (Watch6,6; build:21S364)",
    "another watch": "ExampleCast/3.0 watchOS/9.4 model/Watch6,4",
    "a PlayStation": f"Mozilla/5.0 (PlayStation; PlayStation 5/6.00) {WEBKIT}",
    "a Switch": f"Mozilla/5.0 (Nintendo Switch; ShareApplet) {WEBKIT} NF/6.0.2 NintendoBrowser/5.1",
    "an Xbox": f"Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox Series X) {WEBKIT} Chrome/120.0 Safari/537.36 Edge/44.0",
    "a Kindle": "Mozilla/5.0 (X11; U; Linux armv7l like Android; en-us) AppleWebKit/531.2+ (KHTML, like Gecko) Kindle/3.0+",
    "a Kobo": "Mozilla/5.0 (Linux; U; Android 2.0; en-us;) AppleWebKit/538.1 (KHTML, like Gecko) Mobile Safari/538.1 (Kobo Touch 0377/4.20)",
    "a Tesla": f"Mozilla/5.0 (X11; GNU/Linux) {WEBKIT} Chromium/75.0.3770.100 Safari/537.36 Tesla/2019.40.50.7",
    "an app on iOS": "ExampleApp/12 CFNetwork/1485 Darwin/23.1.0",
    "an app on Android": "Dalvik/2.1.0 (Linux; U; Android 13; SM-A000B Build/TP1A)",
    "an app that checks feeds on iOS": "FeedCheck/4 CFNetwork/1485 Darwin/23.1.0",
    "a podcast app with its home page": "ExampleCasts (+http://casts.example/; iOS podcast app)",
    "an app for robots that clean": "iRobotHome/7.1 (iPhone; iOS 17.1)",
    "a game of Spider-Man": "Spider-Man/1.0 (iPhone; iOS 17.1)",
    "Safari that says no device": "Mozilla/5.0 (en-us) AppleWebKit/525.13 (KHTML, like Gecko) Version/3.1 Safari/525.13",
    "Lynx": "Lynx/2.8.9rel.1 libwww-FM/2.14 SSL-MM/1.4.1",
    "ELinks": "ELinks/0.13 (textmode; Linux 5.10 x86_64; 80x24-2)",
    "w3m": "w3m/0.5.3+git20210102",
    "Dillo": "Dillo/3.0.5",
    "Uzbl": "Uzbl (Webkit 1.3) (Linux i686 [i686])",
    "a browser that no list knows": "Example Browser/5.05 (X11; Linux x86_64)",
    "an app on Windows": "ExampleApp/3.1 (Windows NT 10.0; Win64; x64)",
    "Konqueror": "Mozilla/5.0 (compatible; Konqueror/4.5; FreeBSD) KHTML/4.5.4 (like Gecko)",
    "an old Internet Explorer": "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1; .NET CLR 1.1.4322)",
    "a feature phone": "SAMSUNG-SGH-E250/1.0 Profile/MIDP-2.0 Configuration/CLDC-1.1 UP.Browser/6.2.3.3.c.1.101 (GUI) MMP/2.0",
    "another feature phone": "Nokia6120c/3.83; Profile/MIDP-2.0 Configuration/CLDC-1.1",
    "i-mode": "DoCoMo/2.0 P900i(c100;TB;W24H11)",
    "Amiga": "Mozilla/5.0 (compatible; IBrowse 3.0; AmigaOS4.0)",
    "Slack's own window": f"{CHROME} Slack/4.4.2 Electron/7.2.1",
    "VLC": "VLC/3.0.20 LibVLC/3.0.20",
    "iTunes": "iTunes/12.13 (Windows; Microsoft Windows 10 x64) AppleWebKit/7618.1",
    "Thunderbird": "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Thunderbird/115.0",
}


@pytest.mark.parametrize("agent", PEOPLE)
def test_a_persons_agent_is_no_bot(agent: str) -> None:
    """The gate of precision: not one of these, whatever else the lists gain."""
    assert indicators(PEOPLE[agent]) == []


def test_robots_of_a_public_list_are_recognised() -> None:
    """facts/goals.md#transform, goal 12, and issue 14: the list is in no compiled one (bench/reports/enrichment.md)."""
    agents = robots()
    assert sum(bool(indicators(agent)) for agent in agents) / len(agents) >= 0.97


def test_no_browser_of_a_public_list_is_taken_for_a_robot() -> None:
    """facts/goals.md#transform, goal 12: no false positives. Google Web Preview is a robot that the list calls Chrome."""
    families = {
        "Chrome",
        "Firefox",
        "Safari",
        "Edge",
        "IE",
        "Opera",
        "Mobile Safari",
        "Chrome Mobile",
        "Samsung Internet",
    }
    agents = [agent for agent, family in browsers() if family in families]
    assert len(agents) > 40
    assert [agent for agent in agents if indicators(agent) and "Web Preview" not in agent] == []


def test_the_filter_leaves_no_rule_out_that_would_match() -> None:
    assert_equal_verdicts(made_up())


def test_the_filter_leaves_no_rule_out_on_public_lists() -> None:
    assert_equal_verdicts({*robots(), *visitors(), *(agent for agent, _ in browsers())})


def assert_equal_verdicts(agents: Iterable[str]) -> None:
    filtered, unfiltered = Judge(), Judge()
    patterns = [(indicator, where, pattern) for indicator, _, _, where, pattern in lists.rows(lists.RULES) if pattern]
    unfiltered._fragments = unfiltered._app_fragments = {"": patterns}
    for agent in map(read_agent, agents):
        known = agent_columns(agent)
        assert set(filtered.reasons(agent, known)) == set(unfiltered.reasons(agent, known)), agent.text
