"""The function that a sample is run through: one of a cloud assembly, or a file in the bundled transform code."""

from __future__ import annotations

import importlib.util
import json
import shutil
from dataclasses import replace
from pathlib import Path

from clickstream_local.assembly.cloud_assembly import load_stacks
from clickstream_local.common.context_line import believing_all
from clickstream_local.common.model import Function, Stack

REJECT_STREAM = "rejected"
_STREAM = "sample"
_COLUMNS = "columns.json"
_ACCOUNT = "123456789012"


class FunctionChoiceError(ValueError):
    """No function, or several, that could be meant; the message names them."""


def function_of_assembly(
    assembly: Path, *, stack: str | None = None, logical_id: str | None = None
) -> tuple[Function, str]:
    """The function that transforms records in an assembly, and the ARN of the delivery stream that calls it.

    It believes every context line: whoever gives a sample has chosen it.

    Parameters
    ----------
    assembly, stack
        As for ``load_stacks``.
    logical_id
        Which, where several do. Default: the only one that a delivery stream calls.

    Raises
    ------
    AssemblyError
        If the assembly cannot be read.
    FunctionChoiceError
        If it is not clear which function is meant.
    """
    stacks = load_stacks(assembly, stack=stack)
    functions = [(function, _caller(one, function)) for one in stacks for function in one.functions]
    found = [
        (function, arn)
        for function, arn in functions
        if (arn is not None if logical_id is None else function.logical_id == logical_id)
    ]
    if len(found) == 1:
        function, arn = found[0]
        return replace(function, environment=believing_all(function.environment)), arn or stream_arn()
    names = ", ".join(function.logical_id for function, _ in functions) or "none"
    problem = (
        f"there is no function {logical_id!r}"
        if logical_id
        else f"{len(found)} functions are called by delivery streams"
    )
    raise FunctionChoiceError(f"{problem}; choose one with --function: {names}")


def columns_of_assembly(assembly: Path, *, stack: str | None = None) -> Path | None:
    """The columns that an assembly's ``Transform.per_event`` checks its rows by; None without one such function.

    Raises
    ------
    AssemblyError
        If there is an assembly, and it cannot be read.
    """
    if not assembly.exists():
        return None
    functions = [function for one in load_stacks(assembly, stack=stack) for function in one.functions]
    found = [function.code_dir / _COLUMNS for function in functions if _is_per_event(function)]
    return found[0] if len(found) == 1 and found[0].exists() else None


def _is_per_event(function: Function) -> bool:
    try:
        options = json.loads((function.code_dir / "options.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(options, dict) and options.get("processor") == "per_event"


def function_of_entry(entry: Path, handler: str, folder: Path, columns: Path | None = None) -> Function:
    """A function that runs a file as ``Transform.per_event`` would, its code staged into a folder.

    ``columns`` are those that its rows have to fit; without them nothing is checked.

    Raises
    ------
    FunctionChoiceError
        If the bundled transform code is not installed.
    """
    spec = importlib.util.find_spec("clickstream_transform")
    if spec is None or spec.origin is None:
        raise FunctionChoiceError("the package clickstream_transform is not installed; install cdk-clickstream")
    package = Path(spec.origin).parent
    shutil.copytree(package, folder / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    code = folder / "function"
    code.mkdir()
    shutil.copyfile(entry, code / entry.name)
    if columns is not None:
        shutil.copyfile(columns, folder / _COLUMNS)
    options = {"processor": "per_event", "function": f"{entry.stem}.{handler}"}
    (folder / "options.json").write_text(json.dumps(options), encoding="utf-8")
    return Function(
        logical_id="Entry",
        name="entry",
        arn=f"arn:aws:lambda:us-east-1:{_ACCOUNT}:function:entry",
        runtime="python3.14",
        handler="clickstream_transform.handler.handler",
        code_dir=folder,
        environment={"CLICKSTREAM_REJECT_STREAM": REJECT_STREAM},
        timeout_seconds=60,
        memory_mb=512,
    )


def stream_arn() -> str:
    """The ARN of a delivery stream, for a function that none calls."""
    return f"arn:aws:firehose:us-east-1:{_ACCOUNT}:deliverystream/{_STREAM}"


def _caller(stack: Stack, function: Function) -> str | None:
    """The ARN of a delivery stream whose processors name the function."""
    return next((stream.arn for stream in stack.delivery_streams if stream.calls(function)), None)
