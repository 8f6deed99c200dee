"""The reference of the site tells every public option and member; it is made of the docstrings alone."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

import click
import griffe
import pytest
import yaml

from clickstream_local.cli import main
from support.checkout import CHECKOUT

PACKAGES = ["cdk_clickstream", "clickstream_producer", "clickstream_local.testing"]


@pytest.fixture(scope="module")
def site() -> Iterator[Any]:
    sys.path.insert(0, str(CHECKOUT / "tools" / "site"))
    import build

    yield build
    sys.path.remove(str(CHECKOUT / "tools" / "site"))


def makers(site: Any, name: str, found: Any) -> Iterator[tuple[str, Any, Any]]:
    """What a public name is made or called by, with the docstring that has to describe the parameters.

    A class that describes no parameters and has factories is made by those: its constructor is not shown.
    """
    if found.is_function:
        yield name, found, found.docstring
    if found.is_class:
        factories = [member for member in found.members.values() if site.is_factory(member, name)]
        for factory in factories:
            yield f"{name}.{factory.name}", factory, factory.docstring
        constructor = found.all_members.get("__init__")
        if site.is_made_by_factories(found) or constructor is None:
            return
        if not any("takes(" in str(one.value) for one in constructor.decorators):
            yield name, constructor, found.docstring


def described(docstring: Any) -> set[str]:
    kinds = (griffe.DocstringSectionKind.parameters, griffe.DocstringSectionKind.attributes)
    sections = docstring.parsed if docstring is not None else []
    return {
        name.strip()
        for section in sections
        if section.kind in kinds
        for item in section.value
        for name in item.name.split(",")
    }


def test_every_page_is_in_the_navigation_and_the_navigation_has_no_other(site: Any) -> None:
    written = yaml.safe_load((CHECKOUT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    named: list[str] = []

    def collect(entry: Any) -> None:
        if isinstance(entry, str):
            named.append(entry)
        else:
            for one in entry.values() if isinstance(entry, dict) else entry:
                collect(one)

    collect(site.navigation(written))
    assert sorted(named) == sorted(site.pages())


def test_every_command_is_on_the_page_of_commands(site: Any) -> None:
    commands = main.list_commands(click.Context(main))
    assert len(commands) > 10
    assert re.findall(r"(?m)^## clickstream (\w+)$", site.pages()["reference/commands.md"]) == sorted(commands)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_says_what_it_is(package: str, site: Any) -> None:
    found = site.public(package)
    assert len(found) >= 5
    assert [name for name, one in found.items() if one.docstring is None] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_option_is_described(package: str, site: Any) -> None:
    silent = [
        f"{path}: {parameter.name}"
        for name, found in site.public(package).items()
        for path, function, docstring in makers(site, name, found)
        for parameter in function.parameters
        if parameter.name not in {"self", "cls", "scope", "id", *described(docstring)}
    ]
    assert silent == []


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_is_described_that_is_no_parameter(package: str, site: Any) -> None:
    """A class may describe attributes beside its parameters."""
    wrong = [
        f"{name}.{member.name}: {item.name}"
        for name, found in site.public(package).items()
        if found.is_class
        for member in found.members.values()
        if not member.is_alias and member.is_function and member.docstring is not None
        for section in member.docstring.parsed
        if section.kind is griffe.DocstringSectionKind.parameters
        for item in section.value
        if item.name not in member.parameters
    ]
    assert wrong == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_method_says_what_it_does(package: str, site: Any) -> None:
    """A member of an enum needs no words: it is shown with its value."""
    silent = [
        f"{name}.{member.name}"
        for name, found in site.public(package).items()
        if found.is_class
        for member in found.members.values()
        if not member.is_alias and member.is_function and not member.name.startswith("_") and member.docstring is None
    ]
    assert silent == []
