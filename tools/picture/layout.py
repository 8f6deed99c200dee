"""Where the boxes of a diagram stand, and how its arrows run around them."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field

from picture.diagram import Arrow, Box, Diagram, Row

BOX_WIDTH = 262
GAP = 86
HEADER = 46
LINE = 16
NOTE_LINE = 14
ROW_PADDING = 10
_BETWEEN_BOXES = 30
_LANE = 18
_MARGIN = 20

Point = tuple[float, float]


@dataclass(frozen=True)
class PlacedRow:
    """A row with its wrapped lines."""

    y: float
    height: float
    lines: list[str]
    notes: list[str]

    @property
    def middle(self) -> float:
        """Where its arrows begin and end."""
        return self.y + self.height / 2


@dataclass(frozen=True)
class PlacedBox:
    """A box with its corner and its rows."""

    box: Box
    x: float
    y: float
    height: float
    rows: dict[str, PlacedRow]


@dataclass
class Layout:
    """The whole picture."""

    boxes: dict[str, PlacedBox] = field(default_factory=dict)
    lines: list[tuple[Arrow, list[Point]]] = field(default_factory=list)
    width: float = 0
    height: float = 0


def layout(diagram: Diagram) -> Layout:
    """Place boxes column by column, and leave a lane through each column that an arrow has to cross."""
    columns = sorted({box.column for box in diagram.boxes.values()})
    index = {key: columns.index(box.column) for key, box in diagram.boxes.items()}
    placed = Layout()
    lanes: dict[tuple[Arrow, int], float] = {}
    for column in range(len(columns)):
        _place_column(diagram, column, index, placed, lanes)
    _route(diagram, index, placed, lanes)
    placed.width = 2 * _MARGIN + len(columns) * BOX_WIDTH + (len(columns) - 1) * GAP + GAP / 2
    placed.height = _MARGIN + max((one.y + one.height for one in placed.boxes.values()), default=0)
    return placed


def _place_column(
    diagram: Diagram, column: int, index: dict[str, int], placed: Layout, lanes: dict[tuple[Arrow, int], float]
) -> None:
    """Order the column's boxes and lanes by where their arrows come from, then stack them."""
    wanted: list[tuple[float, int, Box | Arrow]] = []
    for number, box in enumerate(diagram.boxes.values()):
        if index[box.key] == column:
            sources = [_source_y(arrow, placed) for arrow in diagram.arrows if arrow.target[0] == box.key]
            known = [y for y in sources if y is not None]
            wanted.append((sum(known) / len(known) if known else float("inf") if column else 0, number, box))
    for number, arrow in enumerate(diagram.arrows):
        if index[arrow.source[0]] < column < index[arrow.target[0]]:
            wanted.append((_source_y(arrow, placed) or 0, number, arrow))
    y: float = _MARGIN
    for desired, _, item in sorted(wanted, key=lambda one: one[:2]):
        if isinstance(item, Arrow):
            lanes[item, column] = max(y, desired - _LANE / 2) + _LANE / 2
            y = lanes[item, column] + _LANE / 2
        else:
            placed.boxes[item.key] = _place_box(item, _MARGIN + column * (BOX_WIDTH + GAP), y)
            y += placed.boxes[item.key].height + _BETWEEN_BOXES


def _source_y(arrow: Arrow, placed: Layout) -> float | None:
    box = placed.boxes.get(arrow.source[0])
    return box.rows[arrow.source[1]].middle if box else None


def _place_box(box: Box, x: float, y: float) -> PlacedBox:
    rows: dict[str, PlacedRow] = {}
    bottom = y + HEADER
    for row in box.rows:
        rows[row.key] = _place_row(row, bottom)
        bottom += rows[row.key].height
    return PlacedBox(box, x, y, bottom - y, rows)


def _place_row(row: Row, y: float) -> PlacedRow:
    lines = textwrap.wrap(row.text, 36)
    notes = textwrap.wrap(row.note, 44)
    return PlacedRow(y, ROW_PADDING + LINE * len(lines) + NOTE_LINE * len(notes), lines, notes)


def _route(diagram: Diagram, index: dict[str, int], placed: Layout, lanes: dict[tuple[Arrow, int], float]) -> None:
    arriving: dict[tuple[str, str | None, bool], int] = {}
    for arrow in diagram.arrows:
        source, target = placed.boxes[arrow.source[0]], placed.boxes[arrow.target[0]]
        start, end = index[source.box.key], index[target.box.key]
        forward, same = start < end, start == end
        at_right = same or not forward
        # Arrows that reach the same side of the same row end a few points apart.
        port = (*arrow.target, at_right)
        nth = arriving[port] = arriving.get(port, -1) + 1
        row = target.rows[arrow.target[1]] if arrow.target[1] is not None else None
        y = (row.y + 10 if row else target.y + 12) + 9 * nth
        points: list[Point] = [
            (source.x + (BOX_WIDTH if forward or same else 0), source.rows[arrow.source[1]].middle),
        ]
        for column in range(start + 1, end):
            left = _MARGIN + column * (BOX_WIDTH + GAP)
            lane = lanes[arrow, column]
            points += [(left, lane), (left + BOX_WIDTH, lane)]
        placed.lines.append((arrow, [*points, (target.x + (BOX_WIDTH if at_right else 0), y)]))
