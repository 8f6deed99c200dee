"""Draws the floors of each package: rooms that import nothing of it at the bottom, and above each room what imports it.

``python tools/floors.py`` prints them all; ``tests/project/test_floors.py`` fails where an arrow runs back up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter

import grimp

PACKAGES = ("cdk_clickstream", "clickstream_transform", "clickstream_producer", "clickstream_local")

Arrows = Mapping[str, set[str]]
"""A room to the rooms that it imports."""


def arrows(package: str) -> Iterator[tuple[str, Arrows]]:
    """For the package and each folder in it: what its files and folders import of each other.

    A folder counts as one room, with all that lies in it. A package's own ``__init__`` is its public face, above all.
    """
    graph = grimp.build_graph(package, cache_dir=None)
    modules = graph.modules
    for folder in sorted({one.rpartition(".")[0] for one in modules} - {""}):
        rooms: dict[str, set[str]] = {}
        for module in modules:
            room = _room(module, folder)
            if room is not None:
                imported = {_room(one, folder) for one in graph.find_modules_directly_imported_by(module)}
                rooms.setdefault(room, set()).update(one for one in imported if one is not None and one != room)
        yield folder, rooms


def floors(rooms: Arrows) -> list[list[str]]:
    """Sort rooms into floors, the lowest first. Raises :class:`graphlib.CycleError` where they import in a circle."""
    sorter = TopologicalSorter(rooms)
    sorter.prepare()
    drawn = []
    while sorter.is_active():
        floor = sorted(sorter.get_ready())
        drawn.append(floor)
        sorter.done(*floor)
    return drawn


def _room(module: str, folder: str) -> str | None:
    """Return the child of a folder in which a module lies; ``None`` for the folder itself and what lies elsewhere."""
    prefix = f"{folder}."
    return module.removeprefix(prefix).partition(".")[0] if module.startswith(prefix) else None


def main() -> None:
    """Print the floors of every package, the highest first."""
    for package in PACKAGES:
        (rooms,) = [rooms for folder, rooms in arrows(package) if folder == package]
        print(package)
        for number, floor in reversed(list(enumerate(floors(rooms)))):
            print(f"  {number:2}  {'  '.join(floor)}")
        print()


if __name__ == "__main__":
    main()
