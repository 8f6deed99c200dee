"""The table of ratios: every case in turn, round after round, so that a noisy machine disturbs them alike."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from producer_cases.interpreters import absent, run

SIZES = {100: 100_000, 500: 60_000, 5_000: 10_000}
"""Bytes of an event, and how many a case of ordinary speed sends."""

BATCH, KINESIS, DICTS = (
    "boto3 put_record_batch",
    "boto3 put_records (Kinesis)",
    "json.dumps + boto3 put_record_batch",
)
CASES: dict[str, tuple[str, float]] = {
    BATCH: (BATCH, 1),
    "boto3 put_record": (BATCH, 0.02),
    "boto3 put_record_batch, packed by hand": (BATCH, 3),
    "aiobotocore, 8 in flight": (BATCH, 1),
    "aws-sdk-js, 1 in flight": (BATCH, 2),
    "aws-sdk-js, 8 in flight": (BATCH, 2),
    "producer": (BATCH, 4),
    "producer, put one by one": (BATCH, 4),
    "producer, standard library only": (BATCH, 3),
    "producer, standard library only, check_json=False": (BATCH, 3),
    "producer, check_json=False": (BATCH, 4),
    "producer, durable": (BATCH, 3),
    "producer, unpacked": (BATCH, 2),
    "producer, unpacked, standard library only": (BATCH, 2),
    "floor: packed": (BATCH, 6),
    "floor: packed, SIMD base64": (BATCH, 6),
    "floor: unpacked": (BATCH, 4),
    KINESIS: (KINESIS, 1),
    "async-kinesis, limits lifted": (KINESIS, 0.1),
    "kiner": (KINESIS, 0.5),
    "producer, Kinesis": (KINESIS, 2),
    DICTS: (DICTS, 0.5),
    "producer, dicts": (DICTS, 1),
    "producer, dicts, standard library only": (DICTS, 1),
}
"""What each is compared with, and how many times the ordinary number of events it sends."""


class Table:
    """What was measured, by case and size of the event."""

    def __init__(self) -> None:
        self._rates: dict[tuple[str, int], list[float]] = {}
        self._growth: dict[tuple[str, int], list[float]] = {}
        self.skipped = {case: reason for case in CASES if (reason := absent(case))}

    def measure(self, url: str, rounds: int, done: Callable[[str], None]) -> None:
        """Run every case so many times."""
        for number in range(rounds):
            for size, ordinary in SIZES.items():
                for case, (_, times) in CASES.items():
                    if case not in self.skipped:
                        count = int(ordinary * times)
                        cost = run(case, url, count, size)
                        self._rates.setdefault((case, size), []).append(count / cost["cpu"])
                        self._growth.setdefault((case, size), []).append(cost["growth"])
                done(f"round {number + 1} of {rounds}, {size} B")

    def yardstick(self, case: str) -> str:
        """What a case is compared with."""
        return CASES[case][0]

    def rate(self, case: str, size: int) -> float:
        """Events a CPU-second, the median of the rounds."""
        return median(self._rates[case, size])

    def ratios(self, case: str, size: int) -> list[float]:
        """To the yardstick, each to that of the same round."""
        own, other = self._rates[case, size], self._rates[self.yardstick(case), size]
        return [one / yardstick for one, yardstick in zip(own, other, strict=True)]

    def ratio(self, case: str, size: int) -> float:
        """The median of the rounds' ratios."""
        return median(self.ratios(case, size))

    def growth(self, case: str, size: int) -> float:
        """MB of memory beside that of the idle client, the median of the rounds."""
        return median(self._growth[case, size])

    def lines(self) -> list[str]:
        """As Markdown: events a CPU-second, and the ratio with its extremes; memory at 500 B."""
        head = "| case | " + " | ".join(f"{size:,} B | ratio" for size in SIZES) + " | memory at 500 B |"
        lines = [head, "|---|" + "---:|---|" * len(SIZES) + "---:|"]
        yardstick = ""
        for case in CASES:
            if self.yardstick(case) != yardstick:
                yardstick = self.yardstick(case)
                lines.append(f"| *against {yardstick}* |" + " | |" * len(SIZES) + " |")
            if case in self.skipped:
                lines.append(f"| {case} | {self.skipped[case]} |" + " |" * (2 * len(SIZES)))
            else:
                cells = "".join(f" {self.rate(case, size):,.0f} | {self._shown(case, size)} |" for size in SIZES)
                lines.append(f"| {case} |{cells} {self.growth(case, 500):.0f} MB |")
        return lines

    def _shown(self, case: str, size: int) -> str:
        ratios = self.ratios(case, size)
        if case == self.yardstick(case):
            return "1"
        digits = 2 if median(ratios) < 1 else 1
        low, high = (f"{value:.{digits}f}" for value in (min(ratios), max(ratios)))
        return f"**{median(ratios):.{digits}f}x** {low}–{high}"
