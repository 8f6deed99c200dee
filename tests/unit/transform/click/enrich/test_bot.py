"""transforms.md sections 4 and 5, and 8, goal 12."""

from __future__ import annotations

import json
import re

import pytest

from clickstream_transform.click.enrich.bot import bot_indicators
from support.sample_data import shared_file
from support.user_agents import CHROME


@pytest.mark.parametrize(
    ("agent", "indicator"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "crawler"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "link"),
        ("Mozilla/5.0 (compatible; evc-batch/2.0)", "compatible"),
        ("curl/8.5.0", "tool"),
        ("python-requests/2.32.0", "tool"),
        (CHROME.replace("Chrome/", "HeadlessChrome/"), "headless"),
        ("Amazon CloudFront", "no_device"),
    ],
)
def test_a_robot_is_known_by_what_it_says(agent: str, indicator: str) -> None:
    assert indicator in bot_indicators(agent)


def test_a_telephone_called_cubot_is_no_robot() -> None:
    agent = "Mozilla/5.0 (Linux; Android 12; CUBOT KINGKONG) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"
    assert bot_indicators(agent) == []


def test_robots_of_a_public_list_are_recognised() -> None:
    """transforms.md 8, goal 12: flag with at least 95 % recall."""
    entries = json.loads(shared_file("data/user_agents/crawler-user-agents.json").read_text("utf-8"))
    agents = [agent for entry in entries for agent in entry["instances"]]
    recognised = sum(bool(bot_indicators(agent)) for agent in agents)
    assert recognised / len(agents) >= 0.95


def test_no_browser_of_a_public_list_is_taken_for_a_robot() -> None:
    """transforms.md 8, goal 12: no false positives. Google Web Preview is a robot that the list calls Chrome."""
    text = shared_file("data/user_agents/uap_core_test_ua.yaml").read_text("utf-8")
    cases = re.findall(
        r"user_agent_string: '(.*)'\n\s+family: '(Chrome|Firefox|Safari|Edge|IE|Opera|Mobile Safari)'", text
    )
    assert len(cases) > 20
    assert [agent for agent, _ in cases if bot_indicators(agent) and "Web Preview" not in agent] == []
