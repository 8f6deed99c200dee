"""Kinesis data streams with real boto3 (facts/kinesis.md#put-records)."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from clickstream_local.common.http import Request, Response
from clickstream_local.common.model import KinesisStream
from clickstream_local.kinesis.service import KinesisService
from support.wire_client import play, refused

ARN = "arn:aws:kinesis:eu-west-1:123456789012:stream/events"

START = 1_795_262_400.0


class Clock:
    """Seconds that a test moves."""

    now = START

    def __call__(self) -> float:
        return self.now


def run(scenario: Callable[[Any], Any], *, shards: int = 1, limited: bool = True, clock: Clock | None = None) -> Any:
    async def main() -> Any:
        stream = KinesisStream("Events", "events", ARN, shards)
        service = KinesisService([stream], account="123456789012", limited=limited, clock=clock or Clock())

        async def app(request: Request) -> Response:
            return await service.handle(request.headers.get("X-Amz-Target") or "", request.body)

        return await play("kinesis", app, scenario)

    return asyncio.run(main())


def read_all(kinesis: Any, shard: str = "shardId-000000000000", **where: Any) -> list[Any]:
    where = where or {"ShardIteratorType": "TRIM_HORIZON"}
    iterator = kinesis.get_shard_iterator(StreamName="events", ShardId=shard, **where)["ShardIterator"]
    found: list[Any] = kinesis.get_records(ShardIterator=iterator)["Records"]
    return found


def put(kinesis: Any, *data: bytes, key: str = "k") -> list[str]:
    records = [{"Data": body, "PartitionKey": key} for body in data]
    answer = kinesis.put_records(StreamName="events", Records=records)
    return [entry["SequenceNumber"] for entry in answer["Records"]]


def test_records_of_a_key_stay_in_order_in_one_shard() -> None:
    def scenario(kinesis: Any) -> Any:
        for number in range(20):
            kinesis.put_record(StreamName="events", Data=str(number).encode(), PartitionKey="same")
        return [read_all(kinesis, f"shardId-{shard:012}") for shard in range(4)]

    shards = run(scenario, shards=4)
    (records,) = [found for found in shards if found]
    assert [record["Data"] for record in records] == [str(number).encode() for number in range(20)]
    numbers = [int(record["SequenceNumber"]) for record in records]
    assert numbers == sorted(set(numbers))


def test_keys_spread_over_the_shards() -> None:
    def scenario(kinesis: Any) -> set[str]:
        records = [{"Data": b"x", "PartitionKey": str(number)} for number in range(100)]
        answer = kinesis.put_records(StreamARN=ARN, Records=records)
        return {entry["ShardId"] for entry in answer["Records"]}

    assert len(run(scenario, shards=4)) == 4


def test_an_explicit_hash_key_chooses_the_shard() -> None:
    def scenario(kinesis: Any) -> list[str]:
        keys = ("0", str(2**128 - 1))
        puts = [
            kinesis.put_record(StreamName="events", Data=b"x", PartitionKey="k", ExplicitHashKey=key) for key in keys
        ]
        return [answer["ShardId"] for answer in puts]

    assert run(scenario, shards=3) == ["shardId-000000000000", "shardId-000000000002"]


def test_iterators_begin_where_they_are_told_to() -> None:
    clock = Clock()

    def scenario(kinesis: Any) -> Any:
        numbers = put(kinesis, b"a", b"b")
        clock.now += 10
        numbers += put(kinesis, b"c")
        places: list[dict[str, Any]] = [
            {"ShardIteratorType": "TRIM_HORIZON"},
            {"ShardIteratorType": "LATEST"},
            {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": numbers[1]},
            {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": numbers[1]},
            {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": START + 5},
        ]
        return [b"".join(record["Data"] for record in read_all(kinesis, **place)) for place in places]

    assert run(scenario, clock=clock) == [b"abc", b"", b"bc", b"c", b"c"]


def test_the_next_iterator_goes_on_and_says_how_far_behind_it_is() -> None:
    clock = Clock()

    def scenario(kinesis: Any) -> Any:
        put(kinesis, b"a", b"b")
        clock.now += 2
        iterator = kinesis.get_shard_iterator(
            StreamName="events", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        first = kinesis.get_records(ShardIterator=iterator, Limit=1)
        second = kinesis.get_records(ShardIterator=first["NextShardIterator"])
        return [(answer["Records"][0]["Data"], answer["MillisBehindLatest"]) for answer in (first, second)]

    assert run(scenario, clock=clock) == [(b"a", 2000), (b"b", 0)]


def test_a_shard_takes_1000_records_a_second() -> None:
    """facts/kinesis.md#put-records: the limit, and the text of the partial failure."""
    clock = Clock()

    def scenario(kinesis: Any) -> Any:
        put(kinesis, *[b"x"] * 500)
        put(kinesis, *[b"x"] * 499)
        records = [{"Data": b"x", "PartitionKey": "k"}] * 2
        partly = kinesis.put_records(StreamName="events", Records=records)
        whole = refused(lambda: kinesis.put_record(StreamName="events", Data=b"x", PartitionKey="k"))
        clock.now += 1
        put(kinesis, b"x")
        return partly, whole

    partly, whole = run(scenario, clock=clock)
    text = "Rate exceeded for shard shardId-000000000000 in stream events under account 123456789012."
    assert partly["FailedRecordCount"] == 1
    assert partly["Records"][1]["ErrorCode"] == "ProvisionedThroughputExceededException"
    assert partly["Records"][1]["ErrorMessage"] == text
    assert whole == ("ProvisionedThroughputExceededException", text)


