from __future__ import annotations

from support.stacks import Synthesized, destination_of


def test_the_reject_stream_writes_json_lines_below_errors_rejected(reference: Synthesized) -> None:
    found = destination_of(reference, "RejectStream")
    assert found["Prefix"] == "errors/rejected/dt=!{timestamp:yyyy-MM-dd}/"
    assert found["CompressionFormat"] == "GZIP"
    assert found["ProcessingConfiguration"]["Enabled"] is False
