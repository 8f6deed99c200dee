"""As whom requests are signed, and that no secret shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from clickstream_producer import FirehoseStream, InvalidOption, KinesisStream, Producer
from support.producer.sink import CREDENTIALS, Sink


def send_one(target: FirehoseStream) -> None:
    with Producer(target) as producer:
        producer.put(b"1")
        assert producer.flush(10).sent == 1


def test_explicit_credentials_sign(sink: Sink) -> None:
    send_one(FirehoseStream("clicks", region="eu-central-1", endpoint_url=sink.url, credentials=CREDENTIALS))
    assert sink.users == ["AKIDEXAMPLE"]


def test_a_profile_signs_and_brings_its_region(sink: Sink, tmp_path: Path) -> None:
    tmp_path.joinpath("credentials").write_text("[web]\naws_access_key_id=PROFILEKEY\naws_secret_access_key=s\n")
    tmp_path.joinpath("config").write_text("[profile web]\nregion=eu-west-1\n")
    target = FirehoseStream("clicks", endpoint_url=sink.url, profile="web")
    send_one(target)
    assert sink.users == ["PROFILEKEY"]
    assert target.connect().client.meta.region_name == "eu-west-1"


def test_a_role_is_assumed_with_the_credentials(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sink.url)
    send_one(
        FirehoseStream(
            "clicks",
            region="eu-central-1",
            endpoint_url=sink.url,
            credentials=CREDENTIALS,
            role_arn="arn:aws:iam::123456789012:role/writer",
        )
    )
    assert sink.users == ["ASIAwriter"]


def test_the_standard_chain_is_the_default(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "FROMENVIRONMENT")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    send_one(FirehoseStream("clicks", region="eu-central-1", endpoint_url=sink.url))
    assert sink.users == ["FROMENVIRONMENT"]


def test_credentials_that_come_late_are_found(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    # The metadata service of a starting container may not answer yet; nothing is lost meanwhile.
    target = FirehoseStream("clicks", region="eu-central-1", endpoint_url=sink.url)
    with Producer(target, retry_initial=0.01, retry_cap=0.05) as producer:
        producer.put(b"1")
        assert producer.flush(0.3).pending == 1
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "LATE")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
        assert producer.flush(10).sent == 1
    assert sink.users == ["LATE"]


def test_a_profile_together_with_credentials_is_refused() -> None:
    with pytest.raises(InvalidOption, match="profile='web' and credentials are both given"):
        FirehoseStream("clicks", profile="web", credentials=CREDENTIALS)


def test_wrong_keys_of_credentials_are_named_without_their_values() -> None:
    with pytest.raises(InvalidOption, match=r"unknown keys \['secret'\] and lacks \['secret_access_key'\]") as error:
        FirehoseStream("clicks", credentials={"access_key_id": "A", "secret": "hunter2"})
    assert "hunter2" not in str(error.value)


def test_a_role_that_is_no_arn_is_refused() -> None:
    with pytest.raises(InvalidOption, match="role_arn='writer' must be an ARN"):
        FirehoseStream("clicks", role_arn="writer")


def test_a_target_does_not_show_its_credentials() -> None:
    assert "not-a-secret" not in repr(vars(FirehoseStream("clicks", credentials=CREDENTIALS)))


def test_both_names_of_the_region_in_the_environment_are_read(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    target = FirehoseStream("clicks", endpoint_url=sink.url, credentials=CREDENTIALS)
    monkeypatch.setenv("AWS_REGION", "eu-west-3")
    send_one(target)
    assert target.connect().client.meta.region_name == "eu-west-3"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    other = FirehoseStream("clicks", endpoint_url=sink.url, credentials=CREDENTIALS)
    Producer(other)
    assert other.connect().client.meta.region_name == "eu-west-2"  # as boto3 decides in the same process


@pytest.mark.parametrize("kind", [FirehoseStream, KinesisStream])
def test_a_missing_region_is_told_when_the_producer_is_made(kind: type[FirehoseStream]) -> None:
    with pytest.raises(InvalidOption, match=r"region: there is none; .* AWS_REGION"):
        Producer(kind("clicks", credentials=CREDENTIALS))


@pytest.mark.parametrize("region", ["eu-centrall-1", "eu-central-9", "Frankfurt", "aws-global1", "eu-central-1 "])
def test_a_region_that_does_not_exist_is_told_when_the_producer_is_made(region: str) -> None:
    with pytest.raises(InvalidOption, match=f"region={region!r} is none that botocore"):
        Producer(FirehoseStream("clicks", region=region, credentials=CREDENTIALS))


def test_close_names_of_regions_are_offered() -> None:
    with pytest.raises(InvalidOption, match="meant: eu-central-1 or"):
        FirehoseStream("clicks", region="eu-centrall-1").check()


@pytest.mark.parametrize("region", ["eu-central-1", "us-gov-west-1", "cn-north-1", "eusc-de-east-1"])
def test_regions_of_every_partition_pass(region: str) -> None:
    FirehoseStream("clicks", region=region).check()


def test_an_endpoint_of_one_s_own_may_have_any_region(monkeypatch: pytest.MonkeyPatch) -> None:
    FirehoseStream("clicks", region="local", endpoint_url="http://127.0.0.1:1").check()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    FirehoseStream("clicks", region="local").check()


def test_a_profile_that_does_not_exist_is_told_when_the_producer_is_made() -> None:
    with pytest.raises(InvalidOption, match="profile='nobody' cannot be used"):
        Producer(FirehoseStream("clicks", profile="nobody"))
