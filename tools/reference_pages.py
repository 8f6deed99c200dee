"""Writes the reference pages from docstrings, the event schema and the synthesized template: run it with ``make docs``."""

from __future__ import annotations

import ast
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import griffe
from picture.architecture import architecture
from picture.svg import svg

from clickstream_local.demo.synth import synthesize

CHECKOUT = Path(__file__).parents[1]
DOCS = CHECKOUT / "docs"
_GENERATED = "<!-- Written by `make docs`; change the docstrings or the schema instead. -->"


def pages() -> dict[str, str]:
    """File name to content of every generated page."""
    return {
        "architecture.svg": picture(),
        "checks.md": checks_page(),
        "combinations.md": combinations_page(),
        "events.md": events_page(),
        "options.md": reference_page(
            "constructs",
            "cdk_clickstream",
            "Options of the construct library",
            "What `from cdk_clickstream import …` gives, with every option, its default and its limits. An option that AWS "
            "would refuse at deploy time is refused at synth, with the option, the value and the remedy.",
        ),
        "producer.md": reference_page(
            "lambda/producer",
            "clickstream_producer",
            "The producer",
            "What `from clickstream_producer import …` gives. The distribution's own "
            "[README](../lambda/producer/README.md) has the recipes and what happens when things fail.",
        ),
    }


def picture() -> str:
    """The reference stack, drawn from its synthesized template, so that it cannot show what is not there."""
    with tempfile.TemporaryDirectory() as folder:
        synthesize(CHECKOUT / "app.py", Path(folder))
        template = json.loads((Path(folder) / "Clickstream.template.json").read_text(encoding="utf-8"))
    return svg(architecture(template), "The reference stack")


