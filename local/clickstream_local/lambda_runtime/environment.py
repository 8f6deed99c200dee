"""Command and environment of a function's process; nothing of the caller's environment is in it."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from functools import cache
from pathlib import Path

from clickstream_local.common.model import Function

_WORKER = Path(__file__).with_name("worker.py")
_RUNTIME_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
"""The packages of Lambda's Python runtime that a function may import without bringing them."""


def command() -> list[str]:
    """The command line of a worker.

    ``-I -S``: no variable, user directory or site-packages of this environment takes part, so a package that is
    missing from the asset is missing here as well; ``-B``: no bytecode is written into the asset.
    """
    return [sys.executable, "-I", "-S", "-B", str(_WORKER), _runtime_package_directories()]


def environment(
    function: Function, *, region: str, endpoint_url: str, access_key_id: str, log_stream: str
) -> dict[str, str]:
    """The environment variables of a function: its own, and those that Lambda sets."""
    reserved = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TZ": ":UTC",
        "_HANDLER": function.handler,
        "LAMBDA_TASK_ROOT": str(function.code_dir.resolve()),
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": log_group(function),
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "AWS_ACCESS_KEY_ID": access_key_id,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_SESSION_TOKEN": "local",
        "AWS_ENDPOINT_URL": endpoint_url,
        # A profile of the person who runs this must not reach the function's SDK.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return {**function.environment, **reserved}


def log_group(function: Function) -> str:
    """The log group that the function logs to: its own, or Lambda's default."""
    return function.log_group or f"/aws/lambda/{function.name}"


@cache
def _runtime_package_directories() -> str:
    directories = {}
    for name in _RUNTIME_PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            origin = Path(spec.origin)
            directories[name] = str(origin.parent.parent if spec.submodule_search_locations else origin.parent)
    return json.dumps(directories)
