"""The directory store: keys as paths, metadata beside the data, nothing half-written."""

from __future__ import annotations

from pathlib import Path

import pytest

from clickstream_local.s3.directory_store import DirectoryStore, StoreError


def test_an_object_is_a_file_under_its_bucket_and_key(tmp_path: Path) -> None:
    DirectoryStore(tmp_path).put("lake", "data/dt=2026-11-21/x.parquet", b"PAR1")
    assert (tmp_path / "s3/lake/data/dt=2026-11-21/x.parquet").read_bytes() == b"PAR1"


def test_metadata_is_kept_outside_of_the_data(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    store.put("lake", "a/b.gz", b"x", content_encoding="gzip", metadata={"k": "v"})
    head = store.head("lake", "a/b.gz")
    assert (head.content_encoding, head.content_type, head.metadata) == (
        "gzip",
        "application/octet-stream",
        {"k": "v"},
    )
    assert [path.name for path in (tmp_path / "s3").rglob("*") if path.is_file()] == ["b.gz"]


def test_a_second_put_replaces_the_object(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    store.put("lake", "k", b"old")
    store.put("lake", "k", b"new")
    assert store.get("lake", "k") == b"new"


@pytest.mark.parametrize(
    "key",
    ["../../escape", "a/../../b", "./x", "/absolute", "a//b", "..", "a/", "a\0b", "%00", "%2500", "a%+/b", "é" * 500],
)
def test_no_key_leaves_its_bucket_and_each_reads_back_by_its_own_name(tmp_path: Path, key: str) -> None:
    store = DirectoryStore(tmp_path / "root")
    written = store.put("lake", key, b"body")
    assert written.path.resolve().is_relative_to((tmp_path / "root/s3/lake").resolve())
    assert [found.key for found in store.list("lake")] == [key]
    assert store.get("lake", key) == b"body"


@pytest.mark.parametrize("bucket", ["", "..", "a/b", "."])
def test_a_bucket_name_that_is_a_path_is_refused(tmp_path: Path, bucket: str) -> None:
    with pytest.raises(StoreError, match="bucket name"):
        DirectoryStore(tmp_path).put(bucket, "k", b"")


@pytest.mark.parametrize(
    ("key", "reason"), [("", "1 to 1024 bytes"), ("é" * 513, "1026 bytes"), ("a\ud800", "surrogate")]
)
def test_a_key_that_s3_or_the_file_system_refuses_is_refused(tmp_path: Path, key: str, reason: str) -> None:
    with pytest.raises(StoreError, match=reason):
        DirectoryStore(tmp_path).put("lake", key, b"")


def test_listing_is_in_key_order_and_by_prefix(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    for key in ("b/2", "a/1", "b/1", "b.txt"):
        store.put("lake", key, b"")
    assert [found.key for found in store.list("lake")] == ["a/1", "b.txt", "b/1", "b/2"]
    assert [found.key for found in store.list("lake", "b/")] == ["b/1", "b/2"]


def test_a_write_that_fails_names_the_object_and_leaves_nothing(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    store.put("lake", "a", b"")
    with pytest.raises(StoreError, match=r"s3://lake/a/b to .*: "):
        store.put("lake", "a/b", b"")
    assert list((tmp_path / "s3-incomplete").iterdir()) == []
    assert [path.name for path in (tmp_path / "s3-metadata").rglob("*") if path.is_file()] == ["a.json"]


def test_reading_what_is_not_there_names_it(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="s3://lake/none"):
        DirectoryStore(tmp_path).get("lake", "none")


def test_buckets_are_listed_with_their_directories(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    assert store.buckets() == {}
    store.create_bucket("lake")
    assert store.buckets() == {"lake": tmp_path / "s3/lake"}
