"""The user's function is read at synth: what Lambda could not import or call is refused, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdk_clickstream.transform.source_code import check_code
from support.transforms import entry, refusal


def check(folder: Path, code: str, function: str = "transform") -> None:
    check_code(entry(folder, code), "rows", function, None)


@pytest.mark.parametrize(
    "code",
    [
        "def transform(event): ...",
        "def transform(event, known): ...",
        "def transform(event, known=None): ...",
        "def transform(event, /, *, strict=True): ...",
        "def transform(event, one=1, two=2): ...",
        "def transform(*arguments): ...",
        "def transform(): ...\ndef transform(event): ...",
        "import functools\n@functools.cache\ndef transform(*, any): ...",
        "transform = lambda event: event",
        "from json import loads as transform",
        "from json import *",
        "def __getattr__(name): ...",
        "class transform:\n  def __init__(self, event): ...",
        "if True:\n  def transform(event): ...",
        "try:\n  import left_out\nexcept ImportError:\n  left_out = None\ndef transform(event): ...",
        "import contextlib\nwith contextlib.suppress(ImportError):\n  import left_out\ndef transform(event): ...",
        "def transform(event):\n  import left_out",
        "from __future__ import annotations\nimport boto3, botocore.config, urllib3\ndef transform(event): ...",
        "import compression.zstd\ndef transform(event): ...",
        "# -*- coding: latin-1 -*-\ndef transform(event): ...",
    ],
)
def test_code_that_lambda_can_import_and_call_passes(tmp_path: Path, code: str) -> None:
    check(tmp_path, code)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("def transform(event)\n  return event", "line 1': is not Python that"),
        ("def transform(event):\n  return\x00", "is not Python that"),
        ("def other(event): ...", "transform.handler='transform': is not in"),
        ("def outer():\n  def transform(event): ...", "transform.handler='transform': is not in"),
        ("def transform(): ...", "transform() must take the event"),
        ("def transform(event): ...\ndef transform(): ...", "line 2': transform() must take the event"),
        ("def transform(event, known, more): ...", "transform() must take the event"),
        ("def transform(event, known, more=1): ...", "transform() must take the event"),
        ("def transform(event, *, strict): ...", "transform() must take the event"),
        ("async def transform(event): ...", "is async, and nothing awaits it"),
        ("import pandas\ndef transform(event): ...", "line 1': the module 'pandas' is neither in the entry"),
        ("import distutils\ndef transform(event): ...", "the module 'distutils' is neither in the entry"),
        ("from names import a\ndef transform(event): ...", "the module 'names' is neither in the entry"),
        ("from . import names\ndef transform(event): ...", "the module '.' is not in the entry"),
    ],
)
def test_code_that_lambda_cannot_import_or_call_is_refused(tmp_path: Path, code: str, message: str) -> None:
    (tmp_path / "names.py").write_text("a = 1\n")
    assert message in refusal(lambda: check(tmp_path, code))


def test_the_modules_of_a_folder_are_read_with_what_they_import(tmp_path: Path) -> None:
    package = tmp_path / "shop"
    package.mkdir()
    (package / "__init__.py").write_text("from . import names\n")
    (package / "rows.py").write_text(
        "import shop.names\nfrom .names import one\nfrom .data import two\ndef make(event): ...\n"
    )
    (package / "names.py").write_text("one = 1\n")
    (package / "data.cpython-314-aarch64-linux-gnu.so").write_bytes(b"")
    check_code(tmp_path, "shop.rows", "make", None)
    (package / "names.py").write_text("import numpy\n")
    assert "names.py, line 1': the module 'numpy' is neither" in refusal(
        lambda: check_code(tmp_path, "shop.rows", "make", None)
    )
    (package / "names.py").write_text("from .nowhere import one\n")
    assert "the module 'shop.nowhere' is not in the entry" in refusal(
        lambda: check_code(tmp_path, "shop.rows", "make", None)
    )


def test_packages_vendored_beside_the_code_or_installed_into_it_are_there(tmp_path: Path) -> None:
    vendored, code = tmp_path / "vendored", tmp_path / "code"
    (vendored / "numpy").mkdir(parents=True)
    (vendored / "single.py").write_text("")
    rows = entry(code, "import numpy.linalg, single, installed.part\ndef transform(event): ...\n")
    assert "the module 'installed.part'" in refusal(lambda: check_code(code, "rows", "transform", vendored))
    information = code / "installed-1.0.dist-info"
    information.mkdir()
    (information / "RECORD").write_text("installed/__init__.py,,\n")
    check_code(code, "rows", "transform", vendored)
    assert "the module 'installed.part'" in refusal(lambda: check_code(rows, "rows", "transform", vendored))


@pytest.mark.parametrize("value", ["5", "'text'", "[]", "{}", "(1, 2)", "f'{x}'", "None"])
def test_data_in_the_place_of_the_function_is_refused(tmp_path: Path, value: str) -> None:
    file = tmp_path / "rows.py"
    file.write_text(f"x = 1\nrow = {value}\n")
    assert "is data and no function" in refusal(lambda: check_code(file, "rows", "row", None))


@pytest.mark.parametrize("code", ["row = make()", "row, other = make, 1", "row = lambda event: event"])
def test_what_may_be_a_function_passes(tmp_path: Path, code: str) -> None:
    file = tmp_path / "rows.py"
    file.write_text(f"def make(event): ...\n{code}\n")
    check_code(file, "rows", "row", None)
