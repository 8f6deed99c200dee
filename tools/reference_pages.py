"""Writes the tables that only the code knows, as pages of ``docs/``: combinations, checks, columns. ``make docs`` runs it."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parents[1]
DOCS = CHECKOUT / "docs"
_GENERATED = "<!-- Written by `make docs`; change the schema instead. -->"


def pages() -> dict[str, str]:
    """File name to content of every generated page."""
    return {
        "athena-functions.md": athena_functions_page(),
        "checks.md": checks_page(),
        "combinations.md": combinations_page(),
        "events.md": events_page(),
        "rights.md": rights_page(),
        "unverified.md": unverified_page(),
    }


def athena_functions_page() -> str:
    """The functions that `clickstream query` runs, by the list that it runs them by."""
    from clickstream_local.athena.functions import GROUPS, REFUSED

    lines = [
        "<!-- Written by `make docs` from athena/functions.py; change the list there. -->",
        "# Functions of `clickstream query`",
        "",
        "These functions of Athena run on the laptop ([Athena's SQL on the laptop](athena-sql.md)). Each was tried with the "
        "values that [Trino's documentation](https://trino.io/docs/current/functions.html) gives: Athena's engine version 3 "
        "is Trino. Any other function is refused by its name.",
        "",
        "`T`, `K` and `V` are any type, `moment` is a date or a timestamp, `number` is any number, `local time` is a timestamp "
        "of another zone than UTC, `'varchar'` is a constant, `...` means one or more.",
    ]
    for group, functions in GROUPS.items():
        lines += ["", f"## {group}", "", "| function | difference that stays |", "|---|---|"]
        for one in functions:
            note = f"not on Athena; write `{one.instead}` there" if one.instead else _cell(one.note)
            lines.append(f"| `{_cell(one.signature)}` | {note} |")
    lines += ["", "## Refused functions", "", "| function | write instead |", "|---|---|"]
    lines += [f"| `{name}` | {_cell(way_out)} |" for name, way_out in sorted(REFUSED.items())]
    return "\n".join(lines) + "\n"


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


def rights_page() -> str:
    """Every call that the commands make of AWS, by the list that the grants are made from."""
    calls = CHECKOUT / "local" / "clickstream_local" / "aws" / "calls.json"
    lines = [
        "<!-- Written by `make docs` from local/clickstream_local/aws/calls.json; change the list there. -->",
        "# Rights of the commands",
        "",
        "What the commands ask of AWS when they are given `--stack`, `--stream` or `--bucket`, and the right that each call "
        "needs. `pipeline.grant_diagnose(role)` reads, on what belongs to the pipeline only; `pipeline.grant_operate(role)` "
        "gives that and what puts failures right. Both are made from this list. Queries need `pipeline.grant_read_events(role)`, "
        "and `cloudformation:ListStackResources` to find the workgroup of a `--stack`.",
        "",
        "| call | right | on | grant | what it finds |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| `{one['call']}` | `{one['right']}` | {_ON[one['on']]} | `grant_{one['grant']}` | {_cell(one['finds'])} |"
        for one in json.loads(calls.read_text(encoding="utf-8"))
    ]
    return "\n".join(lines) + "\n"


_ON = {
    "stack": "the stack",
    "streams": "the delivery streams",
    "function": "the function",
    "logs": "the log groups",
    "folders": "the buckets, by the prefixes of the pipeline",
    "objects": "the objects below its prefixes",
    "workgroup": "the workgroup, with the rights on table, objects and results that Athena needs",
    "metrics": "all metrics: CloudWatch has no ARNs of them",
    "keys": "the keys of the objects, through S3 only",
    "target": "the stream that producers put into; with a Kinesis source that one's `PutRecords`",
    "failures": "the objects below its error prefixes",
}


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
            yield _code(texts[0]), _message(texts[2]), _message(texts[3])
        elif node.func.id == "check_range":
            yield _code(texts[0]), _message(f"must be {texts[2]}..{texts[3]} {texts[4]}"), _message(texts[5])


def _code(option: str) -> str:
    return f"`{option}`" if option != "…" else option


def _message(text: str) -> str:
    """Text of a message; brackets in it begin no link."""
    return _cell(text).replace("[", "\\[")


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


def unverified_page() -> str:
    """The facts that no account has shown yet, from the pages of facts."""
    lines = [
        "<!-- Written by `make docs` from docs/facts; change the tables there. -->",
        "# Not verified on a real account",
        "",
        "The authors have no AWS account in their tests. cfn-lint, cdk-nag, recorded answers of the services and other people's",
        "measurements stand behind what follows, a deployment does not. Each row has the switch that loosens it, and the check of",
        "`make integ` that tries it [on your account](deploy.md#checks-on-your-account).",
        "[How sure](facts/index.md) says what the belief rests on.",
        "",
        "| what | how sure | why we believe it | if it does not hold | check |",
        "|---|---|---|---|---|",
    ]
    for page in sorted((DOCS / "facts").glob("*.md")):
        _, _, section = page.read_text(encoding="utf-8").partition("\n## To be verified on an account\n")
        lines += [line for line in section.splitlines()[3:] if line.startswith("| ")]
    lines += [
        "",
        "What you find out on your account is worth an issue, whichever way it goes: the report of `make integ` holds no address, no",
        "key and no account, and can be pasted as it is.",
    ]
    return "\n".join(lines) + "\n"


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
