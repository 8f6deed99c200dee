from __future__ import annotations

from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_glue as glue
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from cdk_clickstream._claims import claim_once, identity_of
from support.stacks import CONTEXT, new_stack, refusal

ENV = cdk.Environment(account="111122223333", region="eu-west-1")
OTHER = cdk.Environment(account="444455556666", region="eu-west-1")


def _names(app: cdk.App) -> tuple[cdk.Stack, dict[str, str]]:
    """Names of one bucket, which is called lake, as different stacks have them."""
    owner, user = cdk.Stack(app, "Owner"), cdk.Stack(app, "User")
    made = s3.Bucket(owner, "Bucket", bucket_name="lake")
    resource = made.node.default_child
    assert isinstance(resource, s3.CfnBucket)
    return user, {
        "made": made.bucket_name,
        "by its name": s3.Bucket.from_bucket_name(user, "Name", "lake").bucket_name,
        "by its ARN": s3.Bucket.from_bucket_arn(user, "Arn", "arn:aws:s3:::lake").bucket_name,
        "by a token": s3.Bucket.from_bucket_name(user, "Token", made.bucket_name).bucket_name,
        "by its resource": s3.Bucket.from_cfn_bucket(resource).bucket_name,
    }


def test_a_bucket_is_the_same_however_it_is_passed() -> None:
    user, names = _names(cdk.App(context=CONTEXT))
    assert {how: identity_of(user, name) for how, name in names.items()} == dict.fromkeys(names, "lake")


def test_buckets_without_a_name_are_told_apart_by_their_constructs() -> None:
    stack = new_stack()
    one, other = (identity_of(stack, s3.Bucket(stack, id_).bucket_name) for id_ in ("One", "Other"))
    assert one != other


@pytest.mark.parametrize(
    "name",
    [
        lambda stack: cdk.Fn.import_value("Lake"),
        lambda stack: ssm.StringParameter.value_for_string_parameter(stack, "/lake"),
        lambda stack: ssm.StringParameter.value_from_lookup(stack, "/lake"),
        lambda stack: f"lake-{stack.account}",
    ],
    ids=["export", "parameter store", "look-up", "account in the name"],
)
def test_what_a_value_of_the_place_names_is_the_same_in_one_place_only(name: Callable[[cdk.Stack], str]) -> None:
    app = cdk.App(context=CONTEXT)
    here, beside, elsewhere = (
        cdk.Stack(app, id_, env=env) for id_, env in (("Here", ENV), ("Beside", ENV), ("Elsewhere", OTHER))
    )
    identities = [identity_of(stack, name(stack)) for stack in (here, beside, elsewhere)]
    assert identities[0] == identities[1] != identities[2]


def test_a_database_and_a_domain_are_known_by_the_names_that_they_were_given() -> None:
    stack = new_stack()
    database = glue.CfnDatabase(stack, "Lake", catalog_id=stack.account, database_input={"name": "lake"})
    domain = apigateway.CfnDomainName(stack, "Domain", domain_name="a.example")
    assert [identity_of(stack, one.ref) for one in (database, domain)] == ["lake", "a.example"]


def _claim(scope: Construct) -> None:
    claim_once(scope, "table_name", "clicks", kind="table", identity="clicks", remedy="choose another")


def test_what_is_claimed_twice_is_refused_with_the_first_owner() -> None:
    app = cdk.App()
    _claim(cdk.Stack(app, "First", env=ENV))
    message = refusal(lambda: _claim(cdk.Stack(cdk.Stage(app, "Prod"), "Second")))
    assert message == "table_name='clicks': First has this table already. Choose another."


def test_one_name_in_two_accounts_is_none_too_many() -> None:
    app = cdk.App()
    _claim(cdk.Stack(app, "First", env=ENV))
    _claim(cdk.Stack(app, "Second", env=OTHER))


def test_two_stacks_of_one_name_lie_apart_so_their_parts_may_have_one_name() -> None:
    """CloudFormation has one stack of a name in an account and region."""
    app = cdk.App()
    for stage in ("Dev", "Prod"):
        _claim(cdk.Stack(cdk.Stage(app, stage), "Shop", stack_name="Shop"))


def test_two_apps_know_nothing_of_each_other() -> None:
    for _ in range(2):
        _claim(new_stack())
