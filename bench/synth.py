"""CPU of building and synthesizing the reference app, beside a bare CDK app with the same resources.

    python bench/synth.py [runs]

Both run as ``cdk synth`` runs an app, in a process of its own; counted is what Python and Node.js used together. They
take turns, and the medians are compared: at most 1.3 times the bare app is what we allow ourselves.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import tempfile
from collections import Counter
from pathlib import Path

from clickstream_local.demo.synth import synthesize

CHECKOUT = Path(__file__).parents[1]
APPS = {"reference": CHECKOUT / "app.py", "bare": Path(__file__).parent / "_bare_app.py"}
ALLOWED = 1.3


def main(runs: int) -> int:
    """Measure and print one table; 1 where the ratio is over what is allowed."""
    seconds: dict[str, list[float]] = {name: [] for name in APPS}
    with tempfile.TemporaryDirectory() as folder:
        for name, app in APPS.items():  # a first time uncounted: bytecode, the file cache, jsii's package cache
            synthesize(app, Path(folder) / name)
        counts = {name: resources(Path(folder) / name) for name in APPS}
        if counts["reference"] != counts["bare"]:
            print(f"resources differ: {counts['reference'] - counts['bare']} {counts['bare'] - counts['reference']}")
            return 1
        for _ in range(runs):
            for name, app in APPS.items():
                before = cpu()
                synthesize(app, Path(folder) / name)
                seconds[name].append(cpu() - before)
    medians = {name: statistics.median(measured) for name, measured in seconds.items()}
    ratio = medians["reference"] / medians["bare"]
    print(f"{counts['bare'].total()} resources each, {runs} runs, CPU seconds of Python and Node.js")
    for name, measured in seconds.items():
        print(f"{name:10} {medians[name]:6.2f} s   ({min(measured):.2f} .. {max(measured):.2f})")
    print(f"{'ratio':10} {ratio:6.2f}     (allowed: {ALLOWED})")
    return ratio > ALLOWED


def cpu() -> float:
    """CPU seconds that ended child processes used, user and system."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def resources(assembly: Path) -> Counter[str]:
    """How many resources of each type the one stack of an assembly has."""
    (template,) = assembly.glob("*.template.json")
    return Counter(one["Type"] for one in json.loads(template.read_text("utf-8"))["Resources"].values())


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
