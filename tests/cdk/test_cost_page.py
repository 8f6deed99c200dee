"""What docs/cost.md names is what there is."""

from __future__ import annotations

import re

import cdk_clickstream
from cdk_kit import CHECKOUT

PAGE = (CHECKOUT / "docs" / "cost.md").read_text(encoding="utf-8")


def test_each_class_and_each_of_its_options_on_the_page_exists() -> None:
    named = {
        (word, option)
        for code in re.findall(r"`([^`]+)`", PAGE)
        for word, options in re.findall(r"\b([A-Z][A-Za-z]+)\(([^)]*)\)", code)
        for option in re.findall(r"(\w+)=", options) or [""]
    }
    assert len(named) > 8
    for word, option in named:
        thing = getattr(cdk_clickstream, word)
        assert not option or option in thing.__init__.__annotations__, (word, option)


def test_each_method_on_the_page_exists() -> None:
    named = set(re.findall(r"`([A-Z][A-Za-z]+)\.(\w+)", PAGE))
    assert len(named) > 4
    for word, method in named:
        assert hasattr(getattr(cdk_clickstream, word), method), (word, method)
