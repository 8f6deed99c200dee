"""Whether a run may begin, and where."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from integ.account import LOGGING_ROLE, OPT_IN, RefusalError, SkipError, check_account, logging_role
from integ.names import LoggingRole
from support.checkout import CHECKOUT
from support.integ.runs import ACCOUNT, account_with_logging_role

pytestmark = pytest.mark.xdist_group("integ")


def test_a_run_begins_in_the_account_that_was_named(session: boto3.Session) -> None:
    check_account({OPT_IN: ACCOUNT}, session)


def test_credentials_of_another_account_are_refused(session: boto3.Session) -> None:
    with pytest.raises(RefusalError, match=f"are of account {ACCOUNT}, and {OPT_IN} names 999999999999"):
        check_account({OPT_IN: "999999999999"}, session)


def test_what_is_no_account_is_refused(session: boto3.Session) -> None:
    with pytest.raises(RefusalError, match="must be the 12 digits of an account"):
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
        ({OPT_IN: "production"}, 1, "must be the 12 digits"),
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