def test_a_shard_takes_a_mebibyte_a_second_unless_it_is_told_not_to_count() -> None:
    def scenario(kinesis: Any) -> int:
        records = [{"Data": bytes(600_000), "PartitionKey": "k"}] * 2
        return int(kinesis.put_records(StreamName="events", Records=records)["FailedRecordCount"])

    assert (run(scenario), run(scenario, limited=False)) == (1, 0)


@pytest.mark.parametrize(
    ("operation", "request_members", "code", "message"),
    [
        ("PutRecord", {"Data": "eA=="}, "ValidationException", "Value null at 'partitionKey'"),
        ("PutRecord", {"PartitionKey": "k"}, "ValidationException", "Value null at 'data'"),
        (
            "PutRecord",
            {"PartitionKey": "k" * 257, "Data": ""},
            "ValidationException",
            "length less than or equal to 256",
        ),
        ("PutRecord", {"PartitionKey": "k", "Data": "?"}, "SerializationException", "data is not base64"),
        ("PutRecord", {"PartitionKey": 5, "Data": ""}, "SerializationException", "partitionKey is of the wrong type"),
        ("PutRecord", {"PartitionKey": "k", "Data": 5}, "SerializationException", "data is not base64"),
        ("PutRecords", {"Records": {}}, "SerializationException", "records is of the wrong type"),
        ("PutRecords", {"Records": ["x"]}, "SerializationException", "records.1.member is of the wrong type"),
        ("PutRecords", {}, "ValidationException", "Value null at 'records'"),
        (
            "PutRecord",
            {"StreamName": "", "PartitionKey": "", "Data": "", "ExplicitHashKey": "", "SequenceNumberForOrdering": ""},
            "ValidationException",
            "5 validation errors detected: "
            "Value '' at 'sequenceNumberForOrdering' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: 0|([1-9]\\d{0,128}); "
            "Value '' at 'partitionKey' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1; "
            "Value '' at 'explicitHashKey' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: 0|([1-9]\\d{0,38}); "
            "Value '' at 'streamName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; "
            "Value '' at 'streamName' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
        ),
        (
            "PutRecord",
            {"StreamName": "gone", "PartitionKey": "k" * 257, "Data": ""},
            "ValidationException",
            "'partitionKey'",
        ),
        ("PutRecords", {"StreamName": "gone", "Records": []}, "ValidationException", "'records'"),
        (
            "PutRecord",
            {"PartitionKey": "k", "Data": "", "ExplicitHashKey": str(2**128)},
            "InvalidArgumentException",
            "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was "
            "340282366920938463463374607431768211456",
        ),
        (
            "PutRecord",
            {"PartitionKey": "key", "Data": base64.b64encode(bytes(2**20 - 2)).decode()},
            "InvalidArgumentException",
            "data and its partition key have 1048577 bytes; the stream's MaxRecordSizeInKiB is 1024",
        ),
        (
            "PutRecords",
            {"Records": [{"PartitionKey": "k" * 2, "Data": base64.b64encode(bytes(2**20 - 1)).decode()}]},
            "InvalidArgumentException",
            "records.1.member.data and its partition key have 1048577 bytes",
        ),
        (
            "PutRecord",
            {"PartitionKey": "k", "Data": "AAAA" * 349_526},
            "ValidationException",
            "Member must have length less than or equal to 1048576",
        ),
        ("PutRecords", {"Records": []}, "ValidationException", "'records' failed"),
        (
            "GetShardIterator",
            {"ShardId": "shardId-9", "ShardIteratorType": "LATEST"},
            "ResourceNotFoundException",
            "Shard shardId-000000000009 in stream events under account 123456789012 does not exist",
        ),
        *(
            (
                "GetShardIterator",
                {"ShardId": shard, "ShardIteratorType": "LATEST"},
                "ResourceNotFoundException",
                f"Could not find shard {shard} in stream events under account 123456789012.",
            )
            for shard in ("ABKLFD8", "2.14E4", "2147483648", "shardId-002147483648")
        ),
        (
            "GetShardIterator",
            {"ShardId": "", "ShardIteratorType": "NEWEST"},
            "ValidationException",
            "3 validation errors detected: Value '' at 'shardId' failed to satisfy constraint: Member must satisfy "
            "regular expression pattern: [a-zA-Z0-9_.-]+; Value '' at 'shardId' failed to satisfy constraint: Member "
            "must have length greater than or equal to 1; Value 'NEWEST' at 'shardIteratorType' failed to satisfy "
            "constraint: Member must satisfy enum value set: [",
        ),
        *(
            (
                "GetShardIterator",
                {"ShardId": "shardId-0", "ShardIteratorType": kind, **more},
                "InvalidArgumentException",
                "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) "
                f"TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified {kind} and {given}.",
            )
            for kind, more, given in (
                ("AT_SEQUENCE_NUMBER", {}, "no StartingSequenceNumber"),
                ("AFTER_SEQUENCE_NUMBER", {}, "no StartingSequenceNumber"),
                ("LATEST", {"StartingSequenceNumber": "5"}, "also a StartingSequenceNumber"),
                ("TRIM_HORIZON", {"StartingSequenceNumber": "5"}, "also a StartingSequenceNumber"),
            )
        ),
        (
            "GetShardIterator",
            {"ShardId": "shardId-0", "ShardIteratorType": "AT_TIMESTAMP"},
            "InvalidArgumentException",
            "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no "
            "timestamp parameter.",
        ),
        (
            "GetShardIterator",
            {"ShardId": "shardId-0", "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": START + 2},
            "InvalidArgumentException",
            "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: "
            "1795262402000, currentTimestampInMillis: 1795262400000",
        ),
        ("GetRecords", {"ShardIterator": "x" * 513}, "ValidationException", "length less than or equal to 512"),
        ("GetRecords", {"ShardIterator": "x", "Limit": 0}, "ValidationException", "Value '0' at 'limit'"),
        *(
            (operation, {"StreamName": "a" * 129}, "ValidationException", "length less than or equal to 128")
            for operation in ("DescribeStream", "DescribeStreamSummary", "ListShards")
        ),
        (
            "ListStreams",
            {"ExclusiveStartStreamName": "", "Limit": 10_001},
            "ValidationException",
            "value less than or equal to 10000",
        ),
        *(
            (
                "ListShards",
                {"NextToken": "AAAA", **more},
                "InvalidArgumentException",
                f"NextToken and {member} cannot be provided together.",
            )
            for member, more in (
                ("StreamName", {}),
                ("StreamARN", {"StreamName": None, "StreamARN": ARN}),
                ("ExclusiveStartShardId", {"StreamName": None, "ExclusiveStartShardId": "shardId-0"}),
            )
        ),
        (
            "ListShards",
            {"StreamName": None},
            "InvalidArgumentException",
            "Either NextToken or StreamName should be provided.",
        ),
        ("ListShards", {"StreamName": None, "NextToken": "AAAA"}, "InvalidArgumentException", "Invalid NextToken."),
        ("DescribeStream", {"StreamName": None}, "InvalidArgumentException", "Either StreamName or StreamARN"),
        (
            "DescribeStream",
            {"StreamARN": ARN.replace("events", "other")},
            "InvalidArgumentException",
            "StreamName and StreamARN name two streams.",
        ),
        (
            "GetShardIterator",
            {
                "ShardId": "shardId-000000000000",
                "ShardIteratorType": "AT_SEQUENCE_NUMBER",
                "StartingSequenceNumber": "49590338271490256608559692538361571095921575989136588802",
            },
            "InvalidArgumentException",
            "StartingSequenceNumber",
        ),
        ("GetRecords", {"ShardIterator": "bm9uZQ=="}, "InvalidArgumentException", "Invalid ShardIterator."),
        (
            "DescribeStream",
            {"StreamName": "gone"},
            "ResourceNotFoundException",
            "Stream gone under account 123456789012",
        ),
        ("SplitShard", {}, "UnknownOperationException", "SplitShard does not run locally"),
    ],
)
def test_bad_requests_are_answered_with_the_services_exceptions(
    operation: str, request_members: dict[str, Any], code: str, message: str
) -> None:
    """facts/kinesis.md#put-records; botocore's model; texts that the tests of mhart/kinesalite saw of the service."""
    stream = KinesisStream("Events", "events", ARN)
    service = KinesisService([stream], account="123456789012", clock=Clock())
    body = {"StreamName": "events"} | request_members if operation != "GetRecords" else request_members
    response = asyncio.run(service.handle(f"Kinesis_20131202.{operation}", json.dumps(body).encode()))
    answer = json.loads(response.body)
    assert (response.status >= 400, answer["__type"]) == (True, code)
    assert message in answer["message"]


