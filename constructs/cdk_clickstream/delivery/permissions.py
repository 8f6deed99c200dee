"""Scope of the delivery role's permissions."""

from __future__ import annotations

from dataclasses import dataclass

from cdk_clickstream._validation import checked


@checked
@dataclass(frozen=True)
class Permissions:
    """Scope of the delivery role's permissions, narrower than in the AWS guide's sample policies.

    The sample policies (facts/iam.md#delivery-role) name whole buckets and log groups. Each restriction here can be
    turned off
    alone, should the service refuse it in your account.

    If another team makes the roles, ``aws_cdk.aws_iam.Role.customize_roles(stack, use_precreated_roles={...})``
    of the CDK takes theirs by their paths, such as ``"Shop/Clicks/Stream/Role"``, makes nothing of IAM, and writes down
    what each must allow.
    AWS: https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html

    Parameters
    ----------
    object_prefixes:
        Object actions only under the folders that the stream writes, not in the whole bucket. Default: ``True``.
    log_streams:
        Log events only into the stream's own log streams, not into the whole group. Default: ``True``.
    external_id:
        Firehose may take the role only for this account (``sts:ExternalId``), which stops another customer's stream
        from using it. AWS's 2023 guide has this condition, the 2026 guide has none; Firehose still sends the id
        (facts/iam.md#trust-policy). Default: ``True``.
    lake_formation:
        The table of the format conversion is governed by Lake Formation, the pipeline's own included, as in accounts
        where new tables have no ``IAMAllowedPrincipals``: the role then gets ``lakeformation:GetDataAccess`` and,
        before the stream is made, ``DESCRIBE`` on a table of this account's catalog; of another account's its owner
        grants that. Whoever deploys has to be a data lake administrator, or may grant on the table.
        https://docs.aws.amazon.com/lake-formation/latest/dg/lake-formation-permissions-reference.html
        Default: ``False``.
    """

    object_prefixes: bool = True
    log_streams: bool = True
    external_id: bool = True
    lake_formation: bool = False
