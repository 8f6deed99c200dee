"""The files that documents show are read by what reads them: JSON, units of systemd, pages, JavaScript."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from clickstream_local.cost.prices import PriceList
from clickstream_producer.agent import read_agent_json
from clickstream_producer.cli.main import _parser
from support.checkout import CHECKOUT
from support.documents import Block, blocks

TRACKER = CHECKOUT / "tracker"


def block_of(page: str, language: str) -> Block:
    (found,) = [block for block in blocks(language) if block.page == page]
    return found


def test_the_price_list_that_the_page_shows_is_one(tmp_path: Path) -> None:
    file = tmp_path / "prices.json"
    file.write_text(block_of("docs/cost.md", "json").text)
    price = PriceList.load(file).region("eu-central-1")["s3-put-requests"]
    assert price.amount(1000) == 1.5


def test_the_configuration_of_the_kinesis_agent_that_the_page_shows_is_read(tmp_path: Path) -> None:
    file = tmp_path / "agent.json"
    file.write_text(block_of("docs/agent.md", "json").text)
    options, said = read_agent_json(file, tmp_path / "checkpoints.db")
    assert len(options.flows) == 1
    assert said == []


def test_the_unit_that_the_page_shows_starts_a_command_that_exists() -> None:
    unit = configparser.ConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(block_of("docs/agent.md", "ini").text.replace("\\\n", " "))
    program, *arguments = shlex.split(unit["Service"]["ExecStart"])
    assert Path(program).name == "clickstream-producer"
    assert _parser().parse_args(arguments).stream == "clicks"


def test_the_output_of_fluent_bit_that_the_page_shows_is_the_one_that_was_run() -> None:
    lines = block_of("docs/clients.md", "ini").text.splitlines()[1:]
    tested = (CHECKOUT / "tests/end_to_end/test_fluent_bit.py").read_text(encoding="utf-8").lower()
    assert [line for line in lines if line.split()[0].lower() not in tested] == []


@pytest.mark.parametrize("block", blocks("html"), ids=lambda block: block.id)
def test_a_script_tag_that_a_page_shows_has_attributes_that_the_tracker_reads(block: Block) -> None:
    found: set[str] = set()

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            assert tag == "script"
            found.update(name for name, _ in attributes)

    Tags().feed(block.text)
    source = (TRACKER / "src" / "script.ts").read_text(encoding="utf-8")
    taken = re.search(r"const \{ ([\w, ]+) \} = read<HTMLScriptElement>", source)[1].split(", ")
    read = {re.sub(r"([A-Z])", lambda letter: "-" + letter[1].lower(), name) for name in taken}
    attributes = {name.removeprefix("data-") for name in found if name.startswith("data-")}
    assert attributes
    assert attributes <= read


@pytest.mark.parametrize("page", sorted({block.page for block in blocks("js")}))
def test_the_javascript_of_a_page_runs(page: str, tmp_path: Path) -> None:
    """Under Node.js, as a bundler sees it; what the reader has is declared before."""
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "clickstream-tracker").symlink_to(TRACKER)
    given = 'const endpoint = "http://127.0.0.1:9/events"; const report = () => {};\n'
    imports = 'import {createTracker as make} from "clickstream-tracker";\n'
    script = "globalThis.clickstream = {tracker: make({endpoint: 'http://127.0.0.1:9/events', enabled: false})};\n"
    code = "".join(block.text for block in blocks("js") if block.page == page)
    (tmp_path / "page.mjs").write_text(imports + script + given + code)
    node = os.environ.get("JSII_NODE", str(Path(sys.executable).parent / "node"))
    done = subprocess.run([node, "page.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
