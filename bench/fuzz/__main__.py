"""Coverage-guided fuzzing of the transform, one processor after the other: ``make fuzz``.

    python -m bench.fuzz [SECONDS [PROCESSOR ...]]

Needs ``atheris`` (``pip install -r requirements/fuzz.txt``). Writes ``bench/reports/fuzz.md``. An input that breaks
something is kept under ``bench/reports/findings/`` and makes the command fail; run it again with
``python -m bench.fuzz --input FILE PROCESSOR``.
"""

from __future__ import annotations

import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path

REPORTS = Path(__file__).parents[1] / "reports"
MAX_INPUT = 4_096


def main(arguments: list[str]) -> int:
    """Fuzz the processors named, or all; how many broke."""
    if arguments[:1] == ["--input"]:
        from bench.fuzz.target import Target

        Target(arguments[2])(Path(arguments[1]).read_bytes())
        return 0
    if arguments[:1] == ["--worker"]:
        work(*arguments[1:3])
        return 0
    from bench.fuzz.target import SEEDS

    seconds = int(arguments[0]) if arguments else 600
    lines, broken = [], 0
    for processor in arguments[1:] or list(SEEDS):
        line, failed = fuzz(processor, seconds)
        print(line, flush=True)
        lines.append(line)
        broken += failed
    write_report(lines)
    return broken


def fuzz(processor: str, seconds: int) -> tuple[str, bool]:
    """Fuzz one processor in a process of its own; its line of the report, and whether something broke."""
    from bench.fuzz.target import SEEDS, SEPARATOR

    with tempfile.TemporaryDirectory(prefix="clickstream-fuzz-") as folder:
        seeds = SEEDS[processor]
        for number, seed in enumerate([*seeds, SEPARATOR.join(seeds)]):
            for wrap in range(4):
                Path(folder, f"{number}-{wrap}").write_bytes(bytes([wrap]) + seed)
        (REPORTS / "findings").mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "bench.fuzz", "--worker", processor, folder]
        limits = [f"-max_total_time={seconds}", f"-max_len={MAX_INPUT}", "-timeout=20", "-rss_limit_mb=2048"]
        more = ["-print_final_stats=1", f"-artifact_prefix={REPORTS / 'findings' / processor}-"]
        done = subprocess.run([*command, *limits, *more], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        output = done.stdout.decode(errors="replace")
    executed = re.findall(r"stat::number_of_executed_units:\s*(\d+)", output)
    coverage = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", output)
    if done.returncode:
        print(output[-4_000:], file=sys.stderr)
    edges, features, kept = coverage[-1] if coverage else ("-", "-", "-")
    result = "**something broke**" if done.returncode else "nothing"
    count = f"{int(executed[-1]):,}" if executed else "-"
    return f"| {processor} | {seconds} | {count} | {edges} | {features} | {kept} | {result} |", bool(done.returncode)


def work(processor: str, corpus: str) -> None:
    """The fuzzing process: everything of the transform is instrumented before it is imported."""
    import atheris

    with atheris.instrument_imports(include=["clickstream_transform"]):
        from bench.fuzz.target import Target
    atheris.Setup([sys.argv[0], corpus, *sys.argv[4:]], Target(processor))
    atheris.Fuzz()


def write_report(lines: list[str]) -> None:
    """The table that is committed; the lines of processors that were not fuzzed this time stay."""
    from importlib.metadata import version

    from bench.fuzz.oracles import CPU_SECONDS, STEPS, STEPS_A_BYTE
    from bench.fuzz.target import SEEDS

    report = REPORTS / "fuzz.md"
    before = report.read_text("utf-8").splitlines() if report.exists() else []
    by_processor = {line.split("|")[1].strip(): line for line in [*before, *lines] if line.startswith("| ")}
    text = "\n".join(
        [
            "# Fuzzing the transform",
            "",
            f"`make fuzz`: atheris {version('atheris')} on Python {platform.python_version()}, one core,",
            f"inputs of at most {MAX_INPUT:,} bytes grown from the seeds in `bench/fuzz/target.py`.",
            "An input is up to eight records between two good ones: bare, as requests, or gzip of either.",
            "What has to hold: every id is answered once and in order; the answer is under the limit; the good",
            "records come out as they do alone; no row has a value that its column cannot hold; nothing is raised",
            "that the code did not mean to raise.",
            "",
            "Cost: the steps of a call (functions called and branches taken) stay below",
            f"{STEPS:,} and {STEPS_A_BYTE} for each byte that is read, its processor time below {CPU_SECONDS} s,",
            "and what is stored below 9 bytes for each byte read (and 4 kB a row, 24 kB a record).",
            "Conservation: every event is a row or a reject with its bytes; every sign of a record is in an event,",
            "every sign of a log line in a column, no column has a sign that its line has not, or the row is flagged.",
            "",
            "| processor | seconds | inputs | edges covered | features | inputs kept | found |",
            "|---|---:|---:|---:|---:|---:|---|",
            *[by_processor[processor] for processor in SEEDS if processor in by_processor],
            "",
        ]
    )
    report.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