def test_iterators_and_tokens_are_good_for_five_minutes() -> None:
    clock = Clock()

    def scenario(kinesis: Any) -> tuple[Any, Any]:
        iterator = kinesis.get_shard_iterator(
            StreamName="events", ShardId="shardId-000000000000", ShardIteratorType="LATEST"
        )["ShardIterator"]
        token = kinesis.list_shards(StreamName="events", MaxResults=1)["NextToken"]
        clock.now += 301
        return refused(lambda: kinesis.get_records(ShardIterator=iterator)), refused(
            lambda: kinesis.list_shards(NextToken=token)
        )

    iterator, token = run(scenario, shards=2, clock=clock)
    assert iterator == (
        "ExpiredIteratorException",
        "Iterator expired. The iterator was created at time Sat Nov 21 12:00:00 UTC 2026 while right now it is Sat Nov "
        "21 12:05:01 UTC 2026 which is further in the future than the tolerated delay of 300000 milliseconds.",
    )
    assert token[0] == "ExpiredNextTokenException"


def test_an_iterator_may_stand_in_quotes() -> None:
    """Recorded on AWS, localstack's test of that name."""

    def scenario(kinesis: Any) -> Any:
        put(kinesis, b"a")
        iterator = kinesis.get_shard_iterator(StreamName="events", ShardId="any-0", ShardIteratorType="TRIM_HORIZON")[
            "ShardIterator"
        ]
        return kinesis.get_records(ShardIterator=f'"{iterator}"')["Records"]

    assert [record["Data"] for record in run(scenario)] == [b"a"]


