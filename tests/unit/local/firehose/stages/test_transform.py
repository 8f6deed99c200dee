"""The Lambda processor in a stream: its buffer, and what becomes of its results (facts/firehose.md#function-calls,
#function-failures).
"""

from __future__ import annotations

from support.local_firehose import LocalFirehose, handler


def test_ok_records_are_delivered_as_the_function_returned_them(local: LocalFirehose) -> None:
    local.transform("return answer(record, data.upper() + b'\\n')", b"a", b"b")
    assert local.bodies() == [b"A\nB\n"]
    assert local.state()["delivered"] == 2


def test_dropped_records_leave_no_trace(local: LocalFirehose) -> None:
    """facts/firehose.md#function-failures."""
    local.transform("return answer(record, b'', 'Dropped' if data == b'x' else 'Ok')", b"x", b"y")
    assert (local.state()["dropped"], local.state()["delivered"], local.keys("errors/")) == (1, 1, [])


def test_the_buffer_size_of_the_processor_ends_a_batch(local: LocalFirehose) -> None:
    """facts/firehose.md#function-calls: BufferSizeInMBs, 0.2 to 3."""
    code = handler("{'records': ok}").replace("    ok =", "    print('batch', len(records))\n    ok =")
    local.transform(code, *[b"x" * 100_000] * 5, parameters={"BufferSizeInMBs": "0.2"})
    batches = [e.message for e in local.logs.events("/aws/lambda/transform") if e.message.startswith("batch")]
    assert sorted(batches) == ["batch 1", "batch 2", "batch 2"]


def test_many_tiny_records_are_cut_into_events_that_lambda_takes(local: LocalFirehose) -> None:
    """facts/firehose.md#function-calls: the event holds base64 and an envelope per record, so a buffer of 3 MB can be
    over 6 MB.
    """
    code = handler("{'records': [{'recordId': r['recordId'], 'result': 'Dropped'} for r in records]}")
    local.function(code)
    local.stream(ProcessingConfiguration=local.processing(BufferSizeInMBs=3))

    async def scenario() -> None:
        for _ in range(120):
            await local.put(*[b"12345678"] * 500)
        await local.service.flush()

    local.run(scenario)
    assert local.state()["dropped"] == 60_000


def test_a_slow_invocation_does_not_hold_up_the_next_batch(local: LocalFirehose) -> None:
    """Each waits for the other: one at a time, both would time out."""
    code = (
        "import pathlib, time\n"
        + handler("{'records': ok}")
        + "inner = handler\n"
        + "def handler(event, context):\n"
        + "    pathlib.Path('../' + event['invocationId'] + '.here').touch()\n"
        + "    while len(list(pathlib.Path('..').glob('*.here'))) < 2:\n"
        + "        time.sleep(0.01)\n"
        + "    return inner(event, context)\n"
    )
    local.function(code)
    local.stream(ProcessingConfiguration=local.processing(BufferSizeInMBs=0.2))

    async def scenario() -> None:
        await local.put(b"a" * 200_000, b"b" * 200_000)
        await local.service.flush()

    local.run(scenario)
    assert len(b"".join(local.bodies("data/"))) == 400_000
