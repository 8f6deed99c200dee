"""``clickstream errors``: what failed, and why."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console

from clickstream_local.cli import options
from clickstream_local.common.catalog import CatalogError
from clickstream_local.common.context_line import without_token
from clickstream_local.failures.denials import read_denials
from clickstream_local.failures.listing import print_errors
from clickstream_local.failures.objects import failed_records
from clickstream_local.s3.store import StoreError


@click.command()
@options.data_dir
@click.option("--json", "as_json", is_flag=True, help="One JSON object a failed record instead of groups.")
def errors(data_dir: Path, as_json: bool) -> None:
    """Show failed records and rejected events: counts by reason, one example each; and the rights that are missing.

    The examples are payloads: this prints what your clients sent.
    """
    try:
        found = list(failed_records(data_dir))
        denials = read_denials(data_dir)
    except (CatalogError, StoreError) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        for record in found:
            document = {
                "kind": record.kind,
                "reason": record.reason,
                "raw": without_token(record.raw).decode("utf-8", "replace"),
                "file": str(record.file),
            }
            print(json.dumps(document))
        for denial in denials:
            print(json.dumps({"kind": "denied", "reason": denial}))
        return
    print_errors(Console(emoji=False), found, denials)
