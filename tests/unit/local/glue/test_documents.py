"""The JSON documents of a record (facts/firehose.md#conversion-input)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream_local.glue.documents import parse_documents
from clickstream_local.glue.errors import MalformedDataError, ParseError


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1}{"a":2}',
        b'{"a":1}\n{"a":2}\n',
        b' {"a":1}  \r\n\t{"a":2}',
        b'{\n  "a": 1\n}\n{\n  "a": 2\n}',
        b'{"a":1}\n\n{"a":2}',
        b'{"a":1}{"a":\n2}\n',
    ],
)
def test_documents_stand_back_to_back_with_any_white_space(data: bytes) -> None:
    """facts/firehose.md#conversion-input: ``{"a":1}{"a":2}`` is two rows; whitespace between documents is fine."""
    assert parse_documents(data) == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize("data", [b"", b"  \n ", b"\n\n"])
def test_an_empty_record_is_malformed(data: bytes) -> None:
    """facts/firehose.md#conversion-input and firehose-error-codes.json."""
    with pytest.raises(MalformedDataError, match="The record was empty or contained only whitespace"):
        parse_documents(data)


@pytest.mark.parametrize("data", [b'[{"a":1},{"a":2}]', b"1", b'"a"', b"null", b'{"a":1}[]'])
def test_a_document_that_is_no_object_is_malformed(data: bytes) -> None:
    """facts/firehose.md#conversion-input: a top-level array is invalid; a top-level primitive is MalformedData."""
    with pytest.raises(MalformedDataError, match="A JSON object is required"):
        parse_documents(data)


@pytest.mark.parametrize(
    "data", [b"not json", b'{"a":1},{"a":2}', b'{"a":', b'{"a":NaN}', b"{'a':1}", b'{"a":1}\n,\n{"a":2}']
)
def test_what_is_not_json_is_a_parse_error(data: bytes) -> None:
    """facts/firehose.md#conversion-failures: ParseError, ``Encountered malformed JSON. <parser text>``."""
    with pytest.raises(ParseError, match=r"^Encountered malformed JSON\. "):
        parse_documents(data)


def test_the_parser_text_quotes_nothing_of_the_record() -> None:
    with pytest.raises(ParseError) as raised:
        parse_documents(b'{"card": 4111x}')
    assert "4111" not in str(raised.value)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"a":"\xff"}', "not valid UTF-8"),
        (b'{"a":"\\ud800"}', "surrogate"),
        (b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", "nested too deeply"),
        (b'{"a":1e999}', "beyond the range of a double"),
        (b'{"' + b"k" * 262_145 + b'":1}', "longer than 262144"),
        (b'{"a":[{"' + b"k" * 262_145 + b'":1}]}', "longer than 262144"),
    ],
)
def test_json_that_cannot_be_data_is_malformed(data: bytes, reason: str) -> None:
    """Firehose-error-codes.json, MalformedData."""
    with pytest.raises(MalformedDataError, match=reason):
        parse_documents(data)


def test_a_key_of_the_largest_length_is_taken() -> None:
    (document,) = parse_documents(b'{"' + b"k" * 262_144 + b'":1}')
    assert list(document.values()) == [1]


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.lists(st.dictionaries(st.text(st.characters(codec="utf-8")), _VALUES, max_size=4), min_size=1, max_size=4),
    st.sampled_from(["", "\n", " \r\n"]),
    st.sampled_from([None, 2]),
)
def test_any_objects_come_back_however_they_are_divided(
    documents: list[dict[str, object]], separator: str, indent: int | None
) -> None:
    text = separator.join(json.dumps(document, indent=indent) for document in documents)
    assert parse_documents(text.encode()) == documents
