"""The error codes of the runtime beside those of the service: firehose-error-codes.json, every one of them."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

import clickstream_local
from support.checkout import CHECKOUT
from support.sample_data import shared_file

SOURCES = Path(clickstream_local.__file__).parent
FAMILIES = "Lambda|S3|DataFormatConversion|DynamicPartitioning|Kinesis|Firehose"
CODE = re.compile(rf"(?:{FAMILIES})(?:\.[A-Za-z]+)+|InternalError|Decompression failed\.")

OWN = {
    # facts/firehose.md#error-output-types know such records by their error-output-type alone.
    "DynamicPartitioning.ActivePartitionsExceeded",
    # Not written anywhere: how the five minutes of facts/firehose.md#function-failures reach the code that they are
    # written as.
    "Firehose.InvocationTimedOut",
}

NEVER_HERE = {
    "S3": "a folder has neither accounts nor keys; what an S3 endpoint refuses is an InternalError with its own words",
    "Kinesis": "a source of the same template can always be read",
    "DirectPutSSE": "nothing is encrypted at rest on a laptop",
}
"""Families whose causes cannot occur, with the codes of :data:`HERE` as exceptions."""

HERE = {
    "Lambda.ResourceNotFound",
    "Lambda.FunctionTimedOut",
    "Lambda.InvokeLimitExceeded",
    "Lambda.FunctionError",
    "Lambda.InvocationFailure",
    "Lambda.JsonProcessingException",
    "Lambda.JsonMappingException",
    "Lambda.DuplicatedRecordId",
    "Lambda.MissingRecordId",
    "Lambda.ProcessingFailedStatus",
    "Lambda.InvalidReturnFormat",
    "DataFormatConversion.ParseError",
    "DataFormatConversion.MalformedData",
    "DataFormatConversion.ConversionFailureException",
    "DataFormatConversion.AccessDenied",
    "S3.AccessDenied",
    "DynamicPartitioning.MetadataExtractionFailed",
    "Decompression failed.",
    "InternalError",
}
"""What the runtime gives. The rest of Lambda's needs a network, roles or a service that fails; the rest of the
conversion's a Glue catalog apart from the template: a table that is missing or cannot be read is named at start."""


@pytest.fixture(scope="module")
def facts() -> dict[str, dict[str, Any]]:
    families = json.loads(shared_file("facts/firehose-error-codes.json").read_text())
    del families["_about"]
    return dict(families)


@pytest.fixture(scope="module")
def texts() -> set[str]:
    """Every text in the runtime's source."""
    found: set[str] = set()
    for path in SOURCES.rglob("*.py"):
        nodes = ast.walk(ast.parse(path.read_text("utf-8")))
        found |= {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return found


def test_every_code_that_is_written_is_one_of_the_service_s(facts: dict[str, dict[str, Any]], texts: set[str]) -> None:
    known = {code for family in facts.values() for code in family}
    written = {text for text in texts if CODE.fullmatch(text)}
    assert written - known == OWN


def test_the_page_on_error_codes_has_every_code_and_no_other(facts: dict[str, dict[str, Any]]) -> None:
    page = (CHECKOUT / "docs" / "error-codes.md").read_text(encoding="utf-8")
    told = re.findall(rf"`((?:KMS|{FAMILIES})(?:\.[A-Za-z]+)+|InternalError|Decompression failed\.)`", page)
    # One of them is named in the text as well.
    assert set(told) == {code for family in facts.values() for code in family}


def test_the_page_on_error_codes_has_every_reason_of_the_transform() -> None:
    page = (CHECKOUT / "docs" / "error-codes.md").read_text(encoding="utf-8")
    raised = {
        str(node.args[0].value)
        for path in (CHECKOUT / "lambda/transform/clickstream_transform").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "UndecodableRecordError"
        if node.args and isinstance(node.args[0], ast.Constant)
    }
    assert len(raised) >= 8
    assert [reason for reason in raised if f"| `{reason}` |" not in page] == []


def test_every_code_of_the_service_is_written_or_cannot_occur_here(
    facts: dict[str, dict[str, Any]], texts: set[str]
) -> None:
    written = {text for text in texts if CODE.fullmatch(text)}
    assert written - OWN == HERE
    elsewhere = {code for family in facts.values() for code in family} - HERE
    remaining = {code for code in elsewhere if not any(code in facts[family] for family in NEVER_HERE)}
    assert {code.partition(".")[0] for code in remaining} == {"Lambda", "DataFormatConversion"}


def test_messages_are_the_captured_ones(facts: dict[str, dict[str, Any]], texts: set[str]) -> None:
    checked = 0
    for family in facts.values():
        for code, fact in family.items():
            if code in HERE and "wire_message" in fact:
                literal = fact["wire_message"].partition("<")[0].strip()
                assert any(literal in text for text in texts), (code, literal)
                checked += 1
    assert checked >= 6
