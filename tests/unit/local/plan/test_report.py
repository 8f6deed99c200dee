from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from clickstream_local.plan.finding import Effect, Finding, Severity, Subject
from clickstream_local.plan.plan import plan
from clickstream_local.plan.report import document, harmful, print_plan
from clickstream_local.plan.sides import pairs, read_side
from support.checkout import CHECKOUT
from support.small_template import small_template


def finding(severity: Severity, name: str = "It", *, stack: str = "Shop", what: str = "changes") -> Finding:
    return Finding(Subject(stack, name, "AWS::S3::Bucket", "bucket", name), Effect(severity, what))


def printed(*findings: Finding, width: int = 100) -> str:
    text = io.StringIO()
    print_plan(Console(file=text, width=width, highlight=False, emoji=False), findings)
    return text.getvalue()


def test_one_effect_on_several_things_is_one_line() -> None:
    names = [finding(Severity.LOSS, name) for name in "ABCDE"]
    assert "• A, B, C, D, E (bucket, each:) changes\n" in printed(*names)


def test_names_of_what_is_safe_are_cut() -> None:
    names = [finding(Severity.SAFE, name) for name in "ABCDE"]
    assert "• A, B, C and 2 more (bucket, each:) changes\n" in printed(*names)


def test_stacks_are_named_where_there_are_several() -> None:
    text = printed(finding(Severity.SAFE, stack="One"), finding(Severity.SAFE, stack="Two"))
    assert "One: It (bucket) changes" in text
    assert "Two: It (bucket) changes" in text


def test_long_lines_are_wrapped_without_trailing_blanks() -> None:
    text = printed(finding(Severity.SAFE, what="word " * 40), width=60)
    assert all(len(line) <= 60 and line == line.rstrip() for line in text.splitlines())


def test_what_a_template_holds_does_nothing_to_the_terminal() -> None:
    assert "\x1b" not in printed(finding(Severity.SAFE, "[red]\x1b[2J", what=":smile: \x1b[2J"))
    assert "[red]\\x1b[2J (bucket) :smile: \\x1b[2J" in printed(
        finding(Severity.SAFE, "[red]\x1b[2J", what=":smile: \x1b[2J")
    )


def test_what_is_not_known_counts_as_harmful() -> None:
    assert [severity.label for severity in Severity if not harmful([finding(severity)])] == ["left-behind", "safe"]


def test_the_document_holds_every_finding() -> None:
    told = document([finding(Severity.LOSS), finding(Severity.LEFT)])
    assert (told["harmful"], told["counts"]["data-loss"], told["counts"]["safe"]) == (True, 1, 0)
    assert told["findings"][1] == {
        "severity": "left-behind",
        "harmful": False,
        "stack": "Shop",
        "logical_id": "It",
        "type": "AWS::S3::Bucket",
        "name": "It",
        "what": "changes",
        "why": "",
        "way_out": "",
    }


def test_the_page_shows_what_is_printed(tmp_path: Path) -> None:
    """docs/plan.md: the small template, its function and its processors left out, with another prefix."""
    small_template(tmp_path)
    old = tmp_path / "small.yaml"
    text = old.read_text()
    function, processing = text.index("  Upper:\n"), text.index("        ProcessingConfiguration:\n")
    stream, backup = text.index("  Clicks:\n"), text.index("        S3BackupMode:")
    new = tmp_path / "new.yaml"
    edited = text[:function] + text[stream:processing] + text[backup:]
    new.write_text(
        edited.replace("Prefix: data/", "Prefix: clicks/").replace("S3BackupMode: Enabled", "S3BackupMode: Disabled")
    )
    findings = plan(pairs(read_side(old), read_side(new)), {})
    assert printed(*findings, width=120) in (CHECKOUT / "docs" / "plan.md").read_text(encoding="utf-8")
