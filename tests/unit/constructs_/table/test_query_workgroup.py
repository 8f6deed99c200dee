from __future__ import annotations

import aws_cdk as cdk

from cdk_clickstream import Encryption, Queries
from support.stacks import Synthesized, flat, pipeline

NAMES = ["events_per_page_and_hour", "sessions", "funnel", "events_deduplicated", "data_quality"]


def test_a_pipeline_has_no_workgroup_unless_asked_for(reference: Synthesized) -> None:
    assert not reference.of_type("AWS::Athena::WorkGroup")


def test_the_workgroup_sets_place_encryption_and_limit_of_each_query() -> None:
    found = pipeline(queries=Queries(bytes_scanned_limit=cdk.Size.gibibytes(1)))
    (results,) = [id_ for id_ in found.of_type("AWS::S3::Bucket") if "Results" in id_]
    configuration = found.only("AWS::Athena::WorkGroup")["WorkGroupConfiguration"]
    assert configuration["EnforceWorkGroupConfiguration"] is True
    assert configuration["BytesScannedCutoffPerQuery"] == 1024**3
    result = configuration["ResultConfiguration"]
    assert flat(result["OutputLocation"]) == f"s3://<{results}>/"
    assert result["EncryptionConfiguration"] == {"EncryptionOption": "SSE_S3"}


def test_a_workgroup_that_was_used_can_go_and_come_back() -> None:
    """Its name is fixed, and Athena's DeleteWorkGroup refuses one that was used unless the option is on."""
    assert pipeline(queries=Queries()).only("AWS::Athena::WorkGroup")["RecursiveDeleteOption"] is True


def test_results_are_encrypted_with_the_pipelines_key_and_expire() -> None:
    found = pipeline(encryption=Encryption.kms(), queries=Queries(results_expire_after=cdk.Duration.days(3)))
    (key,) = found.of_type("AWS::KMS::Key")
    result = found.only("AWS::Athena::WorkGroup")["WorkGroupConfiguration"]["ResultConfiguration"]
    assert result["EncryptionConfiguration"] == {
        "EncryptionOption": "SSE_KMS",
        "KmsKey": {"Fn::GetAtt": [key, "Arn"]},
    }
    (rule,) = found.only("AWS::S3::Bucket", "Results")["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == 3


def test_the_saved_queries_are_in_the_workgroup() -> None:
    found = pipeline(queries=Queries())
    (workgroup,) = found.of_type("AWS::Athena::WorkGroup")
    (database,) = found.of_type("AWS::Glue::Database")
    queries = [one["Properties"] for one in found.of_type("AWS::Athena::NamedQuery").values()]
    assert {one["Name"] for one in queries} == set(NAMES)
    for one in queries:
        assert (one["WorkGroup"], one["Database"]) == ({"Ref": workgroup}, {"Ref": database})
        assert "FROM events\n" in one["QueryString"]
