"""A run from start to end: deploy, check, report, destroy; or a rehearsal of the checks on this machine."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from rich.console import Console

from clickstream_local.demo.runtime_process import running
from integ.account import check_account, logging_role
from integ.aws_account import AwsAccount
from integ.cdk_cli import CHECKOUT, CdkCli, CdkError
from integ.checks import CHECKS
from integ.deployment import Deployment
from integ.local_runtime import LocalRuntime
from integ.names import stack_names
from integ.outcome import NotHereError, Outcome
from integ.report import PAGE, lines_of, markdown, rows_of, show
from integ.runner import run_checks

_WARM_UP_SECONDS = 180.0
_WARM_UP_PAUSE = 5.0
_WITH_ENDPOINT = ("Main", "Keyed", "Fronted")


@dataclass(frozen=True)
class RunOptions:
    """What a run is to do.

    Attributes
    ----------
    cdk:
        Script of the CDK command line.
    edges:
        Whether the stack with the distribution and the VPC is deployed too.
    keep:
        Whether the stacks are left.
    """

    cdk: Path
    edges: bool
    keep: bool


def run_in_account(options: RunOptions, console: Console) -> bool:
    """Deploy, check and destroy in the account of the session; whether nothing wants attention.

    Raises
    ------
    SkipError, RefusalError
        See :func:`~integ.account.check_account`.
    CdkError
        If the core does not deploy, or a stack cannot be deleted.
    """
    session = boto3.Session()
    check_account(os.environ, session)
    role, suffix = logging_role(os.environ, session), secrets.token_hex(3)
    environment = AwsAccount(session)
    folder = CHECKOUT / "build" / f"integ-{suffix}"
    folder.mkdir(parents=True)
    cdk = CdkCli(
        options.cdk, region=environment.region, context={"suffix": suffix, "logging-role": role.value}, folder=folder
    )
    core, edges = stack_names(suffix)
    console.print(f"run {suffix} in {environment.region}; it takes half an hour, its deletion included")
    try:
        outputs = dict(cdk.deploy(core))
        if options.edges:
            try:
                outputs |= cdk.deploy(edges)
            except CdkError as error:
                console.print(f"[bold red]{error}[/]: what stands in front of an endpoint is not covered")
        on = Deployment(environment, outputs, suffix)
        warm_up(on)
        outcomes = run_checks(CHECKS.values(), on, console.print)
        write_report(outcomes, folder / "report.md", f"Integration run in {environment.region}", console)
    finally:
        if options.keep:
            console.print(f"the stacks are left; delete them with: make integ ARGS='--destroy {suffix}'")
        else:
            destroy(cdk, suffix, session, console)
    return not any(outcome.wants_attention for outcome in outcomes.values())


def destroy_run(options: RunOptions, suffix: str, console: Console) -> None:
    """Delete the stacks of an earlier run, in the same account.

    Raises
    ------
    SkipError, RefusalError, CdkError
        As :func:`run_in_account`.
    """
    session = boto3.Session()
    check_account(os.environ, session)
    with tempfile.TemporaryDirectory() as folder:
        context = {"suffix": suffix, "logging-role": logging_role(os.environ, session).value}
        cdk = CdkCli(options.cdk, region=session.region_name or "", context=context, folder=Path(folder))
        destroy(cdk, suffix, session, console)


def destroy(cdk: CdkCli, suffix: str, session: boto3.Session, console: Console) -> None:
    """Delete the stacks of a run, with what they leave; say what to do where that fails."""
    stacks = stack_names(suffix)
    try:
        cdk.destroy(stacks)
    except CdkError:
        console.print(
            f"[bold red]stacks are left[/], and cost: {', '.join(stacks)}. "
            f"Try again with: make integ ARGS='--destroy {suffix}'"
        )
        raise
    removed = delete_log_groups(session.client("logs"), stacks)
    console.print(f"destroyed {', '.join(stacks)}, and {len(removed)} log groups that they left")


def delete_log_groups(logs: Any, stacks: Sequence[str]) -> list[str]:
    """Delete the log groups that Lambda made by itself for functions of deleted stacks, and return their names.

    The pipelines' own log groups are resources of the stacks; the functions that the CDK adds (for the deletion of
    objects) have none.
    """
    found = [
        group["logGroupName"]
        for stack in stacks
        for page in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=f"/aws/lambda/{stack}-")
        for group in page["logGroups"]
    ]
    for name in found:
        logs.delete_log_group(logGroupName=name)
    return found


def rehearse(options: RunOptions, console: Console) -> bool:
    """Run the checks on the local runtime, from the template alone; whether nothing wants attention."""
    with tempfile.TemporaryDirectory(prefix="integ-") as name:
        folder = Path(name)
        cdk = CdkCli(options.cdk, region="us-east-1", context={"suffix": "local"}, folder=folder)
        outcomes = check_locally(cdk.synthesize(), stack_names("local")[0], folder, console)
        write_report(outcomes, CHECKOUT / "build" / "integ-local.md", "Rehearsal on the local runtime", console)
    return not any(outcome.wants_attention for outcome in outcomes.values())


def check_locally(assembly: Path, stack: str, folder: Path, console: Console) -> dict[str, Outcome]:
    """Run one stack of an assembly in ``clickstream local``, and all checks on it.

    Parameters
    ----------
    assembly, stack:
        What to run.
    folder:
        Where the data goes.
    console:
        Where progress goes.
    """
    with deployed_locally(assembly, stack, folder) as on:
        return run_checks(CHECKS.values(), on, console.print)


@contextmanager
def deployed_locally(
    assembly: Path, stack: str, folder: Path, *, patience: float = 30, options: Sequence[str] = ()
) -> Iterator[Deployment]:
    """Run one stack of an assembly in ``clickstream local``.

    Parameters
    ----------
    assembly, stack, folder:
        As for :func:`check_locally`.
    patience:
        Seconds that things have to arrive within.
    options:
        More options of ``clickstream local``.
    """
    outputs_file, data = folder / "outputs.json", folder / "data"
    arguments = ["--stack", stack, "--outputs-file", str(outputs_file), *options]
    with running(assembly, data, buffer_interval=600, options=arguments) as runtime:
        environment = LocalRuntime(runtime, assembly, data, patience=patience)
        streams = set(runtime.state()["delivery_streams"])
        outputs = json.loads(outputs_file.read_text(encoding="utf-8"))
        yield Deployment(environment, {name: of_streams(found, streams) for name, found in outputs.items()}, "local")


def of_streams(outputs: Mapping[str, str], streams: set[str]) -> dict[str, str]:
    """Leave out pipelines whose delivery stream does not run, by the output that names it."""
    return {
        name: value
        for name, value in outputs.items()
        if not name.endswith("Stream") or name.endswith("KinesisStream") or value in streams
    }


def warm_up(on: Deployment) -> None:
    """Wait until every endpoint takes an event: keys and roles that were just made are not known everywhere at once.

    An endpoint that never does is left to the checks.
    """
    deadline = time.monotonic() + _WARM_UP_SECONDS
    for pipeline in _WITH_ENDPOINT:
        try:
            while on.post(pipeline, {"event_name": "warm_up"}).status != 202 and time.monotonic() < deadline:
                time.sleep(_WARM_UP_PAUSE)
        except NotHereError:
            continue


def write_report(outcomes: Mapping[str, Outcome], file: Path, heading: str, console: Console) -> None:
    """Print the table, and write it as a page."""
    lines = lines_of(rows_of(PAGE.read_text(encoding="utf-8")), CHECKS, outcomes)
    show(lines, console)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(markdown(lines, heading), encoding="utf-8")
    console.print(f"report: {file.relative_to(CHECKOUT)}")
