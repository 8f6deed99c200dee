"""A function per event of the user's own: how its code gets into the asset."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cdk_clickstream import Transform
from support.transforms import asset, entry, refusal


def test_the_users_code_is_staged_beside_the_bundled_code_and_starts(tmp_path: Path) -> None:
    code = entry(tmp_path / "code", "def transform(event):\n    return {'loud': event['event_name'].upper()}\n")
    root = asset(tmp_path / "out", Transform.per_event(code))
    assert (root / "function" / "rows.py").read_text() == code.read_text()
    script = (
        "import base64, json, clickstream_transform.handler as h\n"
        'data = base64.b64encode(b\'{"event_name":"click"}\').decode()\n'
        "reply = h.handler({'records': [{'recordId': '1', 'data': data}]}, None)\n"
        "print(base64.b64decode(reply['records'][0]['data']).decode())"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.strip().splitlines()[-1]) == {"loud": "CLICK"}


def test_a_folder_is_staged_without_bytecode_and_hidden_files(tmp_path: Path) -> None:
    package = tmp_path / "code" / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "rows.py").write_text("def make(event): ...\n")
    (package / "names.json").write_text("{}")
    (package / ".secret").write_text("x")
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "rows.pyc").write_bytes(b"x")
    root = asset(tmp_path / "out", Transform.per_event(tmp_path / "code", "shop.rows.make"))
    staged = {str(file.relative_to(root)) for file in (root / "function").rglob("*") if file.is_file()}
    assert staged == {"function/shop/__init__.py", "function/shop/rows.py", "function/shop/names.json"}
    assert json.loads((root / "options.json").read_text())["function"] == "shop.rows.make"


def test_the_assets_hash_follows_the_users_code(tmp_path: Path) -> None:
    one = asset(tmp_path / "1", Transform.per_event(entry(tmp_path / "a")))
    same = asset(tmp_path / "2", Transform.per_event(entry(tmp_path / "b")))
    other = asset(tmp_path / "3", Transform.per_event(entry(tmp_path / "c", "def transform(event): ...\n")))
    assert one.name == same.name != other.name


@pytest.mark.parametrize(
    ("entry_name", "handler", "message"),
    [
        ("missing", "transform", "must be a .py file or a folder"),
        ("rows.txt", "transform", "must be a .py file or a folder"),
        ("rows.py", "shop.transform", "names a module, and the entry is the one file 'rows.py'"),
        ("my-rows.py", "transform", "cannot be imported under this name"),
        ("rows.py", "trans-form", "must be the name of a function"),
        ("rows.py", "", "must be the name of a function"),
        (".", "transform", "names no module, and the entry is a folder"),
        (".", "shop.transform", "has no module in"),
    ],
)
def test_code_that_could_not_be_imported_is_refused(
    tmp_path: Path, entry_name: str, handler: str, message: str
) -> None:
    for name in ("rows.py", "rows.txt", "my-rows.py"):
        entry(tmp_path, name=name)
    assert message in refusal(lambda: Transform.per_event(tmp_path / entry_name, handler))
