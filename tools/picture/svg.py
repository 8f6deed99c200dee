"""A diagram as SVG, for light and dark surroundings, with no script and nothing fetched."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from picture.diagram import Diagram, Kind
from picture.layout import BOX_WIDTH, GAP, LINE, NOTE_LINE, ROW_PADDING, Layout, PlacedBox, Point, layout

_LEGEND = {
    Kind.EVENTS: "events",
    Kind.FAILURES: "what failed or was rejected",
    Kind.METADATA: "table",
    Kind.LOGS: "logs",
}
_LEGEND_HEIGHT = 34
_STYLE = """
svg { --paper: #ffffff; --box: #f6f8fa; --line: #afb8c1; --text: #1f2328; --note: #59636e;
      --events: #0969da; --failures: #bc4c00; --metadata: #1a7f37; --logs: #8250df; }
@media (prefers-color-scheme: dark) {
  svg { --paper: #0d1117; --box: #161b22; --line: #484f58; --text: #f0f6fc; --note: #9198a1;
        --events: #58a6ff; --failures: #f0883e; --metadata: #3fb950; --logs: #bc8cff; }
}
text { font: 13px "Liberation Sans", Arial, Helvetica, sans-serif; fill: var(--text); }
.title { font-weight: bold; font-size: 14px; }
.note { font-size: 11px; fill: var(--note); }
.paper { fill: var(--paper); }
.box { fill: var(--box); stroke: var(--line); }
.rule { stroke: var(--line); stroke-width: .6; }
.arrow { fill: none; stroke-width: 1.7; }
.events { stroke: var(--events); } .failures { stroke: var(--failures); }
.metadata { stroke: var(--metadata); stroke-dasharray: 6 4; } .logs { stroke: var(--logs); stroke-dasharray: 2 4; }
.tip-events { fill: var(--events); } .tip-failures { fill: var(--failures); }
.tip-metadata { fill: var(--metadata); } .tip-logs { fill: var(--logs); }
"""


def svg(diagram: Diagram, title: str) -> str:
    """The picture as the text of an SVG file; the same diagram gives the same text."""
    placed = layout(diagram)
    width, height = round(placed.width), round(placed.height + _LEGEND_HEIGHT)
    lines = [
        "<!-- Written by `make docs` from the synthesized reference stack. -->",
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-labelledby="title">',
        f'<title id="title">{escape(title)}</title>',
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" width="{width}" height="{height}"/>',
        *_arrows(placed),
        *(line for box in placed.boxes.values() for line in _box(box)),
        *_legend(placed),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _arrows(placed: Layout) -> Iterator[str]:
    for arrow, points in placed.lines:
        kind = arrow.kind.value
        (x, y), backward = points[-1], points[-1][0] <= points[-2][0]
        tip = 7 if backward else -7
        yield f'<path class="arrow {kind}" d="{_curve([*points[:-1], (x + tip, y)])}"/>'
        yield f'<path class="tip-{kind}" d="M{x:g} {y:g}l{tip:g} -4v8z"/>'


def _curve(points: list[Point]) -> str:
    """Bends in the gaps between columns, straight lines through the columns."""
    x, y = points[0]
    path = f"M{x:g} {y:g}"
    for to_x, to_y in points[1:]:
        if to_y == y:
            path += f"H{to_x:g}"
        elif abs(to_x - x) < GAP / 4:
            bulge = max(x, to_x) + GAP / 2
            path += f"C{bulge:g} {y:g} {bulge:g} {to_y:g} {to_x:g} {to_y:g}"
        else:
            middle = (x + to_x) / 2
            path += f"C{middle:g} {y:g} {middle:g} {to_y:g} {to_x:g} {to_y:g}"
        x, y = to_x, to_y
    return path


def _box(placed: PlacedBox) -> Iterator[str]:
    x, y = placed.x, placed.y
    yield f'<rect class="box" x="{x:g}" y="{y:g}" width="{BOX_WIDTH}" height="{placed.height:g}" rx="6"/>'
    yield _text("title", x + 12, y + 20, placed.box.title)
    yield _text("note", x + 12, y + 36, placed.box.subtitle)
    for row in placed.rows.values():
        yield f'<path class="rule" d="M{x:g} {row.y:g}h{BOX_WIDTH}"/>'
        baseline = row.y + ROW_PADDING / 2 + 12
        for line in row.lines:
            yield _text("", x + 12, baseline, line)
            baseline += LINE
        baseline -= 2
        for line in row.notes:
            yield _text("note", x + 12, baseline, line)
            baseline += NOTE_LINE


def _text(style: str, x: float, y: float, content: str) -> str:
    name = f' class="{style}"' if style else ""
    return f'<text{name} x="{x:g}" y="{y:g}">{escape(content)}</text>'


def _legend(placed: Layout) -> Iterator[str]:
    x, y = 20, placed.height + 14
    for kind in [kind for kind in Kind if any(arrow.kind is kind for arrow, _ in placed.lines)]:
        yield f'<path class="arrow {kind.value}" d="M{x} {y - 4:g}h34"/>'
        yield f'<path class="tip-{kind.value}" d="M{x + 41} {y - 4:g}l-7 -4v8z"/>'
        yield _text("note", x + 48, y, _LEGEND[kind])
        x += 80 + 7 * len(_LEGEND[kind])
