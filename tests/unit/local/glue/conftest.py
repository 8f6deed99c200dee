"""One value through one column, the way most tests here look at a deserializer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from clickstream_local.common.model import Column
from clickstream_local.glue.converter import Converter
from clickstream_local.glue.serde import SerDe

ConvertValue = Callable[..., Any]


@pytest.fixture
def convert() -> ConvertValue:
    """``convert(type, json, serde)``: the value as it is read back from Arrow."""

    def run(hive: str, text: str | bytes, serde: SerDe | None = None) -> Any:
        converter = Converter([Column("c", hive)], serde or SerDe.openx({}))
        value = text if isinstance(text, bytes) else text.encode()
        rows = converter.rows(b'{"c":' + value + b"}")
        return converter.batch(rows).to_pydict()["c"][0]

    return run


@pytest.fixture
def rows() -> Callable[..., list[dict[str, Any]]]:
    """``rows({column: type}, record, options)``: a whole record by the OpenX SerDe."""

    def run(columns: dict[str, str], record: Any, options: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        converter = Converter([Column(name, hive) for name, hive in columns.items()], SerDe.openx(options or {}))
        data = record if isinstance(record, bytes) else orjson.dumps(record)
        found: list[dict[str, Any]] = converter.batch(converter.rows(data)).to_pylist()
        return found

    return run
