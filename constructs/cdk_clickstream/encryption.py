"""Encryption at rest: of the bucket, of the objects and of what Firehose buffers."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_kms as kms


@dataclass(frozen=True)
class Encryption:
    """Which keys protect the data. Made by :meth:`aws_managed` or :meth:`kms`.

    Everything is encrypted either way; with a customer managed key its policy also decides who reads.
    """

    customer_managed: bool
    key: kms.IKey | None = None

    @classmethod
    def aws_managed(cls) -> Encryption:
        """S3-managed keys for objects, an AWS-owned key for the streams' buffers. The default; costs nothing."""
        return cls(customer_managed=False)

    @classmethod
    def kms(cls, key: kms.IKey | None = None) -> Encryption:
        """Use one customer managed KMS key for objects and for the streams' buffers.

        Callers of PutRecord then need ``kms:GenerateDataKey`` and ``kms:Decrypt`` on the key (aws-facts 1.5): the
        API's role and :meth:`~cdk_clickstream.DeliveryStream.grant_put_records` give both. Whoever deploys needs
        ``kms:CreateGrant``.

        Parameters
        ----------
        key:
            A symmetric key whose policy lets IAM policies grant its use. Default: a new key, rotated yearly.
        """
        return cls(customer_managed=True, key=key)