def test_a_sequence_number_of_another_shard_is_told_with_both() -> None:
    def scenario(kinesis: Any) -> Any:
        answer = kinesis.put_record(StreamName="events", Data=b"x", PartitionKey="k", ExplicitHashKey="0")
        return refused(
            lambda: kinesis.get_shard_iterator(
                StreamName="events",
                ShardId="shardId-1",
                ShardIteratorType="AT_SEQUENCE_NUMBER",
                StartingSequenceNumber=answer["SequenceNumber"],
            )
        )

    assert run(scenario, shards=2) == (
        "InvalidArgumentException",
        "Invalid StartingSequenceNumber. It encodes shardId-000000000000, while it was used in a call to a shard with "
        "shardId-000000000001",
    )


def test_a_record_of_the_largest_size_is_taken_with_its_key() -> None:
    assert len(run(lambda kinesis: put(kinesis, bytes(2**20 - 1)))) == 1


def test_a_stream_can_take_larger_records_one_a_second() -> None:
    """The stream's MaxRecordSizeInKiB; a shard still takes a mebibyte a second."""
    clock = Clock()
    stream = KinesisStream("Events", "events", ARN, max_record_kib=2048)
    service = KinesisService([stream], account="123456789012", clock=clock)
    body = json.dumps(
        {"StreamName": "events", "PartitionKey": "k", "Data": base64.b64encode(bytes(2**21 - 1)).decode()}
    )

    def status() -> int:
        return asyncio.run(service.handle("Kinesis_20131202.PutRecord", body.encode())).status

    taken = [status(), status()]
    clock.now += 1
    assert [*taken, status()] == [200, 400, 200]


