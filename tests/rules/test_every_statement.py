"""Each IAM statement and prefix of the library is changed, one at a time; table and snapshot tell: a long list.

A statement is changed where the library writes it: the resources widened, an action added, the conditions dropped,
anybody let in. The test that compares with the table of permissions, and for a stack with a snapshot the one that
compares that, then have to fail, each by itself. Run by ``make test-matrix``.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from cdk_clickstream import S3Prefix
from cdk_clickstream.testing.fixtures import compare_with_snapshot
from support import full_stacks
from support.checkout import CHECKOUT
from support.full_stacks import full_stack
from support.permission_tables import PERMISSIONS, PREFIXES
from support.stacks import Synthesized
from support.statements import permissions, prefixes

pytestmark = pytest.mark.matrix

LIBRARY = CHECKOUT / "constructs" / "cdk_clickstream"
STACKS = [name for name in full_stacks.STACKS if name != "default"]
"""Those that between them hold every statement; what the default has, they have."""
SNAPSHOTS = {"everything": CHECKOUT / "tests" / "rules" / "snapshots" / "everything.json"}
WRITERS = ("iam.PolicyStatement", "iam.Grant.add_to_principal")


@pytest.fixture(autouse=True)
def comparing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshots are compared, whatever this run is told to do with them."""
    monkeypatch.delenv("CLICKSTREAM_UPDATE_SNAPSHOTS", raising=False)


Options = dict[str, Any]


def widened(options: Options) -> Options:
    name = "resource_arns" if "resource_arns" in options else "resources"
    return {**options, name: [*options[name], "arn:aws:s3:::other/*"]}


def with_another_action(options: Options) -> Options:
    return {**options, "actions": [*options["actions"], "s3:DeleteBucket"]}


def unconditional(options: Options) -> Options:
    return {**options, "conditions": None}


def for_anybody(options: Options) -> Options:
    return {**options, "principals": [iam.AnyPrincipal()]}


def changes_of(options: Options) -> Iterator[Callable[[Options], Options]]:
    """How a statement can be loosened."""
    yield with_another_action
    if options.get("resources") != ["*"]:
        yield widened
    if options.get("conditions"):
        yield unconditional
    if options.get("principals") and not isinstance(options["principals"][0], iam.AnyPrincipal):
        yield for_anybody


@dataclass
class Statements:
    """What the library writes while a stack is built: each statement counted, and one of them changed."""

    changed: int | None = None
    change: Callable[[Options], Options] = with_another_action
    written: list[tuple[str, Options]] = field(default_factory=list)

    def pass_on(self, options: Options) -> Options:
        frame: FrameType | None = sys._getframe(2)
        while frame is not None and frame.f_globals["__name__"].startswith("jsii."):
            frame = frame.f_back  # jsii's metaclass stands between a class and who makes an object of it
        assert frame is not None
        file = Path(frame.f_code.co_filename)
        assert file.is_relative_to(LIBRARY) or file.stem == "full_stacks", file
        line, *_ = list(frame.f_code.co_positions())[frame.f_lasti // 2]
        self.written.append(
            (f"{file.relative_to(LIBRARY) if file.is_relative_to(LIBRARY) else file.name}:{line}", options)
        )
        return self.change(options) if len(self.written) - 1 == self.changed else options


@contextmanager
def watched(statements: Statements) -> Iterator[None]:
    """Let statements be written through the given ones."""
    plain, granted = iam.PolicyStatement.__init__, iam.Grant.add_to_principal

    def initialize(this: iam.PolicyStatement, **options: Any) -> None:
        plain(this, **statements.pass_on(options))

    def add_to_principal(**options: Any) -> iam.Grant:
        return granted(**statements.pass_on(options))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(iam.PolicyStatement, "__init__", initialize)
        patch.setattr(iam.Grant, "add_to_principal", staticmethod(add_to_principal))
        yield


def statements_of(name: str) -> list[tuple[str, Options]]:
    statements = Statements()
    with watched(statements):
        full_stack(name)
    return statements.written


def unaware(stack: cdk.Stack, name: str) -> list[str]:
    """Which of the tests would pass for a stack that was changed."""
    template = Synthesized(stack).template
    table = {owner: sorted(lines) for owner, lines in PERMISSIONS[name].items()}
    places = {owner: sorted(lines) for owner, lines in PREFIXES[name].items()}
    found = ["table"] if permissions(template) == table and prefixes(template) == places else []
    if name not in SNAPSHOTS:
        return found
    try:
        compare_with_snapshot(stack, SNAPSHOTS[name])
    except pytest.fail.Exception:
        return found
    return ["snapshot", *found]


@pytest.mark.parametrize("name", STACKS)
def test_each_loosened_statement_is_told(name: str) -> None:
    unnoticed = []
    seen = set()
    for place, (site, options) in enumerate(statements_of(name)):
        kind = (site, options.get("sid"), tuple(options["actions"]))
        if kind in seen:
            continue
        seen.add(kind)
        for change in changes_of(options):
            with watched(Statements(place, change)):
                stack = full_stack(name)
            unnoticed += [(*kind, change.__name__, by) for by in unaware(stack, name)]
    assert unnoticed == []


def test_each_place_that_writes_a_statement_is_in_one_of_the_stacks() -> None:
    """So that the test above changes them all."""
    places = {
        f"{path.relative_to(LIBRARY)}:{node.lineno}"
        for path in LIBRARY.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in WRITERS
    }
    assert len(places) > 10
    assert places - {site for name in STACKS for site, _ in statements_of(name)} == set()


@pytest.mark.parametrize("name", STACKS)
def test_each_moved_prefix_is_told(name: str) -> None:
    texts: list[str] = []
    check = S3Prefix.__post_init__

    def build(moved: str | None) -> cdk.Stack:
        def checked(prefix: S3Prefix) -> None:
            if prefix.text == moved:
                object.__setattr__(prefix, "text", prefix.text.replace("/", "/moved/", 1))
            elif moved is None:
                texts.append(prefix.text)
            check(prefix)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(S3Prefix, "__post_init__", checked)
            return full_stack(name)

    build(None)
    unnoticed = []
    for text in dict.fromkeys(texts):
        unnoticed += [(text, by) for by in unaware(build(text), name)]
    assert unnoticed == []
