from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from cdk_clickstream import ApiAuth, Quota, Throttle
from support.endpoints import api, api_in, method, routes
from support.stacks import Synthesized, flat, new_stack


def test_an_open_endpoint_has_no_key_and_no_authorizer(reference: Synthesized) -> None:
    post = method(reference, "POST")
    assert (post["AuthorizationType"], post["ApiKeyRequired"]) == ("NONE", False)


def test_an_api_key_comes_with_a_usage_plan() -> None:
    found = api(auth=ApiAuth.api_key(throttle=Throttle(10, 5), quota=Quota(1000, apigateway.Period.MONTH)))
    needed = {route: one.get("ApiKeyRequired", False) for route, one in routes(found).items()}
    assert needed == {
        ("events", "POST"): True,
        ("events", "OPTIONS"): False,
        ("records", "POST"): True,
        ("records", "OPTIONS"): False,
        ("health", "GET"): False,
    }
    plan = found.only("AWS::ApiGateway::UsagePlan")
    assert plan["Throttle"] == {"RateLimit": 10, "BurstLimit": 5}
    assert plan["Quota"] == {"Limit": 1000, "Period": "MONTH"}
    assert len(plan["ApiStages"]) == 1
    assert found.only("AWS::ApiGateway::UsagePlanKey")["KeyType"] == "API_KEY"


def test_an_existing_key_is_taken_and_more_keys_can_join() -> None:
    stack = new_stack()
    key = apigateway.ApiKey.from_api_key_id(stack, "Company", "company-key")
    api = api_in(stack, auth=ApiAuth.api_key(key=key))
    assert api.usage_plan is not None
    api.usage_plan.add_api_key(apigateway.ApiKey(stack, "Partner"))
    found = Synthesized(stack)
    (partner,) = found.of_type("AWS::ApiGateway::ApiKey")
    keys = [one["Properties"]["KeyId"] for one in found.of_type("AWS::ApiGateway::UsagePlanKey").values()]
    assert keys == ["company-key", {"Ref": partner}]


def test_a_browser_may_send_the_key() -> None:
    stack = new_stack()
    api_in(stack, auth=ApiAuth.api_key())
    (answer,) = method(Synthesized(stack), "OPTIONS")["Integration"]["IntegrationResponses"]
    allowed = answer["ResponseParameters"]["method.response.header.Access-Control-Allow-Headers"]
    assert allowed == "'Content-Type,X-Api-Key'"


def test_iam_callers_can_be_granted_the_methods_that_take_events_alone() -> None:
    stack = new_stack()
    api = api_in(stack, auth=ApiAuth.iam())
    api.grant_invoke(iam.Role(stack, "Caller", assumed_by=iam.AccountRootPrincipal()))
    found = Synthesized(stack)
    assert method(found, "POST")["AuthorizationType"] == "AWS_IAM"
    (statement,) = found.statements("Caller").values()
    assert statement["Action"] == "execute-api:Invoke"
    assert [flat(one).split("/", 2)[2] for one in statement["Resource"]] == ["POST/events", "POST/records"]
    template = flat(method(found, "POST")["Integration"]["RequestTemplates"]["application/json"])
    assert "$!context.identity.userArn" in template


def test_a_user_pool_authorizer_gives_the_subject_as_principal() -> None:
    stack = new_stack()
    pool = cognito.UserPool(stack, "Pool")
    authorizer = apigateway.CognitoUserPoolsAuthorizer(stack, "Authorizer", cognito_user_pools=[pool])
    api_in(stack, auth=ApiAuth.authorizer(authorizer))
    post = method(Synthesized(stack), "POST")
    assert post["AuthorizationType"] == "COGNITO_USER_POOLS"
    template = flat(post["Integration"]["RequestTemplates"]["application/json"])
    assert "$!context.authorizer.claims.sub" in template


def deployments(seconds: int) -> set[str]:
    stack = new_stack()
    handler = lambda_.Function.from_function_arn(stack, "F", "arn:aws:lambda:eu-west-1:111122223333:function:auth")
    authorizer = apigateway.TokenAuthorizer(
        stack, "Authorizer", handler=handler, results_cache_ttl=cdk.Duration.seconds(seconds)
    )
    api_in(stack, auth=ApiAuth.authorizer(authorizer))
    return set(Synthesized(stack).of_type("AWS::ApiGateway::Deployment"))


def test_a_changed_authorizer_is_deployed() -> None:
    """facts/api-gateway.md#deployments: a deployment is a snapshot; a stage would keep the old authorizer."""
    assert deployments(10) == deployments(10) != deployments(20)
