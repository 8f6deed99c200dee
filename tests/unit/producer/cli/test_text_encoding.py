"""Encodings: what is read by name, and what is proposed."""

from __future__ import annotations

import io
import re
import sys

import pytest

from clickstream_producer.cli.text_encoding import Transcoded, guess, known

TEXT = "Zażółć gęślą jaźń, Łódź\n" * 9_000  # more than one block


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "iso8859-2", "cp1250", "utf-8-sig"])
def test_a_stream_in_another_encoding_is_read_as_utf_8_from_any_byte(encoding: str) -> None:
    stream = io.BufferedReader(Transcoded(io.BytesIO(TEXT.encode(encoding)), encoding))  # type: ignore[type-var]
    assert stream.read() == TEXT.encode()
    stream.seek(100_000)
    assert stream.read() == TEXT.encode()[100_000:]


def test_what_is_before_a_byte_of_another_encoding_is_read() -> None:
    stream = io.BufferedReader(Transcoded(io.BytesIO(b"one\ntwo\x81\n"), "cp1252"))  # type: ignore[type-var]
    assert stream.readline() == b"one\n"
    with pytest.raises(UnicodeDecodeError):
        stream.readline()


def test_an_encoding_is_proposed_with_the_extra_and_else_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    assert re.fullmatch(r"it looks like (\w+): if it is, give --encoding \1", guess("Привет, мир. ".encode("cp1251")))
    monkeypatch.setitem(sys.modules, "charset_normalizer", None)
    assert guess(b"\xff") == "give --encoding (pip install clickstream-producer[cli] proposes one)"


@pytest.mark.parametrize("name", ["rot13", "hex", "klingon", "base64"])
def test_what_is_no_encoding_of_text_is_not_taken(name: str) -> None:
    assert not known(name)
    assert known("windows-1252")
