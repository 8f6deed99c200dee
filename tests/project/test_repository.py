from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import yaml

from support.checkout import CHECKOUT
from support.documents import blocks


def tracked(*patterns: str) -> list[Path]:
    command = ["git", "ls-files", "--", *patterns]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return [CHECKOUT / name for name in done.stdout.splitlines()]


def test_every_make_target_in_the_documents_exists() -> None:
    makefile = (CHECKOUT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    pages = [page for page in tracked("*.md") if page.name != "CHANGELOG.md"]
    named = {target for page in pages for target in re.findall(r"`make ([a-z-]+)", page.read_text())}
    named |= {command.split()[1] for block in blocks("shell") for command in block.commands() if command[:5] == "make "}
    assert {"demo", "test"} <= named
    assert named <= targets


def test_links_between_the_documents_lead_somewhere() -> None:
    broken = []
    for page in tracked("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            if not (page.parent / target).exists():
                broken.append(f"{page.relative_to(CHECKOUT)}: {target}")
    assert broken == []


def anchors_of(page: Path) -> set[str]:
    """The anchors of a page's headings, as forges and the site make them."""
    headings = re.findall(r"(?m)^#+ (.+)$", re.sub(r"(?ms)^```.*?^```$", "", page.read_text()))
    plain = [re.sub(r"[^\w\s-]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)) for heading in headings]
    return {re.sub(r"\s+", "-", heading.strip().lower()) for heading in plain}


def test_links_to_a_heading_lead_to_one() -> None:
    broken = []
    for page in tracked("*.md"):
        for target, anchor in re.findall(r"\]\(([^)#:]*\.md)?#([^)]*)\)", page.read_text()):
            if anchor.endswith("-only") or anchor.startswith("only-"):
                continue
            if anchor not in anchors_of(page.parent / target if target else page):
                broken.append(f"{page.relative_to(CHECKOUT)}: {target}#{anchor}")
    assert broken == []


CITATION = re.compile(r"(?<![\w/.-])facts/([\w-]+)\.md#([\w-]+(?:,\s+(?:# )?#[\w-]+)*)")


def test_each_cited_fact_is_on_its_page() -> None:
    anchors = {page.stem: anchors_of(page) for page in (CHECKOUT / "docs" / "facts").glob("*.md")}
    cited = broken = 0
    for file in tracked("*.py", "*.json", "*.mjs", "*.ts"):
        for page, names in CITATION.findall(file.read_text(encoding="utf-8")):
            for name in re.findall(r"[\w-]+", names):
                cited += 1
                if name not in anchors.get(page, set()):
                    broken += 1
                    print(f"{file.relative_to(CHECKOUT)}: facts/{page}.md#{name}")
    assert cited > 400
    assert broken == 0


def test_nothing_cites_what_does_not_ship() -> None:
    """Facts are cited by page and heading; the project's own decisions are on a page, too."""
    private = re.compile(
        r"aws-facts|\bDESIGN\b|\[M\](?!M)|\b[Ff]acts \d|(?<![\w/-])(?:producers|constructs|local-runtime)\.md"
    )
    this = Path(__file__).resolve()
    citing = [
        f"{file.relative_to(CHECKOUT)}: {found[0]}"
        for file in tracked("*.py", "*.json", "*.mjs", "*.ts", "docs/*.md", "README.md")
        if file != this and (found := private.search(file.read_text(encoding="utf-8")))
        if not (found[0] == "[M]" and file.name == "timestamps.py")
    ]
    assert citing == []


def test_each_fact_says_how_sure_it_is() -> None:
    sure = {"recorded on AWS", "documented", "recorded by others", "disputed", "inferred", "unknown"}
    rows = [
        [cell.strip() for cell in row.strip("|").replace("\\|", "/").split("|")]
        for page in sorted((CHECKOUT / "docs" / "facts").glob("*.md"))
        if page.stem not in ("index", "goals")
        for row in re.findall(r"(?m)^\| .*$", page.read_text(encoding="utf-8"))
    ]
    facts = [row for row in rows if row[0] != "fact"]
    assert len(facts) > 150
    # A fact that is open also says what loosens it and what tries it: docs/unverified.md is made of these.
    assert [row for row in facts if len(row) not in (3, 5)] == []
    marks = [part.rpartition(": ")[2] for row in facts for part in row[1].split("; ")]
    assert [mark for mark in marks if mark.partition(" in pieces")[0].partition(" by localstack")[0] not in sure] == []


def test_requirements_are_pinned_by_hash_and_hold_no_address() -> None:
    for file in tracked("requirements/*.txt"):
        for line in file.read_text().replace(" \\\n    --hash", " --hash").splitlines():
            pin = r"[A-Za-z0-9._\[\],-]+==[A-Za-z0-9.+!]+( ;.*)?( --hash=sha256:[0-9a-f]{64})+"
            assert re.fullmatch(pin, line), line


def test_the_readme_opens_with_an_install_line_a_picture_and_the_two_commands_that_set_everything_up() -> None:
    top = (CHECKOUT / "README.md").read_text()[:2000]
    places = [top.index(wanted) for wanted in ("pip install", "<picture>", "make demo", "make test")]
    assert places == sorted(places)


def test_the_reference_pages_are_up_to_date() -> None:
    """`make docs` writes them from the docstrings and the schema."""
    command = [sys.executable, "tools/reference_pages.py", "--check"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_before_a_commit_runs_what_make_lint_runs_and_nothing_is_fetched() -> None:
    hooks = yaml.safe_load((CHECKOUT / ".pre-commit-config.yaml").read_text())["repos"]
    assert [one["repo"] for one in hooks] == ["local"]
    entries = [hook["entry"].replace(" --force-exclude", "") for hook in hooks[0]["hooks"]]
    recipe = re.search(r"(?m)^lint:.*\n((?:\t.*\n)+)", (CHECKOUT / "Makefile").read_text())
    assert recipe
    commands = [line.strip().replace("$(BIN)", ".venv/bin").removesuffix(" .") for line in recipe[1].splitlines()]
    assert entries == commands


def test_what_npm_installs_is_locked_and_no_lock_file_holds_an_address() -> None:
    manifests = tracked("tools/*/package.json")
    assert len(manifests) >= 5
    for manifest in manifests:
        lock = json.loads((manifest.parent / "package-lock.json").read_text())
        wanted = json.loads(manifest.read_text())["dependencies"]
        packages = {name: package for name, package in lock["packages"].items() if name}
        assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
        assert [name for name, package in packages.items() if "integrity" not in package] == []
        assert "://" not in json.dumps(lock)
