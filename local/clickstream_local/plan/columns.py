"""What a change of a table's columns does to the objects that are there, and to the events that come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from clickstream_local.plan.finding import Effect, Severity


class Access(Enum):
    """How Athena finds a column in an object: Parquet and JSON by name, ORC by position, unless the SerDe says else."""

    NAME = "by name"
    POSITION = "by position"
    UNKNOWN = "in a way that plan does not know"


@dataclass(frozen=True)
class Column:
    """A column; Glue's names are lower case."""

    name: str
    type: str


@dataclass(frozen=True)
class Change:
    """The columns of both sides, sorted by what became of them; ``renamed`` keep their place and their type."""

    added: tuple[Column, ...]
    removed: tuple[Column, ...]
    renamed: tuple[tuple[Column, Column], ...]
    retyped: tuple[tuple[Column, Column], ...]
    appended: bool
    shifted: tuple[str, ...]


def compared(old: Sequence[Column], new: Sequence[Column]) -> Change:
    """Sort out what became of each column."""
    former, latter = {one.name: one for one in old}, {one.name: one for one in new}
    renamed = tuple(
        (before, after)
        for before, after in zip(old, new, strict=False)
        if before.name not in latter and after.name not in former and before.type == after.type
    )
    now = {before.name: after.name for before, after in renamed}
    added = tuple(one for one in new if one.name not in former and one.name not in now.values())
    places = {one.name: place for place, one in enumerate(new)}
    stayed = [now.get(one.name, one.name) for one in old]
    shifted = [name for place, name in enumerate(stayed) if name in places and places[name] != place]
    last = max((places[name] for name in stayed if name in places), default=-1)
    return Change(
        added=added,
        removed=tuple(one for one in old if one.name not in latter and one.name not in now),
        renamed=renamed,
        retyped=tuple((one, latter[one.name]) for one in old if one.name in latter and latter[one.name] != one),
        appended=all(places[one.name] > last for one in added),
        shifted=tuple(shifted),
    )


def effects(change: Change, access: Access, *, fed: bool, kept: bool) -> Iterator[Effect]:
    """What the change does.

    Parameters
    ----------
    change:
        What became of the columns.
    access:
        How they are found in the objects that are there.
    fed:
        Whether a stream converts by this table.
    kept:
        Whether a source backup keeps what the table has no column for.
    """
    if change.added and (change.appended or access is Access.NAME):
        where = "at the end " if change.appended else ""
        names = ", ".join(f"{one.name} ({one.type})" for one in change.added)
        yield Effect(Severity.SAFE, f"gets {_columns(change.added)} {where}{names}: null in the objects so far")
    yield from _removed(change, fed=fed, kept=kept)
    for before, after in change.renamed:
        yield _renamed(before, after, access, fed=fed)
    for before, after in change.retyped:
        yield Effect(
            Severity.READERS,
            f"column {before.name} changes its type from {before.type} to {after.type}: breaking",
            f"objects so far keep {before.type}, and Athena refuses to read a column as another type"
            + ("; new values that do not fit fail the conversion" if fed else ""),
            "keep the old column, and add a new one at the end with the new type",
        )
    moved = change.shifted if access is not Access.NAME or not (change.added or change.removed) else ()
    if moved and access is Access.NAME:
        yield Effect(Severity.SAFE, f"the order of {', '.join(moved)} changes: Athena reads these objects by name")
    elif moved or (access is not Access.NAME and change.added and not change.appended):
        yield _shifted(moved or tuple(one.name for one in change.added), access)


def _removed(change: Change, *, fed: bool, kept: bool) -> Iterator[Effect]:
    if not change.removed:
        return
    names = ", ".join(one.name for one in change.removed)
    lost = fed and not kept
    why = "Firehose drops a member of an event that has no column" if fed else "objects so far still hold it, unseen"
    if fed and kept:
        why += "; the source backup keeps it as it came"
    yield Effect(
        Severity.LOSS if lost else Severity.READERS,
        f"loses {_columns(change.removed)} {names}: breaking; queries that name it fail"
        + (", and values that events bring for it are stored nowhere any more" if lost else ""),
        why,
        "keep the column; leave it empty if nothing is to be stored",
    )


def _renamed(before: Column, after: Column, access: Access, *, fed: bool) -> Effect:
    if access is Access.POSITION:
        seen = "objects so far are read under the new name; queries that use the old one fail"
    elif access is Access.NAME:
        seen = "objects so far have nothing under the new name; queries that use the old one fail"
    else:
        seen = "queries that use the old name fail"
    why = f"Athena reads these objects {access.value}"
    if fed:
        why += f"; Firehose fills {after.name} from the key {after.name}, or from one that is mapped to it"
    way_out = f"add {after.name} at the end, fill both for a while"
    return Effect(Severity.READERS, f"column {before.name} becomes {after.name}: breaking; {seen}", why, way_out)


def _shifted(names: Sequence[str], access: Access) -> Effect:
    if access is Access.UNKNOWN:
        why = "the table's format is not one that plan knows"
        return Effect(Severity.UNKNOWN, f"columns change their place: {_some(names)}", why)
    return Effect(
        Severity.READERS,
        f"columns change their place: {_some(names)}: breaking; in objects so far, others lie there",
        "Athena reads these objects by position (ORC without orc.column.index.access=false)",
        "leave the order as it is, and add columns at the end",
    )


def _columns(columns: Sequence[Column]) -> str:
    return "column" if len(columns) == 1 else "columns"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
