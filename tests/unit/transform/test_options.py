from __future__ import annotations

from typing import Any

import pytest

from clickstream_transform.errors import ConfigError
from clickstream_transform.options import QUERY_KEYS, Options
from support.checkout import CHECKOUT


def test_options_left_out_have_their_defaults() -> None:
    options = Options.from_dict({"dedupe": False})
    assert (options.dedupe, options.overflow, options.overflow_attempts) == (False, "requeue", 3)
    assert options.redact == ("*",)
    with pytest.raises(TypeError, match="no option 'dedup'"):
        Options(dedup=False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ip": "truncate"}, "option 'ip' is unknown; the options are processor, ip_anonymisation"),
        ({"ip_anonymisation": "hash"}, "option 'ip_anonymisation' is 'hash'; allowed are truncate, none"),
        (
            {"ip_anonymisation": ["truncate"]},
            "option 'ip_anonymisation' is \\['truncate'\\]; allowed are truncate, none",
        ),
        ({"enrichments": ["geo"]}, "option 'enrichments' holds 'geo'; allowed are url, campaign"),
        ({"overflow_attempts": 0}, "option 'overflow_attempts' is 0; allowed are integers from 1 to 10"),
        ({"overflow_attempts": True}, "option 'overflow_attempts' is True; allowed are integers"),
        ({"processor": "apache"}, "option 'processor' is 'apache'; allowed are click, per_event, general"),
        ({"parse_messages": "xml"}, "option 'parse_messages' is 'xml'; allowed are no, json"),
        ({"drop_prefixes": "START"}, "option 'drop_prefixes' is 'START'; it must be a list"),
        ({"strict": 1}, "option 'strict' is 1; allowed are true and false"),
        ({"function": ""}, "option 'function' is ''; it must be a non-empty string"),
        ([], "options must be a JSON object, not list"),
    ],
)
def test_an_option_that_cannot_work_is_named_with_its_value_and_what_is_allowed(options: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Options.from_dict(options)


def test_the_page_names_the_query_keys_of_the_default() -> None:
    page = (CHECKOUT / "docs" / "redaction.md").read_text(encoding="utf-8")
    assert [key for key in QUERY_KEYS if f"`{key}`" not in page] == []
