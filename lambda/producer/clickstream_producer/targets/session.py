"""Credentials and region of a target: explicit, by profile, by role, or by the standard chain."""

from __future__ import annotations

import encodings.idna  # noqa: F401 - the first connection imports it otherwise: in a thread, when a fork may hit it
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from itertools import chain
from typing import Any, Literal

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import DeferredRefreshableCredentials, create_assume_role_refresher
from botocore.exceptions import BotoCoreError
from botocore.loaders import create_loader

from clickstream_producer.errors import InvalidOption, are_texts, check_type

_KEYS = {
    "access_key_id": "aws_access_key_id",
    "secret_access_key": "aws_secret_access_key",
    "session_token": "aws_session_token",
}

_ENDPOINTS = {"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_FIREHOSE", "AWS_ENDPOINT_URL_KINESIS"}

_CONFIG = Config(
    # The sender retries by its own policy, knowing which records failed; attempts hidden in the SDK would only make
    # the waiting times unbounded. The mode is named since the SDK's default depends on its version
    # (facts/peers.md#findings).
    retries={"mode": "standard", "total_max_attempts": 1},
    connect_timeout=5,
    read_timeout=30,
    tcp_keepalive=True,
    user_agent_extra="clickstream-producer",
)


class _Secrets(dict[str, str]):
    """Credentials that show their names only, wherever an object is printed."""

    def __repr__(self) -> str:
        return f"<{', '.join(self)}>"


@dataclass(eq=False, kw_only=True)
class AwsSession:
    """Where requests go, and as whom; the options are documented at :class:`~clickstream_producer.FirehoseStream`."""

    region: str | None = None
    endpoint_url: str | None = None
    profile: str | None = None
    credentials: Mapping[str, str] | None = field(default=None, repr=False)
    role_arn: str | None = None

    def __post_init__(self) -> None:
        """Check what can be checked without reading a file."""
        for option in ("region", "endpoint_url", "profile", "role_arn"):
            value = getattr(self, option)
            check_type(option, value, value is None or isinstance(value, str), "a text, or left out")
        wanted = "a dict of texts: access_key_id, secret_access_key and, for temporary ones, session_token"
        check_type(
            "credentials",
            self.credentials,
            self.credentials is None or are_texts(self.credentials),
            wanted,
            secret=True,
        )
        if self.credentials is not None:
            if self.profile is not None:
                raise InvalidOption(
                    f"profile={self.profile!r} and credentials are both given: they name two identities, leave one out"
                )
            unknown = sorted(set(self.credentials) - set(_KEYS))
            missing = sorted({"access_key_id", "secret_access_key"} - set(self.credentials))
            if unknown or missing:
                # Names only: a value here may be a secret.
                raise InvalidOption(
                    f"credentials has unknown keys {unknown} and lacks {missing}: "
                    "give access_key_id, secret_access_key and, for temporary ones, session_token"
                )
            self.credentials = _Secrets(self.credentials)
        if self.role_arn is not None and not self.role_arn.startswith("arn:"):
            raise InvalidOption(f"role_arn={self.role_arn!r} must be an ARN, arn:aws:iam::<account>:role/<name>")

    def given_session_options(self) -> list[str]:
        """Names of those options that were given, for messages."""
        return [option.name for option in fields(AwsSession) if getattr(self, option.name) is not None]

    def check(self) -> None:
        """Refuse what cannot work, before the first event is put; reads the configuration files, makes no request.

        Sets ``region`` to the one in effect: the option, ``AWS_DEFAULT_REGION``, ``AWS_REGION``, the profile's.

        Raises
        ------
        InvalidOption
            There is no region, or none of that name, or no such profile.
        """
        try:
            self.region = (
                self.region
                or os.environ.get("AWS_DEFAULT_REGION")
                or os.environ.get("AWS_REGION")
                or boto3.Session(profile_name=self.profile).region_name
            )
        except BotoCoreError as error:
            raise InvalidOption(f"profile={self.profile!r} cannot be used: {error}") from error
        if not self.region:
            raise InvalidOption(
                'region: there is none; give region="eu-central-1" (say), or set AWS_REGION, AWS_DEFAULT_REGION or the '
                "profile's region"
            )
        if self.endpoint_url or _ENDPOINTS & os.environ.keys():
            return  # it need not be one of AWS's
        known = sorted(
            chain.from_iterable(one["regions"] for one in create_loader().load_data("partitions")["partitions"])
        )
        if self.region not in known:
            close = " or ".join(get_close_matches(self.region, known, 3))
            raise InvalidOption(
                f"region={self.region!r} is none that botocore {botocore.__version__} knows"
                f"{f' (meant: {close}?)' if close else ''}: correct it; for a newer region update botocore, or give "
                "endpoint_url"
            )

    def make_client(self, service: Literal["firehose", "kinesis"]) -> Any:
        """Make a client of a service; reads the configuration files and may call STS."""
        keys: dict[str, Any] = {_KEYS[name]: value for name, value in (self.credentials or {}).items()}
        core = botocore.session.get_session()
        session = boto3.Session(botocore_session=core, region_name=self.region, profile_name=self.profile, **keys)
        if self.role_arn is not None:
            session = _assume(session, self.role_arn)
        config = _CONFIG.merge(Config(user_agent=_user_agent(core)))
        return session.client(service, endpoint_url=self.endpoint_url, config=config)


def _assume(base: boto3.Session, role_arn: str) -> boto3.Session:
    refresh = create_assume_role_refresher(
        base.client("sts", config=_CONFIG), {"RoleArn": role_arn, "RoleSessionName": "clickstream-producer"}
    )
    core = botocore.session.get_session()
    # botocore has no public way to hand refreshable credentials to a session; this attribute is the customary one.
    core._credentials = DeferredRefreshableCredentials(refresh_using=refresh, method="assume-role")  # type: ignore[attr-defined]
    return boto3.Session(botocore_session=core, region_name=base.region_name)


def _user_agent(core: botocore.session.Session) -> str:
    """What boto3 tells of itself, as one text: otherwise it is put together anew for every request, out of 20 parts."""
    application = core.get_config_variable("user_agent_appid")
    versions = f"Boto3/{boto3.__version__} Botocore/{botocore.__version__} lang/python#{platform.python_version()}"
    return f"{versions} app/{application}" if application else versions
