"""What `make integ` asks of an account: moto's server where it knows the service, beside the local runtime.

Nothing here has seen AWS: moto takes the calls by the services' models and keeps what it is given. It checks no right.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack

import boto3
import pytest

from integ.deployment import Deployment
from integ.run import deployed_locally
from support.integ.app import integ_app
from support.integ.runs import Running, simulated
from support.moto_server import moto_server


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    with moto_server() as url:
        yield url


@pytest.fixture
def session(moto: str, monkeypatch: pytest.MonkeyPatch) -> boto3.Session:
    """Credentials for moto's account, which all tests share."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "anyone",
        "AWS_SECRET_ACCESS_KEY": "anything",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": moto,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    return boto3.Session()


@pytest.fixture(scope="session")
def running(moto: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Both stacks in the local runtime, by name; their objects go to moto."""
    app = integ_app()
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "anyone")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "anything")

        def start(name: str) -> Deployment:
            folder, options = tmp_path_factory.mktemp("run"), ["--s3-endpoint", moto]
            return stack.enter_context(deployed_locally(app.assembly, name, folder, options=options))

        yield {"Core": start(app.core.stack_name), "Edges": start(app.edges.stack_name)}


@pytest.fixture
def core(running: Running, session: boto3.Session) -> Deployment:
    return simulated(running["Core"], session)


@pytest.fixture
def queried(running: Running, session: boto3.Session) -> Deployment:
    """A run with a workgroup of its own."""
    name = f"workgroup-{secrets.token_hex(3)}"
    session.client("athena").create_work_group(Name=name, Configuration={"EnforceWorkGroupConfiguration": True})
    return simulated(running["Core"], session, MainWorkgroup=name)