def test_streams_are_listed_with_summaries_page_by_page() -> None:
    clock = Clock()
    streams = [KinesisStream(name, name, f"{ARN}-{name}", on_demand=name == "b") for name in "bca"]
    service = KinesisService(streams, account="123456789012", clock=clock)

    def listed(**members: Any) -> Any:
        body = json.dumps(members).encode()
        return json.loads(asyncio.run(service.handle("Kinesis_20131202.ListStreams", body)).body)

    first = listed(Limit=2)
    assert first["StreamNames"] == ["a", "b"]
    assert first["StreamSummaries"][1] == {
        "StreamName": "b",
        "StreamARN": f"{ARN}-b",
        "StreamStatus": "ACTIVE",
        "StreamModeDetails": {"StreamMode": "ON_DEMAND"},
        "StreamCreationTimestamp": START,
    }
    assert first["HasMoreStreams"] is True
    assert listed(NextToken=first["NextToken"])["StreamNames"] == listed(ExclusiveStartStreamName="b")["StreamNames"]
    assert "NextToken" not in listed()


@pytest.mark.parametrize(
    ("shard_filter", "shards"),
    [
        ({"Type": "AFTER_SHARD_ID", "ShardId": "shardId-000000000000"}, [1, 2]),
        ({"Type": "AT_LATEST"}, [0, 1, 2]),
        ({"Type": "FROM_TRIM_HORIZON"}, [0, 1, 2]),
    ],
)
def test_shards_are_listed_by_filter(shard_filter: dict[str, str], shards: list[int]) -> None:
    answer = run(lambda kinesis: kinesis.list_shards(StreamName="events", ShardFilter=shard_filter), shards=3)
    assert [int(shard["ShardId"][-1]) for shard in answer["Shards"]] == shards


