"""Lambda functions of a template, with the folder that holds their code."""

from __future__ import annotations

import atexit
from pathlib import Path
from typing import Any

from clickstream_local.assembly.stack_template import Resource, StackTemplate
from clickstream_local.common.model import Function, Unsupported


def read_functions(template: StackTemplate) -> tuple[tuple[Function, ...], tuple[Unsupported, ...]]:
    """The Python functions of a template, and why the others cannot run."""
    functions: list[Function] = []
    unsupported: list[Unsupported] = []
    for resource in template.resources("AWS::Lambda::Function"):
        found = _function(template, resource)
        if isinstance(found, Function):
            functions.append(found)
        else:
            unsupported.append(Unsupported(resource.logical_id, resource.type, found))
    return tuple(functions), tuple(unsupported)


def _function(template: StackTemplate, resource: Resource) -> Function | str:
    properties = resource.properties
    runtime = str(properties.get("Runtime", ""))
    if not runtime.startswith("python3"):
        return f"runtime {runtime or 'of a container image'}: only Python functions run locally"
    code = _code_folder(template, resource)
    if isinstance(code, str):
        return code
    name = template.name_of(resource.logical_id)
    reserved = properties.get("ReservedConcurrentExecutions")
    return Function(
        logical_id=resource.logical_id,
        name=name,
        arn=template.arn_of(resource.logical_id),
        runtime=runtime,
        handler=str(properties["Handler"]),
        code_dir=code,
        environment={key: str(value) for key, value in properties.get("Environment", {}).get("Variables", {}).items()},
        timeout_seconds=int(properties.get("Timeout", 3)),
        memory_mb=int(properties.get("MemorySize", 128)),
        reserved_concurrency=int(reserved) if reserved is not None else None,
        log_group=str(properties.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{name}")),
        role=str(properties.get("Role", "")),
    )


def _code_folder(template: StackTemplate, resource: Resource) -> Path | str:
    code: Any = resource.properties.get("Code", {})
    if "ZipFile" in code:
        import shutil  # here: inline code is rare, and a runtime starts faster without the two
        import tempfile

        folder = Path(tempfile.mkdtemp(prefix="clickstream-inline-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        # CloudFormation writes inline Python code to index.py.
        (folder / "index.py").write_text(code["ZipFile"], encoding="utf-8")
        return folder
    key = str(code.get("S3Key", ""))
    source = template.assets.get(Path(key).stem)
    if source is None:
        return f"its code (S3 key {key!r}) is not an asset of this cloud assembly"
    if not source.is_dir():
        return f"its code {source.name!r} is a file: only assets that are folders run locally"
    return source.resolve()
