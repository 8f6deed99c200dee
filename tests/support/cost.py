"""Runs ``clickstream cost`` on templates and reads what it says."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from clickstream_local.cli import main
from support.checkout import CHECKOUT
from support.examples import example_stacks
from support.full_stacks import STACKS, full_stack
from support.stacks import Synthesized

_SNAPSHOTS = CHECKOUT / "tests" / "rules" / "snapshots"
DEFAULT = _SNAPSHOTS / "default.json"
"""The template of the reference app: a pipeline with nothing chosen."""

_FOLDER = tempfile.TemporaryDirectory(prefix="templates-")

GB = 2**30

# What the default template's endpoint makes of a request by Chrome on Windows: a context line, the body, a boundary.
_CONTEXT_LINE = (
    r'{"clickstream":1,"kind":"request","token":"0b7c6d2e-1f7a-4d55-9c1b-7d0d8f4f1a11",'
    r'"received_at":1795290643123,"ip":"203.0.113.45","user_agent":"Mozilla\/5.0 '
    r"(Windows NT 10.0; Win64; x64) AppleWebKit\/537.36 (KHTML, like Gecko) Chrome\/142.0.0.0 Safari\/537.36"
    r'","api_key_id":"","principal":"","boundary":"JKJaXmPLvHcESHA="}'
)
ADDED_BYTES = len(_CONTEXT_LINE) + len("\n") + len("\nJKJaXmPLvHcESHA=\n")
# An array of twenty events of 600 bytes: brackets and nineteen commas.
RECORD_BYTES = 20 * 600 + 2 + 19 + ADDED_BYTES


@cache
def template(name: str) -> Path:
    """A stack of ``full_stacks`` or of an example (``multi_tenant-Sites``): its snapshot, or synthesized once."""
    if (snapshot := _SNAPSHOTS / f"{name}.json").exists():
        return snapshot
    stack = full_stack(name) if name in STACKS else example_stacks(_example(name))[name]
    path = Path(_FOLDER.name) / f"{name}.json"
    path.write_text(json.dumps(Synthesized(stack).template), encoding="utf-8")
    return path


def _example(stack: str) -> Path:
    return CHECKOUT / "examples" / f"{stack.partition('-')[0]}.py"


def cost(*arguments: object, assembly: Path = DEFAULT) -> Result:
    """Run the command for a million events a day, if not told otherwise."""
    given = [str(argument) for argument in arguments]
    if "--events-per-day" not in given:
        given += ["--events-per-day", "1000000"]
    # Wide enough that no cell is broken.
    return CliRunner().invoke(main, ["cost", "--assembly", str(assembly), *given], env={"COLUMNS": "400"})


def bill(*arguments: object, assembly: Path = DEFAULT) -> dict[str, Any]:
    """The document that ``--json`` prints."""
    done = cost(*arguments, "--json", assembly=assembly)
    assert done.exit_code == 0, done.output
    document: dict[str, Any] = json.loads(done.output)
    return document


def line(document: dict[str, Any], item: str, part: str = "") -> dict[str, Any]:
    """The only line of an item, of a part if it has several."""
    (found,) = [one for one in document["lines"] if one["item"] == item and part in one["what"]]
    return found


def items(document: dict[str, Any]) -> set[str]:
    """The items that are listed."""
    return {one["item"] for one in document["lines"]}


def changed(tmp_path: Path, change: Callable[[dict[str, Any]], None], original: Path = DEFAULT) -> Path:
    """A copy of a template whose resources, by logical id, were changed."""
    body = json.loads(original.read_text(encoding="utf-8"))
    change(body["Resources"])
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(body), encoding="utf-8")
    return path


def s3(resources: dict[str, Any]) -> dict[str, Any]:
    """The destination of the stream with a function."""
    (found,) = [
        resource["Properties"]["ExtendedS3DestinationConfiguration"]
        for resource in resources.values()
        if resource["Type"] == "AWS::KinesisFirehose::DeliveryStream"
        and resource["Properties"]["ExtendedS3DestinationConfiguration"]["ProcessingConfiguration"]["Enabled"]
    ]
    return found


def function(resources: dict[str, Any]) -> dict[str, Any]:
    """The properties of the function."""
    (found,) = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::Lambda::Function"]
    return found
