"""Flushing: everything that is there, and everything that comes of it."""

from __future__ import annotations

from typing import Any

from clickstream_local.common.http import Request, Response
from clickstream_local.listener.server import serve

PUTS_BACK = """
import base64, boto3
firehose = boto3.client("firehose")
def handler(event, context):
    answers = []
    for record in event["records"]:
        data = base64.b64decode(record["data"])
        if data.startswith(b"again"):
            firehose.put_record(DeliveryStreamName="clicks", Record={"Data": data[6:]})
            firehose.put_record(DeliveryStreamName="rejected", Record={"Data": b"why\\n"})
        result = "Dropped" if data.startswith(b"again") else "Ok"
        answers.append({"recordId": record["recordId"], "result": result, "data": record["data"]})
    return {"records": answers}
"""


def test_a_flush_also_delivers_what_the_function_puts_with_boto3_meanwhile(local: Any) -> None:
    """DESIGN section 8: what the function put during it included; put-backs and a second stream alike."""
    local.function(PUTS_BACK)
    local.stream(ProcessingConfiguration=local.processing())
    local.stream("rejected", Prefix="rejected/")

    async def scenario() -> None:
        async def app(request: Request) -> Response:
            authorization = request.headers.get("Authorization") or ""
            caller = authorization.partition("Credential=")[2].partition("/")[0]
            target = request.headers.get("X-Amz-Target") or ""
            answer: Response = await local.service.handle(target, request.body, caller=caller)
            return answer

        listener = await serve(app)
        local.lambda_service.endpoint_url = f"http://127.0.0.1:{listener.port}"
        await local.put(b"again again done\n", b"plain\n")
        await local.service.flush()
        await listener.close()

    local.run(scenario)
    assert sorted(b"".join(local.bodies("data/")).splitlines()) == [b"done", b"plain"]
    assert b"".join(local.bodies("rejected/")) == b"why\nwhy\n"
    state = local.state()
    assert (state["received"], state["put_back"], state["dropped"], state["delivered"]) == (2, 2, 2, 2)
    assert state["buffered"] == 0


def test_close_delivers_what_is_buffered(local: Any) -> None:
    local.stream()

    async def scenario() -> None:
        await local.put(b"x")

    local.run(scenario)
    assert local.bodies() == [b"x"]


def test_a_flush_of_nothing_writes_nothing(local: Any) -> None:
    local.stream()

    async def scenario() -> None:
        await local.service.flush()

    local.run(scenario)
    assert local.keys() == []
