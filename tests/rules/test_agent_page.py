"""The page on the commands names every option there is."""

from __future__ import annotations

import argparse

import pytest

from clickstream_producer.agent import agent_json
from clickstream_producer.agent.log_formats import LOG_FORMATS
from clickstream_producer.agent.processing import _OPTIONS
from clickstream_producer.cli.main import _parser
from support.checkout import CHECKOUT

PAGE = (CHECKOUT / "docs" / "agent.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["tail", "send"])
def test_every_option_of_a_command_is_in_the_page(command: str) -> None:
    (commands,) = [a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction)]
    options = [option for action in commands.choices[command]._actions for option in action.option_strings]
    assert [option for option in options if f"`{option}" not in PAGE and option not in ("-h", "--help")] == []


def test_every_option_of_the_configuration_file_is_in_the_page() -> None:
    named = agent_json._TOP | agent_json._FLOW | {*agent_json._FLOW_REFUSED, *_OPTIONS, *LOG_FORMATS}
    assert [name for name in named if f"`{name}`" not in PAGE] == []
