"""The module that ``make enrichment`` makes."""

from __future__ import annotations

import runpy
import subprocess
import sys

from support.checkout import CHECKOUT

ENRICHMENT = CHECKOUT / "tools" / "enrichment"
MODULE = CHECKOUT / "lambda/transform/clickstream_transform/click/enrich/lists.py"


def test_the_module_is_what_the_lists_make() -> None:
    made = runpy.run_path(str(ENRICHMENT / "compile_lists.py"))
    assert MODULE.read_text("utf-8") == made["module"]()


def test_every_public_list_has_its_licence_beside_it() -> None:
    made = runpy.run_path(str(ENRICHMENT / "compile_lists.py"))
    names = {path.stem for path in (ENRICHMENT / "lists/public").glob("*.json")}
    assert {path.stem for path in (ENRICHMENT / "licences").glob("*.txt")} == names
    assert all(any(name in source for source in made["listed_names"]()[1]) for name in names)


def test_a_cold_start_reads_no_list() -> None:
    code = "import sys, clickstream_transform.handler; print([name for name in sys.modules if name.endswith('.lists')])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
