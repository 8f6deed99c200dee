"""The two sides of a deployment: what is there, and what is to be."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clickstream_local.assembly.cloud_assembly import StackArtifact, read_artifacts
from clickstream_local.assembly.documents import read_template
from clickstream_local.plan.errors import PlanError

_ASSET = re.compile(r"([0-9a-f]{64})\.(?:json|template)")

Nested = Callable[[str, Any], "StackSide | None"]
"""The template of a nested stack: of its logical id and its ``TemplateURL``; None where it is not at hand."""


@dataclass(frozen=True)
class StackSide:
    """A stack as one side has it.

    ``parameters`` are values that are known; ``names`` construct paths by logical id. A ``named`` stack has the name
    that it is deployed with; a template in a file has none.
    """

    name: str
    body: Mapping[str, Any]
    named: bool = True
    region: str | None = None
    account: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    nested: Nested = lambda logical_id, url: None


@dataclass(frozen=True)
class Pair:
    """A stack on both sides; None where a side does not have it."""

    name: str
    old: StackSide | None
    new: StackSide | None


def read_side(path: Path) -> tuple[StackSide, ...]:
    """The stacks of a template file or of a cloud assembly.

    Raises
    ------
    AssemblyError
        It cannot be read.
    """
    return tuple(_stack(artifact, named=path.is_dir()) for artifact in read_artifacts(path))


def _stack(artifact: StackArtifact, *, named: bool) -> StackSide:
    def nested(logical_id: str, url: Any) -> StackSide | None:
        found = _ASSET.search(str(url))
        file = artifact.assets.get(found[1]) if found else None
        if file is None or not file.is_file():
            return None
        return _stack(
            StackArtifact(
                logical_id, read_template(file), artifact.region, artifact.account, artifact.assets, artifact.names
            ),
            named=False,
        )

    return StackSide(
        name=artifact.name,
        body=artifact.body,
        named=named,
        region=artifact.region,
        account=artifact.account,
        names=artifact.names,
        nested=nested,
    )


def names_content(url: Any) -> bool:
    """Whether a template's address holds a digest of it, as the CDK's do: the same address is the same template."""
    return _ASSET.search(str(url)) is not None


def pairs(
    old: Iterable[StackSide], new: Iterable[StackSide], *, stack_name: str | None = None, deployed: bool = False
) -> tuple[Pair, ...]:
    """Stacks of the same name together; one stack on each side is one pair where a side is a template without a name.

    Parameters
    ----------
    old, new:
        The sides.
    stack_name:
        The one stack that is meant, where a side has several.
    deployed:
        Whether ``old`` is one deployed stack: only the stack of its name is compared then.

    Raises
    ------
    PlanError
        It is not clear which stacks belong together.
    """
    former, latter = _chosen(tuple(old), stack_name, "OLD"), _chosen(tuple(new), stack_name, "NEW")
    if len(former) == len(latter) == 1 and not (former[0].named and latter[0].named and stack_name is None):
        return (Pair(latter[0].name if latter[0].named else former[0].name, former[0], latter[0]),)
    if not all(stack.named for stack in (*former, *latter)):
        names = ", ".join(stack.name for stack in (*former, *latter) if stack.named)
        raise PlanError(f"one template is compared with several stacks ({names}): pick one with --stack-name")
    if deployed:
        (there,) = former
        latter = tuple(stack for stack in latter if _same_place(stack, there))
        if not latter:
            raise PlanError(f"NEW has no stack {there.name!r}: pick one with --stack-name")
        return tuple(Pair(there.name, there, stack) for stack in latter[:1])
    both = [[stack.name for stack in side] for side in (former, latter)]
    several = {name for side in both for name in side if side.count(name) > 1}
    olds, news = ({_key(stack, several): stack for stack in side} for side in (former, latter))
    return tuple(Pair(name, olds.get(name), news.get(name)) for name in {**olds, **news})


def _same_place(one: StackSide, other: StackSide) -> bool:
    """Whether two stacks may be one: the name, and account and region as far as they are known."""
    places = ((one.account, other.account), (one.region, other.region))
    return one.name == other.name and all(not a or not b or a == b for a, b in places)


def _key(stack: StackSide, several: Collection[str]) -> str:
    """The name; with account and region where an app has several stacks of one name."""
    return f"{stack.name} ({stack.account or '?'}/{stack.region or '?'})" if stack.name in several else stack.name


def _chosen(stacks: tuple[StackSide, ...], name: str | None, side: str) -> tuple[StackSide, ...]:
    if not stacks:
        raise PlanError(f"{side} has no stack")
    if name is None or (len(stacks) == 1 and not stacks[0].named):
        return stacks
    chosen = tuple(stack for stack in stacks if stack.name == name)
    if not chosen and len(stacks) > 1:
        raise PlanError(f"{side} has no stack {name!r}; its stacks: {', '.join(stack.name for stack in stacks)}")
    return chosen or stacks


def pseudo_parameters(old: StackSide | None, new: StackSide | None) -> Iterator[tuple[str, str]]:
    """Name and value of the pseudo parameters that one of the sides knows: the stack is the same one in both."""
    sides = [side for side in (new, old) if side is not None]
    region = next((side.region for side in sides if side.region), None)
    account = next((side.account for side in sides if side.account), None)
    name = next((side.name for side in sides if side.named), None)
    if region:
        china = region.startswith("cn-")
        yield "AWS::Region", region
        yield "AWS::Partition", "aws-cn" if china else "aws-us-gov" if region.startswith("us-gov-") else "aws"
        yield "AWS::URLSuffix", "amazonaws.com.cn" if china else "amazonaws.com"
    if account:
        yield "AWS::AccountId", account
    if name:
        yield "AWS::StackName", name
