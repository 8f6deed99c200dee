"""Stacks and templates for the tests of the constructs."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
from aws_cdk import assertions

from support.checkout import CHECKOUT

CONTEXT = json.loads((CHECKOUT / "cdk.json").read_text(encoding="utf-8"))["context"]
REASON = "Visitors are not signed in."


class Synthesized:
    """A template, and questions about it."""

    def __init__(self, stack: cdk.Stack) -> None:
        self.template: dict[str, Any] = assertions.Template.from_stack(stack).to_json()

    def of_type(self, type_: str) -> dict[str, dict[str, Any]]:
        """Resources of a type by logical id."""
        return {id_: one for id_, one in self.template["Resources"].items() if one["Type"] == type_}

    def only(self, type_: str, part: str = "") -> dict[str, Any]:
        """Properties of the only resource of a type whose logical id holds ``part``."""
        (found,) = [one for id_, one in self.of_type(type_).items() if part in id_]
        return found.get("Properties", {})

    def statements(self, part: str) -> dict[str, dict[str, Any]]:
        """Policy statements of the policies whose logical id holds ``part``, by Sid or else by action."""
        policies = [one for id_, one in self.of_type("AWS::IAM::Policy").items() if part in id_]
        statements = [one for policy in policies for one in policy["Properties"]["PolicyDocument"]["Statement"]]
        return {one.get("Sid") or str(one["Action"]): one for one in statements}


def flat(value: Any) -> str:
    """Write an intrinsic as text: references as ``<LogicalId.Attribute>``."""
    if isinstance(value, str):
        return value
    ((intrinsic, inner),) = value.items()
    if intrinsic == "Fn::Join":
        return inner[0].join(flat(part) for part in inner[1])
    return f"<{'.'.join(inner) if isinstance(inner, list) else inner}>"


def new_stack(name: str = "Test") -> cdk.Stack:
    """Return a stack in an app of its own."""
    return cdk.Stack(cdk.App(context=CONTEXT), name)
