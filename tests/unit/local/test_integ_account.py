"""What `make integ` asks of an account: against moto's server where it knows the service, beside the local runtime.

Nothing here has seen AWS: moto takes the calls by the services' models and keeps what it is given. It checks no right.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from integ.account import LOGGING_ROLE, OPT_IN, RefusalError, SkipError, check_account, logging_role
from integ.aws_account import AwsAccount
from integ.checks import CHECKS
from integ.checks.queries import watched
from integ.deployment import Deployment
from integ.leftovers import delete_log_groups
from integ.local_runtime import LocalRuntime
from integ.outcome import Outcome, Verdict
from integ.run import deployed_locally
from integ.runner import run_checks
from integ.settings import LoggingRole
from support.checkout import CHECKOUT
from support.integ_app import integ_app
from support.integ_stand_ins import Probe, Simulated, distribution
from support.moto_server import moto_server

pytestmark = pytest.mark.xdist_group("integ")

ACCOUNT = "123456789012"
"""The account of everyone at moto's."""


@pytest.fixture(scope="module")
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


# Whether a run may begin


def test_a_run_begins_in_the_account_that_was_named(session: boto3.Session) -> None:
    check_account({OPT_IN: ACCOUNT}, session)


def test_credentials_of_another_account_are_refused(session: boto3.Session) -> None:
    with pytest.raises(RefusalError, match=f"are of account {ACCOUNT}, and {OPT_IN} names 999999999999"):
        check_account({OPT_IN: "999999999999"}, session)


def test_what_is_no_account_is_refused(session: boto3.Session) -> None:
    with pytest.raises(RefusalError, match="is no account: give its 12 digits"):
        check_account({OPT_IN: "production"}, session)


def test_without_a_region_nothing_is_deployed(session: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(SkipError, match="set AWS_REGION"):
        check_account({OPT_IN: ACCOUNT}, boto3.Session())


@pytest.mark.parametrize(
    ("named", "code", "said"),
    [
        ({}, 0, f"integ: skipped, nothing was deployed: set {OPT_IN} to the 12 digits"),
        ({OPT_IN: ACCOUNT}, 0, "integ: skipped, nothing was deployed: there are no AWS credentials"),
        ({OPT_IN: "production"}, 1, "is no account"),
    ],
)
def test_the_command_says_in_one_sentence_why_it_did_nothing(
    tmp_path: Path, named: dict[str, str], code: int, said: str
) -> None:
    # No credentials anywhere: neither variables, nor files, nor a machine that has a role.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CLICKSTREAM_"))}
    environment |= {"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true", "PYTHONPATH": str(CHECKOUT / "tests")}
    command = [sys.executable, "-m", "integ", "--cdk", str(tmp_path / "no-cdk")]
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environment | named, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, (done.stdout + done.stderr).count("\n")) == (code, 1), done.stderr
    assert said in done.stdout + done.stderr


def test_a_logging_role_is_used_where_there_is_one_and_made_only_when_asked(session: boto3.Session) -> None:
    assert logging_role({}, session) is LoggingRole.NONE
    assert logging_role({LOGGING_ROLE: "make"}, session) is LoggingRole.MAKE
    with account_with_logging_role(session):
        assert logging_role({LOGGING_ROLE: "make"}, session) is LoggingRole.THERE
    with pytest.raises(RefusalError, match="set it to 'make', or not at all"):
        logging_role({LOGGING_ROLE: "yes"}, session)


@contextmanager
def account_with_logging_role(session: boto3.Session) -> Iterator[None]:
    apigateway = session.client("apigateway")
    for value in (f"arn:aws:iam::{ACCOUNT}:role/logs", ""):
        change = [{"op": "replace", "path": "/cloudwatchRoleArn", "value": value}]
        apigateway.update_account(patchOperations=change)
        if value:
            yield


# How an account is read


