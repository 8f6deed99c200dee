"""A stack's template without what changes for no reason that a reviewer cares about."""

from __future__ import annotations

import json
import re
from typing import Any

import aws_cdk as cdk
from aws_cdk import assertions

_ASSET_HASH = re.compile(r"\b[0-9a-f]{64}\b")
_DEPLOYMENT_ID = re.compile(r"(Deployment[0-9A-F]{8})[0-9a-f]{32}\b")


def template_snapshot(stack: cdk.Stack) -> dict[str, Any]:
    """Return the synthesized template of a stack, to be compared with a committed one.

    Masked: the hashes of assets and the hash in the logical id of each API Gateway deployment, which change with
    code and with any method. Left out: the bootstrap version's parameter and rule, which belong to the CDK. Keys are
    sorted, and everything is plain JSON data.
    """
    template = assertions.Template.from_stack(stack).to_json()
    template.get("Parameters", {}).pop("BootstrapVersion", None)
    template.get("Rules", {}).pop("CheckBootstrapVersion", None)
    text = json.dumps({part: content for part, content in template.items() if content}, sort_keys=True)
    text = _ASSET_HASH.sub("<asset hash>", text)
    masked: dict[str, Any] = json.loads(_DEPLOYMENT_ID.sub(r"\1<deployment hash>", text))
    return masked
