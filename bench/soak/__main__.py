"""The long run of the local runtime: ``make soak``.

    python -m bench.soak [--seconds 3600] [--rate 200]

Starts ``clickstream local`` on the reference stack with the template's own buffering hints, sends a steady mixed load,
reads memory every 30 seconds, stops it as Ctrl-C does and counts what lies in the objects. Writes
``bench/reports/local-soak.md``. Fails when an accepted event is lost, a sum does not add up, or memory goes beyond the
buffering hints plus 150 MB.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import boto3

from bench.soak.load import CREDENTIALS, Load
from bench.soak.memory import Watch
from bench.soak.outcome import Outcome
from bench.soak.report import Run, write
from clickstream_local.demo.runtime_process import running
from clickstream_local.demo.synth import synthesize

CHECKOUT = Path(__file__).parents[2]
REPORT = CHECKOUT / "bench" / "reports" / "local-soak.md"
MIB = 1024 * 1024


def main(arguments: Sequence[str]) -> int:
    """Run, write the report; 1 when something was not as it has to be."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak")
    parser.add_argument("--seconds", type=int, default=3600)
    parser.add_argument("--rate", type=int, default=200, help="events a second")
    parser.add_argument("--sample", type=float, default=30, help="seconds between two looks at memory")
    parser.add_argument("--report", type=Path, default=REPORT)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="clickstream-soak-") as folder:
        run = soak(Path(folder), given.seconds, given.rate, given.sample)
    problems = write(run, given.report)
    print(given.report.read_text())
    return 1 if problems else 0


def soak(folder: Path, seconds: int, rate: int, sample: float) -> Run:
    """One run, to its end."""
    synthesize(CHECKOUT / "app.py", folder / "cdk.out")
    data_dir = folder / "data"
    with running(folder / "cdk.out", data_dir, buffer_interval=None) as runtime:
        state = runtime.state()
        stream = next(name for name in state["delivery_streams"] if "reject" not in name.lower())
        hints = buffering_hints(runtime.url, list(state["delivery_streams"]))

        def buffered() -> int:
            return sum(int(one["records_buffered"]) for one in runtime.state()["delivery_streams"].values())

        watch = Watch(runtime.pid, buffered, sample)
        sent = Load(next(iter(state["endpoints"].values())), runtime.url, stream, rate).run(seconds)
        watch.stop()
        runtime.flush()
        records = runtime.state()["delivery_streams"][stream]
    return Run(rate, hints, watch.samples, sent, Outcome.of(data_dir, records))


def buffering_hints(url: str, streams: Sequence[str]) -> dict[str, int]:
    """Bytes that each buffer of each stream may hold, as the streams describe themselves."""
    client: Any = boto3.client(
        "firehose",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id=CREDENTIALS["access_key_id"],
        aws_secret_access_key=CREDENTIALS["secret_access_key"],
    )
    hints = {}
    for stream in streams:
        described = client.describe_delivery_stream(DeliveryStreamName=stream)["DeliveryStreamDescription"]
        destination = described["Destinations"][0]["ExtendedS3DestinationDescription"]
        hints[f"{stream}, destination"] = destination["BufferingHints"]["SizeInMBs"] * MIB
        if backup := destination.get("S3BackupDescription"):
            hints[f"{stream}, source backup"] = backup["BufferingHints"]["SizeInMBs"] * MIB
        for processor in destination.get("ProcessingConfiguration", {}).get("Processors", ()):
            parameters = {one["ParameterName"]: one["ParameterValue"] for one in processor["Parameters"]}
            if "BufferSizeInMBs" in parameters:
                hints[f"{stream}, function"] = int(float(parameters["BufferSizeInMBs"]) * MIB)
    return hints


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
