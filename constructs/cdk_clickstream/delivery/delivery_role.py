"""The role by which Firehose delivers one stream."""

from __future__ import annotations

from collections.abc import Iterable

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_clickstream.delivery.permissions import Permissions


class DeliveryRole(iam.Role):
    """A role that Firehose takes for one delivery stream (facts/iam.md#delivery-role).

    It begins without a right: each part of the stream adds the statements that it needs when it is bound.
    """

    def __init__(self, scope: Construct, id: str, *, permissions: Permissions) -> None:  # noqa: A002
        super().__init__(
            scope,
            id,
            assumed_by=iam.ServicePrincipal("firehose.amazonaws.com"),
            external_ids=[cdk.Stack.of(scope).account] if permissions.external_id else None,
            description="Lets Firehose deliver one stream",
        )
        self.permissions = permissions
        self.prerequisites: list[cdk.CfnResource] = []
        """What else has to be there before the service tries the role, such as grants of Lake Formation."""

    def allow(
        self,
        sid: str,
        actions: Iterable[str],
        resources: Iterable[str],
        conditions: dict[str, dict[str, object]] | None = None,
    ) -> None:
        """Add one statement to the policy."""
        self.add_to_policy(
            iam.PolicyStatement(sid=sid, actions=list(actions), resources=list(resources), conditions=conditions)
        )


def depend_on_policy(resource: cdk.CfnResource, role: iam.Role) -> None:
    """Make a resource depend on the role's policy: the service tries the role at once (facts/iam.md#callers).

    A role that somebody else makes, by ``iam.Role.customize_roles``, has no policy here.
    """
    policy = role.node.try_find_child("DefaultPolicy")
    if policy is not None:
        resource.node.add_dependency(policy)
    for grant in role.prerequisites if isinstance(role, DeliveryRole) else ():
        resource.node.add_dependency(grant)
