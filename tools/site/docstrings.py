"""What the docstrings need to become pages: roles, defaults, members of enums, the options behind ``@takes``."""

from __future__ import annotations

import re
from typing import Any

import griffe

TO_THE_ROOT = "../../"
"""From a page of the reference, ``reference/<package>/<name>.md``, to the first one."""


class Docstrings(griffe.Extension):
    """Rewrites each docstring of a package to Markdown when the package is loaded."""

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        """Walk a whole package; modules that another package holds are not ours."""
        for found in list(_members(pkg)):
            if isinstance(found, griffe.Class):
                _take_options(found)
                if is_made_by_factories(found):
                    found.members.pop("__init__", None)
                if any(str(base).endswith("Enum") for base in found.bases):
                    _document_members(found)
        for found in [pkg, *_members(pkg)]:
            if found.docstring is not None:
                found.docstring.value = markdown(found.docstring.value)
            if isinstance(found, griffe.Function):
                for parameter in found.parameters:
                    if isinstance(parameter.default, griffe.Expr):
                        parameter.default = _default(parameter.default)


def markdown(text: str) -> str:
    """A docstring's text with its roles, code blocks and addresses as Markdown."""
    text = re.sub(
        r"\.\. code-block:: (\w+)\n\n((?:    .*\n?|\n)+)",
        lambda block: f"```{block[1]}\n" + re.sub(r"(?m)^    ", "", block[2]).strip("\n") + "\n```\n",
        text,
    )
    text = re.sub(r"(?m)((?:^ *(?:>>>|\.\.\.) .*\n?)+)", r"```pycon\n\1```\n", text)
    text = re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"`\1`", text)
    text = re.sub(r"(?m)AWS: (https://\S+)", r"[AWS documentation](\1)", text)
    text = re.sub(
        r"(?<![\w/])facts/([\w-]+)\.md((?:#[\w-]+(?:,\s+)?)+)",
        lambda cited: ", ".join(
            f"[{name.replace('-', ' ')}]({TO_THE_ROOT}facts/{cited[1]}.md#{name})"
            for name in re.findall(r"[\w-]+", cited[2])
        ),
        text,
    )
    return re.sub(r"(?:see )?docs/([\w-]+)\.md", rf"[\1]({TO_THE_ROOT}\1.md)", text)


def _members(found: Any) -> Any:
    for member in found.members.values():
        if not member.is_alias:
            yield member
            yield from _members(member)


def _document_members(enum: griffe.Class) -> None:
    for member in enum.members.values():
        if isinstance(member, griffe.Attribute) and member.value is not None and member.docstring is None:
            member.docstring = griffe.Docstring(f"`{member.value}`", parent=member)


def _take_options(found: griffe.Class) -> None:
    """A constructor that takes the parameters of another class has that one's signature and text."""
    constructor = found.members.get("__init__")
    if not isinstance(constructor, griffe.Function):
        return
    for decorator in constructor.decorators:
        if match := re.fullmatch(r"takes\((\w+)\)", str(decorator.value)):
            options: Any = found.module[match[1]]
            options = options.final_target if options.is_alias else options
            constructor.parameters = options.members["__init__"].parameters
            constructor.docstring = griffe.Docstring(
                # Without its first sentence, which says what the class of the options is.
                options.docstring.value.partition("\n\n")[2],
                parent=constructor,
                parser=options.docstring.parser,
            )


def is_made_by_factories(found: Any) -> bool:
    """Whether a class has factories and describes no parameter of its own: its fields are no options then."""
    described = found.docstring is not None and re.search(r"(?m)^ *Parameters\n *-+$", found.docstring.value)
    return not described and any(is_factory(member, found.name) for member in found.members.values())


def is_factory(member: Any, owner: str) -> bool:
    """Whether a member is a public way to make its class."""
    if member.is_alias or not member.is_function or member.name.startswith("_"):
        return False
    return bool({"classmethod", "staticmethod"} & set(member.labels)) and owner in str(member.returns)


def _default(expression: griffe.Expr) -> griffe.Expr | str:
    """A default that is made anew by each call is shown as what it makes."""
    return (
        re.sub(r"^\(lambda: (.*)\)\(\)$", r"\1", text)
        if (text := str(expression)).startswith("(lambda:")
        else expression
    )
