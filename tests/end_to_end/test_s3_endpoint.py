"""`--s3-endpoint`: objects at moto's server instead of the data directory, under the same keys."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from click.testing import CliRunner, Result

from clickstream_local.cli import main
from clickstream_local.common.catalog import Catalog
from clickstream_local.demo.runtime_process import RuntimeProcessError, running
from clickstream_local.failures.objects import unzipped
from clickstream_local.firehose.stages.s3_delivery import DeliveryError
from clickstream_local.testing import LocalPipeline
from support.moto_server import moto_server
from support.small_template import small_template


def keys(s3: Any, prefix: str = "") -> list[str]:
    return [found["Key"] for found in s3.list_objects_v2(Bucket="lake", Prefix=prefix).get("Contents", ())]


def body(s3: Any, key: str) -> bytes:
    return bytes(s3.get_object(Bucket="lake", Key=key)["Body"].read())


def table_template(folder: Path) -> Path:
    """The small pipeline with a Glue table over what it delivers."""
    table = """
  Database:
    Type: AWS::Glue::Database
    Properties: {CatalogId: !Ref AWS::AccountId, DatabaseInput: {Name: web}}
  Table:
    Type: AWS::Glue::Table
    Properties:
      CatalogId: !Ref AWS::AccountId
      DatabaseName: !Ref Database
      TableInput:
        Name: events
        StorageDescriptor: {Location: s3://lake/data/, Columns: [{Name: EVENT_NAME, Type: string}]}
  Api:
"""
    path = small_template(folder)
    path.write_text(path.read_text().replace("\n  Api:\n", table, 1))
    return path


def clickstream(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_objects_go_to_the_endpoint_under_the_keys_of_the_service_and_not_to_the_data_directory(
    s3: Any, server: str, tmp_path: Path
) -> None:
    """facts/firehose.md#object-names: evaluated prefix, stream name, version, time and an id; the bucket is made on
    this machine.
    """
    with LocalPipeline(small_template(tmp_path), data_dir=tmp_path / "data", s3_endpoint=server) as pipeline:
        pipeline.post({"event_name": "click"})
        pipeline.put("poison\n")
        pipeline.flush()
        day = pipeline.now.date().isoformat()
    (data,) = keys(s3, "data/")
    assert data.startswith(f"data/{day}/clicks-1-{day}-")
    assert body(s3, data) == b'{"EVENT_NAME": "CLICK"}\n'
    (backup,) = keys(s3, "backup")
    assert unzipped(body(s3, backup)) == b'{"event_name": "click"}\npoison\n'
    assert len(keys(s3, "errors/processing-failed/")) == 1
    assert not list((tmp_path / "data").rglob("s3*"))


def test_a_test_s_pipeline_reads_back_what_it_delivered_there(s3: Any, server: str, tmp_path: Path) -> None:
    with LocalPipeline(table_template(tmp_path), data_dir=tmp_path / "data", s3_endpoint=server) as pipeline:
        pipeline.put({"event_name": "click"}, "poison\n")
        pipeline.flush()
        assert pipeline.rows() == [{"event_name": "CLICK"}]
        assert [failed.raw for failed in pipeline.errors()] == [b"poison\n"]
        assert pipeline.backups() == [b'{"event_name": "click"}\npoison\n']
        (backup,) = pipeline.objects("backup")
        assert (backup.key, backup.content_encoding) == (keys(s3, "backup")[0], "gzip")


def test_query_sees_objects_that_came_changed_and_went(s3: Any, server: str, tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with LocalPipeline(table_template(tmp_path), data_dir=data_dir, s3_endpoint=server) as pipeline:
        pipeline.put({"event_name": "first"})
    query = ("query", "SELECT event_name FROM events", "--data-dir", data_dir, "--format", "json")
    assert [json.loads(line)["event_name"] for line in clickstream(*query).output.splitlines()] == ["FIRST"]
    (first,) = keys(s3, "data/")
    s3.put_object(Bucket="lake", Key=first, Body=b'{"EVENT_NAME": "CHANGED"}\n')
    s3.put_object(Bucket="lake", Key="data/by-hand", Body=b'{"EVENT_NAME": "NEW"}\n')
    s3.put_object(Bucket="lake", Key="data/folder/", Body=b"")
    assert sorted(json.loads(line)["event_name"] for line in clickstream(*query).output.splitlines()) == [
        "CHANGED",
        "NEW",
    ]
    s3.delete_object(Bucket="lake", Key=first)
    assert [json.loads(line)["event_name"] for line in clickstream(*query).output.splitlines()] == ["NEW"]


def test_replay_removes_error_objects_at_the_endpoint(s3: Any, server: str, tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with LocalPipeline(small_template(tmp_path), data_dir=data_dir, s3_endpoint=server) as pipeline:
        pipeline.put("poison\n")
        pipeline.flush()
        assert "Lambda.ProcessingFailedStatus" in clickstream("errors", "--data-dir", data_dir, "--json").output
        done = clickstream("replay", "--data-dir", data_dir, "--url", pipeline.url, "--remove")
        assert "removed 1 error objects" in done.output
        assert keys(s3, "errors/") == []


def test_what_cannot_be_put_is_kept_and_delivered_once_it_can(s3: Any, tmp_path: Path) -> None:
    with contextlib.ExitStack() as to_be_ended:
        with moto_server() as url:
            pipeline = to_be_ended.enter_context(
                LocalPipeline(small_template(tmp_path), data_dir=tmp_path / "data", s3_endpoint=url)
            )
        pipeline.put("kept\n")
        with pytest.raises(DeliveryError, match=f"cannot write s3://lake/.* to {url}: Could not connect"):
            pipeline.flush()
        assert (pipeline.counts()["records_buffered"], pipeline.counts()["records_delivered"]) == (1, 0)
        with moto_server(urlsplit(url).port or 0):
            pipeline.flush()
            assert [body(s3, key) for key in keys(s3, "data/")] == [b"KEPT\n"]
            assert [unzipped(body(s3, key)) for key in keys(s3, "backup")] == [b"kept\n"]
            pipeline.stop()


def test_an_end_that_cannot_put_says_what_is_lost_and_no_secret(s3: Any, tmp_path: Path) -> None:
    with moto_server() as url:
        options = ["--s3-endpoint", url]
        started = running(small_template(tmp_path), tmp_path / "data", buffer_interval=600, options=options)
        runtime = started.__enter__()
    client = boto3.client("firehose", endpoint_url=runtime.url, region_name="us-east-1")
    client.put_record(DeliveryStreamName="clicks", Record={"Data": b"lost\n"})
    with pytest.raises(RuntimeProcessError, match="ended with 1") as ended:
        started.__exit__(None, None, None)
    assert f"to {url}: Could not connect" in str(ended.value)
    assert "1 records were not delivered and are lost" in str(ended.value)
    assert "very-secret" not in str(ended.value)
    assert "Traceback" not in str(ended.value)


def test_a_bucket_that_was_removed_is_made_again(s3: Any, server: str, tmp_path: Path) -> None:
    with LocalPipeline(small_template(tmp_path), data_dir=tmp_path / "data", s3_endpoint=server) as pipeline:
        s3.delete_bucket(Bucket="lake")
        pipeline.put("a\n")
    assert len(keys(s3, "data/")) == 1


def test_the_catalog_holds_the_endpoint_and_no_credentials(s3: Any, server: str, tmp_path: Path) -> None:
    with LocalPipeline(small_template(tmp_path), data_dir=tmp_path / "data", s3_endpoint=server):
        assert Catalog.read(tmp_path / "data").s3_endpoint == server
    assert not [
        path for path in (tmp_path / "data").rglob("*") if path.is_file() and b"very-secret" in path.read_bytes()
    ]
