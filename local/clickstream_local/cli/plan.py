"""``clickstream plan``: what a deployment does to data, before it is made."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from rich.console import Console

from clickstream_local.assembly.errors import AssemblyError
from clickstream_local.cli import options
from clickstream_local.plan.deployed import deployed_stack
from clickstream_local.plan.errors import PlanError
from clickstream_local.plan.plan import plan as findings_of
from clickstream_local.plan.report import document, harmful, print_plan
from clickstream_local.plan.sides import pairs, read_side


class _UnreadableError(click.ClickException):
    exit_code = 2


@click.command()
@click.argument("sides", nargs=-1, type=click.Path(path_type=Path), metavar="[OLD] NEW")
@click.option("--stack", metavar="NAME", help="Take the deployed stack as OLD, by CloudFormation's GetTemplate.")
@click.option("--stack-name", metavar="NAME", help="The one stack to compare.  [default: all, by their names]")
@click.option(
    "--parameter",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="Value of a template parameter; repeatable.  [default: a new one takes its default, others are not known]",
)
@click.option("--region", help="Region of --stack.  [default: what boto3 finds]")
@click.option("--profile", help="Profile of the credentials for --stack.  [default: what boto3 finds]")
@click.option("--endpoint-url", metavar="URL", help="Where CloudFormation's API is.  [default: the region's]")
@click.option(
    "--accept-code",
    is_flag=True,
    help="Count new code as harmless, since you tried it: of functions, mapping templates and request models.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
def plan(
    sides: tuple[Path, ...],
    stack: str | None,
    stack_name: str | None,
    parameters: tuple[str, ...],
    region: str | None,
    profile: str | None,
    endpoint_url: str | None,
    accept_code: bool,
    as_json: bool,
) -> None:
    """Say what a deployment of NEW over OLD does to data: buffers, columns, rights, addresses, what cannot be undone.

    OLD and NEW are templates (JSON or YAML) or cloud assemblies (cdk.out). With --stack, OLD is what is deployed, and
    NEW alone is given. What plan does not know it calls unknown, never safe.

    Exits with 0 when nothing is harmful, with 1 when something is harmful, cannot be undone, is not known or is new
    code (unless --accept-code is given), and with 2 when the two cannot be compared.

    Example: clickstream plan --stack Clickstream cdk.out
    """
    wanted = 1 if stack else 2
    if len(sides) != wanted:
        form = (
            "--stack NAME takes the place of OLD: give NEW alone"
            if stack
            else "give OLD and NEW, or --stack NAME and NEW"
        )
        raise click.UsageError(f"{len(sides)} given: {form}")
    if not stack and (region or profile or endpoint_url):
        raise click.UsageError("--region, --profile and --endpoint-url are for --stack; give that too")
    values = dict(options.pair("--parameter", given, "NAME=VALUE") for given in parameters)
    try:
        new = read_side(sides[-1])
        if stack:
            deployed = deployed_stack(stack, region=region, profile=profile, endpoint_url=endpoint_url)
            both = pairs([deployed], new, stack_name=stack_name, deployed=True)
        else:
            both = pairs(read_side(sides[0]), new, stack_name=stack_name)
        findings = findings_of(both, values)
    except (AssemblyError, PlanError) as error:
        raise _UnreadableError(str(error)) from None
    if as_json:
        print(json.dumps(document(findings, accept_code=accept_code), indent=2, ensure_ascii=False))
    else:
        print_plan(Console(highlight=False, emoji=False), findings, accept_code=accept_code)
    sys.exit(1 if harmful(findings, accept_code=accept_code) else 0)
