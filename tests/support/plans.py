"""Plans of small templates, and the reference stack's template."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aws_cdk as cdk

from cdk_clickstream.reference import ReferenceStack
from clickstream_local.plan.finding import Finding
from clickstream_local.plan.plan import plan
from clickstream_local.plan.sides import Pair, StackSide
from support.stacks import CONTEXT

Body = dict[str, Any]


def stack(resources: Mapping[str, Any], **sections: Any) -> StackSide:
    """A template in a file, of these resources."""
    return StackSide("Shop", {"Resources": resources, **sections}, named=False)


def findings(old: StackSide, new: StackSide, **parameters: str) -> tuple[Finding, ...]:
    return plan([Pair("Shop", old, new)], parameters)


def said(old: StackSide, new: StackSide, **parameters: str) -> list[str]:
    """Each finding in one line: severity, name and what happens."""
    return [
        f"{finding.severity.label}: {finding.subject.name} {finding.effect.what}"
        for finding in findings(old, new, **parameters)
    ]


def one(type_: str, properties: Mapping[str, Any] | None = None, **attributes: Any) -> Body:
    """A resource."""
    return {"Type": type_, "Properties": dict(properties or {}), **attributes}


def change(type_: str, old: Mapping[str, Any], new: Mapping[str, Any], **others: Any) -> list[str]:
    """What is said of one resource whose properties change, beside others that stay."""
    return said(stack({"It": one(type_, old), **others}), stack({"It": one(type_, new), **others}))


def goes(type_: str, properties: Mapping[str, Any] | None = None, **attributes: Any) -> list[str]:
    """What is said of one resource that leaves the template."""
    return said(stack({"It": one(type_, properties, **attributes)}), stack({}))


@cache
def _reference() -> str:
    with TemporaryDirectory() as folder:
        app = cdk.App(context=CONTEXT, outdir=folder)
        ReferenceStack(app, "Clickstream")
        app.synth()
        return Path(folder, "Clickstream.template.json").read_text(encoding="utf-8")


def reference() -> Body:
    """The reference stack's template, to be changed at will."""
    body: Body = json.loads(_reference())
    return body


def changed(body: Body, *edits: Callable[[Body], None]) -> Body:
    """A copy of a template with edits."""
    edited = copy.deepcopy(body)
    for edit in edits:
        edit(edited)
    return edited


def properties_of(body: Body, type_: str, part: str = "") -> Body:
    """Properties of the only resource of a type whose logical id holds ``part``."""
    (found,) = [one for id_, one in body["Resources"].items() if one["Type"] == type_ and part in id_]
    properties: Body = found["Properties"]
    return properties