def test_objects_log_lines_and_keys_of_an_account_are_read(session: boto3.Session) -> None:
    place = AwsAccount(session)
    s3 = place.client("s3")
    s3.create_bucket(Bucket="integ-lake", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for key in ("events/a", "events/b", "errors/c"):
        s3.put_object(Bucket="integ-lake", Key=key, Body=key.encode())
    logs = place.client("logs")
    logs.create_log_group(logGroupName="/integ/group")
    logs.create_log_stream(logGroupName="/integ/group", logStreamName="s")
    now = 1_795_000_000_000
    logs.put_log_events(
        logGroupName="/integ/group", logStreamName="s", logEvents=[{"timestamp": now, "message": "one"}]
    )
    key = place.client("apigateway").create_api_key(name="k", value="a-value-of-twenty-chars")
    assert place.keys("integ-lake", "events/") == ["events/a", "events/b"]
    assert place.read("integ-lake", "events/b") == b"events/b"
    assert place.api_key(key["id"]) == "a-value-of-twenty-chars"
    assert place.log_lines("/integ/group") == ["one"]


def test_only_the_log_groups_of_the_runs_own_functions_are_deleted(session: boto3.Session) -> None:
    logs = session.client("logs")
    functions = ("Integ-a1-Core-X", "Integ-a10-Core-X", "Integration")
    names = [f"/aws/lambda/Clickstream{function}" for function in functions]
    for name in names:
        logs.create_log_group(logGroupName=name)
    assert delete_log_groups(logs, ["ClickstreamInteg-a1-Core", "ClickstreamInteg-a1-Edges"]) == names[:1]
    left = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/ClickstreamInteg")["logGroups"]
    assert [group["logGroupName"] for group in left] == sorted(names[1:])


# Checks that ask services which the local runtime does not have


@pytest.fixture(scope="module")
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


Running = dict[str, Deployment]


def simulated(on: Deployment, session: boto3.Session, functions: Any = None, **names: str) -> Deployment:
    """A run of its own in a stack that runs, with other names where they are given."""
    assert isinstance(on.place, LocalRuntime)
    outputs = {stack: {**found, **names} for stack, found in on.outputs.items()}
    return Deployment(Simulated(session, on.place, functions), outputs, secrets.token_hex(3))


@pytest.fixture
def core(running: Running, session: boto3.Session) -> Deployment:
    return simulated(running["Core"], session)


def outcome_of(id_: str, on: Deployment, between: Callable[[], object] = lambda: None) -> Outcome:
    """Run one check; ``between`` is what others do after it has sent."""
    steps = CHECKS[id_].begin(on)
    next(steps)
    between()
    with pytest.raises(StopIteration) as end:
        next(steps)
    found: Outcome = end.value.value
    return found


@pytest.fixture
def queried(running: Running, session: boto3.Session) -> Deployment:
    """A run with a workgroup of its own."""
    name = f"workgroup-{secrets.token_hex(3)}"
    session.client("athena").create_work_group(Name=name, Configuration={"EnforceWorkGroupConfiguration": True})
    return simulated(running["Core"], session, MainWorkgroup=name)


def test_rows_are_asked_of_athena_in_the_pipelines_workgroup(queried: Deployment, moto: str) -> None:
    names, athena = queried.names("Main"), queried.place.client("athena")
    # moto runs no query: it answers what it was told to.
    found = [[queried.event_id(f"athena-{number}"), "/cart", "x"] for number in range(3)]
    rows = [{"Data": [{"VarCharValue": cell} for cell in row]} for row in (["event_id", "page_path", "free"], *found)]
    told = {"account_id": ACCOUNT, "region": "eu-west-1", "results": [{"rows": rows, "column_info": []}]}
    request = urllib.request.Request(
        f"{moto}/moto-api/static/athena/query-results", json.dumps(told).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request).close()
    (outcome,) = run_checks([CHECKS["athena-rows"]], queried, lambda line: None).values()
    assert outcome.verdict is Verdict.HOLDS, outcome.evidence
    (query,) = athena.list_query_executions(WorkGroup=names.workgroup)["QueryExecutionIds"]
    asked = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
    assert asked["QueryExecutionContext"]["Database"] == names.database
    assert f'FROM "{names.table}"' in asked["Query"]


def test_other_rows_than_those_sent_are_found_out(queried: Deployment) -> None:
    (outcome,) = run_checks([CHECKS["athena-rows"]], queried, lambda line: None).values()
    assert (outcome.verdict, "found 0 rows of 3" in outcome.evidence) == (Verdict.DOES_NOT_HOLD, True)


def test_the_metrics_of_alarms_and_dashboard_are_looked_for_by_name_and_dimension(core: Deployment) -> None:
    metrics, cloudwatch = watched(core.names("Main")), core.place.client("cloudwatch")

    def publish(namespace: str, name: str, dimension: str, value: str) -> None:
        point = {"MetricName": name, "Value": 1, "Dimensions": [{"Name": dimension, "Value": value}]}
        cloudwatch.put_metric_data(Namespace=namespace, MetricData=[point])

    for metric in metrics[1:]:
        publish(*metric)
    core.place.patience = 1
    (missing,) = run_checks([CHECKS["metrics"]], core, lambda line: None).values()
    assert (missing.verdict, missing.evidence) == (Verdict.DOES_NOT_HOLD, "no points of IncomingRecords")
    assert outcome_of("metrics", core, lambda: publish(*metrics[0])).verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [({"StringEquals": {"sts:ExternalId": ACCOUNT}}, Verdict.HOLDS), ({}, Verdict.DOES_NOT_HOLD)],
)
def test_the_trust_of_the_delivery_role_is_read(
    running: Running, session: boto3.Session, condition: dict[str, Any], verdict: Verdict
) -> None:
    statement = {"Effect": "Allow", "Principal": {"Service": "firehose.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [statement | ({"Condition": condition} if condition else {})]}
    role = f"role-{secrets.token_hex(3)}"  # the local runtime's own names are longer than IAM's
    session.client("iam").create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(document))
    on = simulated(running["Core"], session, MainRole=role)
    (outcome,) = run_checks([CHECKS["external-id"]], on, lambda line: None).values()
    assert outcome.verdict is verdict


def test_a_stage_that_is_taken_without_a_logging_role_is_told_and_removed(core: Deployment) -> None:
    """moto refuses nothing here: what AWS answers is the question."""
    core.place.client("logs").create_log_group(logGroupName=core.names("Main").log_group)
    (outcome,) = run_checks([CHECKS["logging-role"]], core, lambda line: None).values()
    assert (outcome.verdict, outcome.broke) == (Verdict.DOES_NOT_HOLD, False)
    assert core.place.client("apigateway").get_rest_apis()["items"] == []


def test_an_account_that_has_a_logging_role_cannot_answer(core: Deployment, session: boto3.Session) -> None:
    with account_with_logging_role(session):
        (outcome,) = run_checks([CHECKS["logging-role"]], core, lambda line: None).values()
    assert (outcome.verdict, outcome.broke) == (Verdict.NOT_COVERED, False)


@pytest.mark.parametrize(("end", "verdict"), [(b"", Verdict.DOES_NOT_HOLD), (b"\n", Verdict.HOLDS)])
def test_records_of_a_rule_are_looked_at_for_their_newlines(
    running: Running, session: boto3.Session, end: bytes, verdict: Verdict
) -> None:
    """Nothing carries an event from moto's bus to the stream: the test does, with and without the newline."""
    bus = f"orders-{secrets.token_hex(3)}"
    session.client("events").create_event_bus(Name=bus)
    on = simulated(running["Core"], session, BusEventBus=bus)
    order = {"event_name": "order_placed", "value": 12.5}
    on.put("Bus", *(json.dumps(order | {"event_id": on.event_id(f"order-{one}")}).encode() + end for one in range(3)))
    (outcome,) = run_checks([CHECKS["bus-newline"]], on, lambda line: None).values()
    assert outcome.verdict is verdict, outcome.evidence


# What stands in front of an endpoint


def test_a_private_endpoint_takes_what_the_probe_signs_and_nothing_else(
    running: Running, session: boto3.Session
) -> None:
    on = simulated(running["Edges"], session, Probe(running["Edges"]))
    (outcome,) = run_checks([CHECKS["private-signed"]], on, lambda line: None).values()
    assert outcome.verdict is Verdict.HOLDS, outcome.evidence


IPV4, IPV6 = (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")


@pytest.mark.parametrize(
    ("header", "ways", "verdict"),
    [
        ("{address}:{port}", [IPV4, IPV6], Verdict.HOLDS),
        ("{address}:{port}", [IPV4], Verdict.NOT_COVERED),
        ("127.0.0.9:{port}", [IPV4, IPV6], Verdict.DOES_NOT_HOLD),
        ("port {port} of {address}", [IPV4, IPV6], Verdict.DOES_NOT_HOLD),
        ("[{address}]:{port}", [IPV4, IPV6], Verdict.DOES_NOT_HOLD),
    ],
)
def test_the_viewers_address_is_compared_with_the_one_seen_past_the_distribution(
    running: Running,
    session: boto3.Session,
    monkeypatch: pytest.MonkeyPatch,
    header: str,
    ways: list[tuple[socket.AddressFamily, str]],
    verdict: Verdict,
) -> None:
    resolve = socket.getaddrinfo

    def with_the_distribution(host: str, port: int, *arguments: Any, **options: Any) -> list[Any]:
        if host != "distribution.test":
            return resolve(host, port, *arguments, **options)
        return [(family, socket.SOCK_STREAM, 6, "", (address, port)) for family, address in ways]

    monkeypatch.setattr(socket, "getaddrinfo", with_the_distribution)
    with distribution(running["Edges"].names("Fronted").endpoint, header) as url:
        on = simulated(running["Edges"], session, FrontedDistribution=url)
        (outcome,) = run_checks([CHECKS["viewer-address"]], on, lambda line: None).values()
    assert (outcome.verdict, outcome.broke) == (verdict, False), outcome.evidence