def test_answers_have_all_members_that_the_model_demands() -> None:
    model = ServiceModel(Loader().load_service_model("kinesis", "service-2"), "kinesis")

    def missing(value: Any, shape: Any, path: str) -> list[str]:
        if shape.type_name == "list":
            return [gone for item in value for gone in missing(item, shape.member, path)]
        if shape.type_name != "structure":
            return []
        return [
            gone
            for name, member in shape.members.items()
            for gone in (
                missing(value[name], member, f"{path}.{name}")
                if name in value
                else [f"{path}.{name}"] * (name in shape.required_members)
            )
        ]

    async def answers() -> list[str]:
        service = KinesisService([KinesisStream("Events", "events", ARN)], account="123456789012", clock=Clock())
        record = {"Data": "eA==", "PartitionKey": "k"}
        requests: dict[str, dict[str, Any]] = {
            "PutRecord": {"StreamName": "events", **record},
            "PutRecords": {"StreamName": "events", "Records": [record]},
            "DescribeStream": {"StreamName": "events"},
            "DescribeStreamSummary": {"StreamName": "events"},
            "ListStreams": {},
            "ListShards": {"StreamName": "events"},
            "GetShardIterator": {
                "StreamName": "events",
                "ShardId": "shardId-0",
                "ShardIteratorType": "TRIM_HORIZON",
            },
        }
        gone: list[str] = []
        for operation, request in requests.items():
            response = await service.handle(f"Kinesis_20131202.{operation}", json.dumps(request).encode())
            answer = json.loads(response.body)
            assert response.status == 200, answer
            gone += missing(answer, model.operation_model(operation).output_shape, operation)
        body = json.dumps({"ShardIterator": answer["ShardIterator"]}).encode()
        records = json.loads((await service.handle("Kinesis_20131202.GetRecords", body)).body)
        assert len(records["Records"]) == 2
        return gone + missing(records, model.operation_model("GetRecords").output_shape, "GetRecords")

    assert asyncio.run(answers()) == []


def test_the_stream_is_described() -> None:
    def scenario(kinesis: Any) -> Any:
        described = kinesis.describe_stream(StreamName="events", Limit=1)["StreamDescription"]
        summary = kinesis.describe_stream_summary(StreamName="events")["StreamDescriptionSummary"]
        page = kinesis.list_shards(StreamName="events", MaxResults=1)
        rest = kinesis.list_shards(NextToken=page["NextToken"])["Shards"]
        return described, summary, page["Shards"] + rest, kinesis.list_streams()["StreamNames"]

    described, summary, shards, names = run(scenario, shards=2)
    assert (described["StreamStatus"], described["HasMoreShards"], summary["OpenShardCount"]) == ("ACTIVE", True, 2)
    assert [shard["HashKeyRange"]["StartingHashKey"] for shard in shards] == ["0", str(2**127)]
    assert shards[1]["HashKeyRange"]["EndingHashKey"] == str(2**128 - 1)
    assert names == ["events"]


def test_a_shard_can_be_read_from_the_number_at_which_it_begins() -> None:
    """Recorded on AWS by LocalStack's tests: also of a shard that has no record yet."""

    def scenario(kinesis: Any) -> tuple[str, list[list[bytes]]]:
        (shard,) = kinesis.describe_stream(StreamName="events")["StreamDescription"]["Shards"]
        beginning = shard["SequenceNumberRange"]["StartingSequenceNumber"]
        kinds = ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER")
        found = [read_all(kinesis, ShardIteratorType=kind, StartingSequenceNumber=beginning) for kind in kinds]
        (first,) = put(kinesis, b"x")
        found += [read_all(kinesis, ShardIteratorType=kind, StartingSequenceNumber=beginning) for kind in kinds]
        assert int(first) > int(beginning)
        return beginning, [[record["Data"] for record in records] for records in found]

    assert run(scenario)[1] == [[], [], [b"x"], [b"x"]]


def test_a_stream_is_made_written_to_and_deleted() -> None:
    def scenario(kinesis: Any) -> None:
        kinesis.create_stream(StreamName="made", ShardCount=2)
        described = kinesis.describe_stream_summary(StreamName="made")["StreamDescriptionSummary"]
        assert (described["StreamStatus"], described["OpenShardCount"]) == ("ACTIVE", 2)
        assert described["StreamARN"].endswith(":123456789012:stream/made")
        kinesis.put_record(StreamName="made", Data=b"x", PartitionKey="k")
        assert refused(lambda: kinesis.create_stream(StreamName="made"))[0] == "ResourceInUseException"
        kinesis.delete_stream(StreamName="made")
        assert kinesis.list_streams()["StreamNames"] == ["events"]

    run(scenario)


def test_a_stream_without_a_number_of_shards_has_four() -> None:
    """Recorded on AWS by LocalStack's tests."""

    def scenario(kinesis: Any) -> int:
        kinesis.create_stream(StreamName="made")
        return len(kinesis.list_shards(StreamName="made")["Shards"])

    assert run(scenario) == 4
