from __future__ import annotations

from cdk_clickstream import PartitionKey, RecordKey, S3Prefix
from cdk_clickstream.partitions.projection import PartitionColumn
from support.stacks import partitioned_by, pipeline, refusal, table_parameters


def test_a_partition_key_is_projected_as_injected_unless_its_values_are_known() -> None:
    prefix = S3Prefix.hive(
        "events",
        {
            "tenant": PartitionKey.from_lambda("tenant"),
            "plan": PartitionKey.from_lambda("plan", values=["free", "paid"]),
        },
    )
    tenant, plan = prefix.columns
    assert tenant.projection() == {"projection.tenant.type": "injected"}
    assert plan.projection() == {"projection.plan.type": "enum", "projection.plan.values": "free,paid"}
    assert tenant.glue_type == plan.glue_type == "string"


def test_a_hive_prefix_of_several_integers_is_projected_with_their_digits() -> None:
    prefix = S3Prefix.hive("lake/events/", {"year": "yyyy", "month": "MM"})
    assert prefix.text == "lake/events/year=!{timestamp:yyyy}/month=!{timestamp:MM}/"
    assert prefix.columns[1].projection() == {
        "projection.month.type": "integer",
        "projection.month.range": "1,12",
        "projection.month.digits": "2",
    }


def test_a_hive_pattern_that_projection_cannot_enumerate_is_refused() -> None:
    assert "can enumerate" in refusal(lambda: S3Prefix.hive("events", {"minute": "mm"}))


SITE = {"site": RecordKey.event("app_id", ["shop", "blog"])}


def test_athena_enumerates_the_listed_names_and_other() -> None:
    found = table_parameters(pipeline(**partitioned_by(SITE)))
    assert found["projection.site.type"] == "enum"
    assert found["projection.site.values"] == "shop,blog,other"


def test_a_name_that_is_listed_twice_is_enumerated_once() -> None:
    keys = {"site": RecordKey.event("app_id", ["shop", "other", "shop"])}
    assert table_parameters(pipeline(**partitioned_by(keys)))["projection.site.values"] == "shop,other"


def test_athena_enumerates_the_days_of_an_arrival_key() -> None:
    found = table_parameters(
        pipeline(**partitioned_by({"day": RecordKey.arrival("yyyy-MM-dd")}, time_zone="Asia/Tokyo"))
    )
    # In UTC whatever the zone of the prefix: the transform writes it.
    assert found["projection.day.range"] == "2025-01-01,NOW"
    assert found["projection.day.type"] == "date"
    assert found["projection.day.format"] == "yyyy-MM-dd"
    assert found["projection.day.interval.unit"] == "DAYS"
    assert found["projection.event_date.range"] == "2025-01-01,NOW+1DAYS"


def test_an_hour_of_arrival_is_an_integer_column() -> None:
    found = pipeline(**partitioned_by({"hour": RecordKey.arrival("HH")}))
    assert found.only("AWS::Glue::Table")["TableInput"]["PartitionKeys"][0] == {"Name": "hour", "Type": "int"}
    assert table_parameters(found)["projection.hour.range"] == "0,23"


def test_values_that_are_those_of_the_transform_may_be_repeated() -> None:
    prefix = S3Prefix.hive(
        "events",
        {"site": PartitionKey.from_lambda("site", values=["other", "blog", "shop"]), "event_date": "yyyy-MM-dd"},
    )
    assert table_parameters(pipeline(**partitioned_by(SITE, prefix=prefix)))["projection.site.type"] == "enum"


def test_keys_of_ones_own_function_are_left_alone() -> None:
    column = PartitionColumn.from_partition_key("site", PartitionKey.from_lambda("site"))
    assert column.with_values_from({}).projection() == {"projection.site.type": "injected"}
    of_query = PartitionColumn.from_partition_key("site", PartitionKey.jq("site"))
    assert of_query.with_values_from(SITE) == of_query
