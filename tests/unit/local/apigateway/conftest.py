"""The API of tests/support/rest_api.py as fixtures."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from clickstream_local.common.http import Headers, Response
from clickstream_local.common.model import Method
from support.rest_api import Gateway, build_method


@pytest.fixture
def gateway() -> Callable[..., Gateway]:
    return Gateway


@pytest.fixture
def method() -> Callable[..., Method]:
    return build_method


@pytest.fixture
def header() -> Callable[[Response, str], str | None]:
    return lambda response, name: Headers(response.headers).get(name)


@pytest.fixture
def message() -> Callable[[Response], tuple[int, Any]]:
    """Status and ``message`` of an answer."""
    return lambda response: (response.status, json.loads(response.body)["message"])
