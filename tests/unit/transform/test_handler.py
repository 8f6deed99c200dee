"""The entry point and its configuration."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clickstream_transform.errors import ConfigError
from clickstream_transform.handler import load_harness
from support.transform_harness import PACKAGE, TOKEN, Context, batch, request, rows_of

NAME_ONLY = {"event_name": {"check": {"kind": "string"}}}


def configure(folder: Path, columns: Any = NAME_ONLY) -> Path:
    (folder / "options.json").write_text("{}", "utf-8")
    (folder / "columns.json").write_text(json.dumps(columns), "utf-8")
    return folder


RUN = """
import json, sys
from clickstream_transform.handler import handler
class Context:
    invoked_function_arn = "arn"
    def get_remaining_time_in_millis(self): return 60000
json.dump(handler(json.load(sys.stdin), Context()), sys.stderr)
print(sorted(name for name in sys.modules if name.partition(".")[0] in ("boto3", "botocore")))
"""


def run(
    folder: Path, path: Path, record: bytes = b'{"event_name":"click"}', **environment: str
) -> tuple[dict[str, Any], str]:
    done = subprocess.run(
        [sys.executable, "-S", "-c", RUN],
        input=json.dumps(batch(record)),
        env={"PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"]} | environment,
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    )
    return json.loads(done.stderr), done.stdout


def test_the_handler_finds_its_configuration_beside_the_package(tmp_path: Path) -> None:
    configure(tmp_path)
    (tmp_path / "clickstream_transform").symlink_to(PACKAGE)
    # Path(__file__) is not resolved, so the folder that Python found the package in counts, as in /var/task.
    reply, _ = run(tmp_path, tmp_path)
    assert rows_of(reply["records"][0]) == [{"event_name": "click"}]


def test_the_environment_can_name_another_folder_for_the_configuration(tmp_path: Path) -> None:
    configure(tmp_path)
    reply, _ = run(tmp_path, PACKAGE.parent, CLICKSTREAM_CONFIG_DIR=str(tmp_path))
    assert rows_of(reply["records"][0]) == [{"event_name": "click"}]


def test_the_environment_tells_the_tokens_of_context_lines(tmp_path: Path) -> None:
    (tmp_path / "options.json").write_text("{}", "utf-8")
    tokens = ("5d1f0c52-6c39-44a4-8f0e-0d7f7f0f9a77", TOKEN)
    settings = {"CLICKSTREAM_CONFIG_DIR": str(tmp_path), "CLICKSTREAM_CONTEXT_TOKENS": ",".join(tokens)}
    for token, address in ((tokens[0], "203.0.113.0"), (TOKEN, "203.0.113.0"), ("another", None)):
        record = request(b'{"event_name":"click"}', token=token, ip="203.0.113.9")
        reply, _ = run(tmp_path, PACKAGE.parent, record, **settings)
        assert rows_of(reply["records"][0])[0].get("ip_address") == address


def test_an_invocation_that_puts_nothing_imports_no_sdk(tmp_path: Path) -> None:
    """facts/blueprints.md#measured: boto3 and a client cost 191 ms of a cold start; only the re-ingest path may pay
    it.
    """
    configure(tmp_path)
    _, printed = run(tmp_path, PACKAGE.parent, CLICKSTREAM_CONFIG_DIR=str(tmp_path))
    assert printed.splitlines()[-1] == "[]"


def test_a_missing_file_is_named_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"options\.json is missing; put options\.json and columns\.json beside"):
        load_harness(str(tmp_path), None)


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    configure(tmp_path)
    (tmp_path / "columns.json").write_text("{", "utf-8")
    with pytest.raises(ConfigError, match=r"columns\.json is not JSON"):
        load_harness(str(tmp_path), None)


def test_without_columns_of_its_own_a_folder_has_those_of_the_click_event(tmp_path: Path) -> None:
    (tmp_path / "options.json").write_text("{}", "utf-8")
    (answer,) = load_harness(str(tmp_path), None).handle(batch(b'{"event_name":"click"}'), Context())["records"]
    assert rows_of(answer)[0]["received_at"] == "2026-11-21T10:00:00.999Z"
