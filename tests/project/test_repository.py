from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from support.checkout import CHECKOUT


def tracked(*patterns: str) -> list[Path]:
    command = ["git", "ls-files", "--", *patterns]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return [CHECKOUT / name for name in done.stdout.splitlines()]


def test_every_make_target_in_the_readme_exists() -> None:
    makefile = (CHECKOUT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"make ([a-z-]+)", (CHECKOUT / "README.md").read_text()))
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


def test_requirements_are_pinned_and_hold_no_address() -> None:
    for file in tracked("requirements/*.txt"):
        for line in file.read_text().replace(" \\\n    --hash", " --hash").splitlines():
            pin = r"[A-Za-z0-9._\[\],-]+==[A-Za-z0-9.+!]+( ;.*)?( --hash=sha256:[0-9a-f]{64})*"
            assert re.fullmatch(pin, line), line


def test_the_commands_shown_at_the_top_of_the_readme_are_the_two_that_set_everything_up() -> None:
    top = (CHECKOUT / "README.md").read_text()[:1500]
    assert top.index("make demo") < top.index("make test")


def test_the_reference_pages_are_up_to_date() -> None:
    """`make docs` writes them from the docstrings and the schema."""
    command = [sys.executable, "tools/reference_pages.py", "--check"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
