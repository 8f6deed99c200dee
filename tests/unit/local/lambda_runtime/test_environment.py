"""The environment of a function: its variables and its packages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.local_lambda import Invoke


def test_the_environment_is_the_functions_own(invoke: Invoke, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the caller's")
    code = "import os\ndef handler(event, context):\n    return dict(os.environ)"
    (result,) = invoke(code, None, environment={"STAGE": "test", "AWS_REGION": "mars"}, memory_mb=256)
    seen = json.loads(result.payload)
    assert "AWS_PROFILE" not in seen
    assert "HOME" not in seen
    expected = {
        "STAGE": "test",
        "AWS_REGION": "eu-west-1",
        "AWS_LAMBDA_FUNCTION_NAME": "transform",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "_HANDLER": "app.handler",
        "LAMBDA_TASK_ROOT": str(tmp_path / "asset"),
        "AWS_ACCESS_KEY_ID": "LOCALFUNCTION1",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }
    assert {name: seen[name] for name in expected} == expected


def test_boto3_is_there_and_points_at_the_runtime(invoke: Invoke) -> None:
    code = "import boto3\ndef handler(event, context):\n    return boto3.client('firehose').meta.endpoint_url"
    (result,) = invoke(code, None)
    assert json.loads(result.payload) == "http://127.0.0.1:9"


def test_a_package_that_lambda_does_not_have_is_not_found(invoke: Invoke) -> None:
    (result,) = invoke("import pyarrow\ndef handler(event, context):\n    pass", None)
    assert result.error_type == "Runtime.ImportModuleError"
    assert "pyarrow" in json.loads(result.payload)["errorMessage"]


def test_the_asset_is_not_written_to(invoke: Invoke, tmp_path: Path) -> None:
    invoke("import json\ndef handler(event, context):\n    return 1", None)
    assert [path.name for path in (tmp_path / "asset").iterdir()] == ["app.py"]
