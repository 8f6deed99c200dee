"""``python -m integ``, which ``make integ`` runs: see docs/deploy.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from integ.account import RefusalError, SkipError
from integ.cdk_cli import CHECKOUT, CdkError
from integ.run import RunOptions, destroy_run, rehearse, run_in_account

_CDK = CHECKOUT / "tools" / "cdk-cli" / "node_modules" / "aws-cdk" / "bin" / "cdk"


def main(arguments: list[str] | None = None) -> int:
    """Run; 0 if nothing wants attention or nobody asked for a run, 1 otherwise."""
    options = _parser().parse_args(arguments)
    console = Console() if sys.stdout.isatty() else Console(width=160)
    run = RunOptions(options.cdk, edges=not options.without_edges, keep=options.keep)
    try:
        if options.destroy:
            destroy_run(run, options.destroy, console)
            return 0
        well = rehearse(run, console) if options.local else run_in_account(run, console)
    except SkipError as skip:
        print(f"integ: skipped, {skip}")
        return 0
    except (CdkError, RefusalError) as error:
        print(f"integ: {error}", file=sys.stderr)
        return 1
    return 0 if well else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("integ", description="Check on a real account what docs/unverified.md lists.")
    parser.add_argument("--local", action="store_true", help="rehearse on the local runtime: needs no account")
    parser.add_argument("--without-edges", action="store_true", help="leave CloudFront and the VPC out: half the time")
    parser.add_argument("--keep", action="store_true", help="leave the stacks, to look at them")
    parser.add_argument("--destroy", metavar="RUN", help="delete the stacks of a run that was kept")
    parser.add_argument("--cdk", type=Path, default=_CDK, help="script of the CDK command line")
    return parser


if __name__ == "__main__":
    sys.exit(main())