def combinations_page() -> str:
    """Supported combinations, by the table that the construct checks by."""
    sys.path.insert(0, str(CHECKOUT / "constructs"))
    from cdk_clickstream.compatibility import combinations

    lines = [
        "<!-- Written by `make docs` from compatibility.py; change the table there. -->",
        "# Supported combinations",
        "",
        "Each source with each transform. What cannot work is refused when the stack is synthesized, with a remedy. "
        "*Endpoint*: how `POST /events` puts records beside the source. *Overflow*: what becomes of the tail of a reply that "
        "passes Lambda's limit; it is requeued into the stream where `PutRecord` works, elsewhere it fails and lies under "
        "`errors/processing-failed/`. *Columns*: whose schema makes the table. *Partition keys*: what `DynamicPartitioning` "
        "can be given; a record that holds several events has those only that its transform makes (`partition_keys`).",
        "",
        "| source | transform | | endpoint | overflow | columns | partition keys |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in combinations():
        if one.problem:
            lines.append(
                f"| {one.source.value} | {one.transform.value} | refused: its records {_cell(one.problem)}; "
                f"{_cell(one.remedy)} | | | | |"
            )
            continue
        lines.append(
            f"| {one.source.value} | {one.transform.value} | "
            f"{f'if {one.condition}' if one.condition else 'yes'} | {one.endpoint or '–'} | "
            f"{'requeued' if one.supports_requeue else 'fails'} | {'its own' if one.own_schema else 'the schema'} | "
            f"{one.partitioning or '–'} |"
        )
    return "\n".join(lines) + "\n"


def checks_page() -> str:
    """Every check at synth, from the calls that refuse."""
    lines = [
        "<!-- Written by `make docs` from the calls of refuse() and check_range(). -->",
        "# What is checked at synth",
        "",
        "Each of these raises `ConfigurationError` before anything is deployed; the message names the option, the value, the "
        "problem and the remedy. Values that only CloudFormation knows (tokens) pass unchecked; where the library would have to compute with one, it is refused by its name. `…` stands for what the "
        "message fills in.",
        "",
        "Before these, every class and method checks the types of its arguments against its signature: a name in place of "
        "a bucket, a text in place of an enum's member, or `True` in place of a number is refused with what is wanted.",
        "",
    ]
    for path in sorted((CHECKOUT / "constructs" / "cdk_clickstream").rglob("*.py")):
        rows = sorted(set(_checks(path)))
        if rows:
            lines += [
                f"## {path.stem.strip('_').replace('_', ' ')}",
                "",
                "| option | problem | remedy |",
                "|---|---|---|",
            ]
            lines += [f"| {option} | {problem} | {remedy} |" for option, problem, remedy in rows]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _checks(path: Path) -> Iterator[tuple[str, str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        texts = [_text(argument) for argument in node.args]
        if node.func.id == "refuse" and path.stem != "_validation":
            yield _code(texts[0]), _cell(texts[2]), _cell(texts[3])
        elif node.func.id == "check_range":
            yield _code(texts[0]), _cell(f"must be {texts[2]}..{texts[3]} {texts[4]}"), _cell(texts[5])


def _code(option: str) -> str:
    return f"`{option}`" if option != "…" else option


def _text(node: ast.expr) -> str:
    """A message as far as the code tells it."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) for part in node.values).replace("……", "…")
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _text(node.left) + _text(node.right)
    try:
        return f"{eval(ast.unparse(node), {'__builtins__': {}}):,}"  # noqa: S307 - arithmetic such as 2**31 - 1
    except Exception:
        return "…"


def events_page() -> str:
    """The columns of the bundled click event."""
    schema_file = CHECKOUT / "lambda" / "transform" / "clickstream_transform" / "click.schema.json"
    schema = json.loads(schema_file.read_text(encoding="utf-8"))
    sys.path.insert(0, str(CHECKOUT / "constructs"))
    from cdk_clickstream import EventSchema

    types = {column.name: column.type for column in EventSchema.click().columns}
    lines = [
        _GENERATED,
        "# The click event",
        "",
        f'{schema["description"]} The smallest valid event is `{{"event_name": "click"}}`. Members that no column takes are '
        "kept under `properties`.",
        "",
        "A value of the wrong JSON type, or a missing required member, rejects the event, with its reasons, to "
        "`errors/rejected/`. A value of the right type that is out of bounds is cut or left out, and `enrich_flags` names "
        "the column.",
        "",
        "The partition column `event_date` is the date of arrival, in UTC unless the pipeline has a `time_zone`. An object's date is that of its *oldest* record, so a "
        "row may lie one partition early: widen a filter on `event_date` by a day on each side, and filter exactly "
        "on `event_time`.",
        "",
        "| column | type | made by | limits | meaning |",
        "|---|---|---|---|---|",
    ]
    required = set(schema["required"])
    for name, member in schema["properties"].items():
        made_by = "server" if member.get("readOnly") else "client, required" if name in required else "client"
        lines.append(f"| `{name}` | {types[name]} | {made_by} | {_limits(member)} | {_cell(member['description'])} |")
    return "\n".join(lines) + "\n"


def _limits(member: dict[str, Any]) -> str:
    limits = []
    if "maxLength" in member:
        limits.append(f"{member['maxLength']:,} characters")
    if "minimum" in member or "maximum" in member:
        limits.append(f"{member.get('minimum', '')}..{member.get('maximum', '')}")
    if "maxItems" in member:
        limits.append(f"{member['maxItems']} items")
    if "pattern" in member:
        limits.append(f"`{_cell(member['pattern'])}`")
    if "format" in member:
        limits.append("ISO 8601" if member["format"] == "date-time" else member["format"])
    return ", ".join(limits) or "–"


def reference_page(root: str, package: str, title: str, introduction: str) -> str:
    """The public names of a package, by their docstrings."""
    loaded = griffe.load(package, search_paths=[str(CHECKOUT / root)], docstring_parser=griffe.Parser.numpy)
    lines = [_GENERATED, f"# {title}", "", introduction, ""]
    for name in sorted(map(str, loaded.exports or ()), key=str.lower):
        lines += _entry(loaded[name])
    return "\n".join(lines).rstrip() + "\n"


def _entry(found: Any) -> Iterator[str]:
    target = found.final_target if found.is_alias else found
    yield f"## {target.name}"
    yield ""
    if target.is_class:
        yield from _class(target)
    elif target.is_function:
        yield f"`{target.name}({_signature(target)})`"
        yield ""
        yield from _docstring(target, _defaults(target))
    else:
        yield from _docstring(target, {})


def _class(target: Any) -> Iterator[str]:
    constructor = target.members.get("__init__")
    defaults = _defaults(constructor) if constructor is not None else _field_defaults(target)
    yield from _docstring(target, defaults)
    if any(str(base).endswith("Enum") for base in target.bases):
        yield from _enum_members(target)
    if constructor is not None:
        for decorator in constructor.decorators:
            # A constructor that takes the parameters of another class: the table is that one's.
            if match := re.fullmatch(r"takes\((\w+)\)", str(decorator.value)):
                options = target.module[match[1]].final_target
                yield from _docstring(options, _defaults(options.members["__init__"]))
    for member in target.members.values():
        if member.is_alias or member.name.startswith("_") or member.docstring is None:
            continue
        if member.is_function:
            yield f"### {target.name}.{member.name}({_signature(member)})"
            yield ""
            yield from _docstring(member, _defaults(member))
        elif member.is_attribute and "property" in member.labels:
            yield f"- `.{member.name}`: {_flow(member.docstring.value)}"
            yield ""


def _enum_members(target: Any) -> Iterator[str]:
    yield "| member | meaning |"
    yield "|---|---|"
    for name, member in target.members.items():
        if not member.is_alias and member.is_attribute and member.value is not None and "property" not in member.labels:
            meaning = _flow(member.docstring.value) if member.docstring else f"`{member.value}`"
            yield f"| `{target.name}.{name}` | {_cell(meaning)} |"
    yield ""


def _signature(function: Any) -> str:
    parts = []
    starred = False
    for parameter in function.parameters:
        if parameter.name in ("self", "cls"):
            continue
        kind = parameter.kind.value if parameter.kind else ""
        if kind == "keyword-only" and not starred:
            parts.append("*")
            starred = True
        default = "" if parameter.default is None else f"={parameter.default}"
        parts.append(f"{parameter.name}{default}")
    return ", ".join(parts)


def _defaults(function: Any) -> dict[str, tuple[str, str]]:
    """Parameter to type and default, as written in the code."""
    return {
        parameter.name: (str(parameter.annotation or ""), "" if parameter.default is None else str(parameter.default))
        for parameter in function.parameters
    }


def _field_defaults(target: Any) -> dict[str, tuple[str, str]]:
    return {
        name: (str(member.annotation or ""), "" if member.value is None else str(member.value))
        for name, member in target.members.items()
        if not member.is_alias and member.is_attribute
    }


def _docstring(target: Any, defaults: dict[str, tuple[str, str]]) -> Iterator[str]:
    if target.docstring is None:
        return
    for section in target.docstring.parsed:
        if section.kind is griffe.DocstringSectionKind.text:
            yield _prose(section.value)
            yield ""
        elif section.kind in (griffe.DocstringSectionKind.parameters, griffe.DocstringSectionKind.attributes):
            kind = "option" if section.kind is griffe.DocstringSectionKind.parameters else "attribute"
            yield f"| {kind} | type | meaning |"
            yield "|---|---|---|"
            for item in section.value:
                annotation, default = defaults.get(item.name, ("", ""))
                shown = f"`{_cell(annotation)}`" if annotation else "–"
                # A default that is made anew by each call is shown as what it makes.
                default = re.sub(r"^\(lambda: (.*)\)\(\)$", r"\1", default)
                if default and default not in ("None", "...", "field()"):
                    shown += f", default `{_cell(default)}`"
                yield f"| `{item.name}` | {shown} | {_cell(_roles(item.description))} |"
            yield ""
        elif section.kind is griffe.DocstringSectionKind.raises:
            for item in section.value:
                yield f"Raises `{item.annotation}`: {_flow(item.description)}"
                yield ""


def _prose(text: str) -> str:
    """Docstring text as Markdown: a reStructuredText code block becomes a fenced one."""
    text = re.sub(
        r"\.\. code-block:: (\w+)\n\n((?:    .*\n?|\n)+)",
        lambda block: f"```{block[1]}\n" + re.sub(r"(?m)^    ", "", block[2]).strip("\n") + "\n```\n",
        text,
    )
    return _roles(text).rstrip()


def _roles(text: str) -> str:
    """``:class:`~a.B``` as `B`, and double backticks as single ones."""
    text = re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"`\1`", text)
    return text.replace("``", "`")


def _flow(text: str) -> str:
    return " ".join(_roles(text).split())


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> int:
    """Write the pages; with ``--check``, only say which ones are out of date."""
    stale = []
    for name, content in pages().items():
        file = DOCS / name
        if not file.exists() or file.read_text(encoding="utf-8") != content:
            stale.append(name)
            if "--check" not in sys.argv:
                file.write_text(content, encoding="utf-8")
    if stale:
        print(f"{'out of date' if '--check' in sys.argv else 'wrote'}: {', '.join(stale)}")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
