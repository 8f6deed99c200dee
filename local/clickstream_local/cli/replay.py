"""``clickstream replay``: give failed records another try."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import chain
from pathlib import Path

import click

from clickstream_local.cli import options
from clickstream_local.common.catalog import Catalog, CatalogError
from clickstream_local.common.context_line import with_token
from clickstream_local.common.layout import StreamLayout, pipeline_of
from clickstream_local.failures.objects import KINDS, FailedRecord, failed_records
from clickstream_local.failures.replay import replayable, source_records
from clickstream_local.s3.delivered_objects import DeliveredObjects
from clickstream_local.s3.store import StoreError
from clickstream_local.wire.firehose_client import WireClient, WireError


@click.command()
@options.data_dir
@options.url
@options.stream
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    help="Only records that failed this way.  [default: all]",
)
@click.option("--reason", metavar="TEXT", default="", help="Only records whose reason holds this text.")
@click.option(
    "--from-backup",
    is_flag=True,
    help="For rows that did not fit the table, put the records of the source backup that they were made from.",
)
@click.option(
    "--previous-token",
    "previous_tokens",
    multiple=True,
    metavar="UUID",
    help="A token that the pipeline's context lines had in another stack or data directory; repeatable.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be put, and put nothing.")
@click.option(
    "--remove", is_flag=True, help="Remove error objects all of whose records were put, so that none is put twice."
)
def replay(
    data_dir: Path,
    url: str,
    stream: str | None,
    kind: str | None,
    reason: str,
    from_backup: bool,
    previous_tokens: tuple[str, ...],
    dry_run: bool,
    remove: bool,
) -> None:
    """Put failed records and rejected events into their stream again, after what made them fail was put right.

    With --stream only those of that stream, and those of streams that do not run.
    Events keep their ids, so duplicates can be recognized. Rows that could not be converted skip the transform, unless
    they themselves did not fit the table: those go through it, and what still does not fit is rejected row by row.
    Where a function of your own made them, use --from-backup: the function gets the records that it was given, and
    those that arrived with them, whose events are in the table already and come a second time.
    Without --remove the error objects stay, and a second replay puts the same records once more.
    """
    try:
        found = list(failed_records(data_dir))
        chosen = [record for record in found if kind in (None, record.kind) and reason in record.reason]
        if dry_run or not chosen:
            print(f"{_said(chosen)} of {len(found)} failed records would be put")
            return
        client = WireClient(url)
        catalog = Catalog.read(data_dir)
        delivered = DeliveredObjects(data_dir, catalog.s3_endpoint)
        chosen_by_stream = _by_stream(client, catalog.streams, delivered.root, chosen, stream)
        for name, records in chosen_by_stream.items():
            taken = _put(client, name, records, data_dir, catalog, from_backup, previous_tokens)
            print(f"put {_said(records)} into {name} ({taken} records)")
    except (CatalogError, WireError, StoreError) as error:
        raise click.ClickException(str(error)) from None
    if remove:
        chosen = [record for records in chosen_by_stream.values() for record in records]
        held = Counter(record.file for record in found)
        replayed = [file for file, count in Counter(record.file for record in chosen).items() if count == held[file]]
        try:
            for file in replayed:
                delivered.remove(file)
        except StoreError as error:
            raise click.ClickException(str(error)) from None
        print(f"removed {len(replayed)} error objects")


def _said(records: Sequence[FailedRecord]) -> str:
    counts = Counter(record.kind for record in records)
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "nothing"


def _by_stream(
    client: WireClient, streams: Sequence[StreamLayout], root: Path, failed: Sequence[FailedRecord], wanted: str | None
) -> dict[str, list[FailedRecord]]:
    """By stream, the records that go into it; those of a stream that is gone go into the one that is meant."""
    running = client.streams()
    found: dict[str, list[FailedRecord]] = {}
    meant = wanted
    for record in failed:
        bucket, _, key = record.file.relative_to(root).as_posix().partition("/")
        name = pipeline_of(streams, bucket, key)
        if name not in running:
            name = meant = client.stream(meant)
        if wanted in (None, name):
            found.setdefault(name, []).append(record)
    return found


def _put(
    client: WireClient,
    stream: str,
    records: Sequence[FailedRecord],
    data_dir: Path,
    catalog: Catalog,
    from_backup: bool,
    previous_tokens: tuple[str, ...],
) -> int:
    processed = client.has_processor(stream)
    token = catalog.context_tokens.get(stream)
    sources = [record for record in records if from_backup and record.rows_at_fault]
    others = [record for record in records if not (from_backup and record.rows_at_fault)]
    put = (data for record in others for data in replayable(record, processed=processed, token=token))
    believed = partial(with_token, token=token, previous=previous_tokens)
    tokens = (token, *previous_tokens) if token else ()
    return client.put(stream, map(believed, chain(source_records(data_dir, sources, tokens), put)))
