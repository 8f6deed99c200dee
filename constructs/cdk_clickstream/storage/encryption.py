"""Encryption at rest: of Firehose's buffers, of the objects, the rejected events among them, and of logs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk.aws_kms import IKey
from constructs import Construct

from cdk_clickstream._identity import key_behind
from cdk_clickstream._validation import checked


@checked
@dataclass(frozen=True)
class Encryption:
    """KMS keys of buffers and objects. Made by :meth:`aws_managed`, :meth:`kms` or :meth:`objects_only`.

    Everything is encrypted either way; with a customer managed key its policy also decides who reads. A source backup
    can have a key of its own beside these: see :class:`~cdk_clickstream.SourceBackup`. Records that fail in the stream
    cannot: Firehose has one key for the objects of a destination, errors included
    (facts/cloudformation.md#delivery-stream).
    AWS: https://docs.aws.amazon.com/firehose/latest/dev/encryption.html

    Attributes
    ----------
    customer_managed:
        Whether there is a key at all.
    key:
        Of all that has no other; made on demand.
    objects, rejected:
        Of the objects, and of the rejected events among them, in place of :attr:`key`.
    buffers:
        Whether :attr:`key` also protects what the streams buffer.
    logs:
        Whether :attr:`key` also protects the log groups that are made.
    former:
        Of objects that were delivered before.
    """

    customer_managed: bool
    key: IKey | None = None
    objects: IKey | None = None
    rejected: IKey | None = None
    buffers: bool = True
    logs: bool = False
    former: tuple[IKey, ...] = ()

    def __post_init__(self) -> None:
        """Take the keys behind aliases."""
        for name in ("key", "objects", "rejected"):
            if (given := getattr(self, name)) is not None:
                object.__setattr__(self, name, key_behind(f"encryption.{name}", given))
        object.__setattr__(self, "former", tuple(key_behind("encryption.former", one) for one in self.former))

    @classmethod
    def aws_managed(cls) -> Encryption:
        """S3-managed keys for objects, an AWS-owned key for the streams' buffers. The default; costs nothing."""
        return cls(customer_managed=False)

    @classmethod
    def kms(
        cls,
        key: IKey | None = None,
        *,
        objects: IKey | None = None,
        rejected: IKey | None = None,
        logs: bool = False,
    ) -> Encryption:
        """Use a customer managed KMS key for the streams' buffers and for objects, or a key for each.

        Callers of PutRecord then need ``kms:GenerateDataKey`` and ``kms:Decrypt`` on the buffers' key
        (facts/firehose.md#stream-encryption):
        the API's role and :meth:`~cdk_clickstream.DeliveryStream.grant_put_records` give both. Whoever deploys needs
        ``kms:CreateGrant``.

        Parameters
        ----------
        key:
            A symmetric key whose policy lets IAM policies grant its use. Default: a new key, rotated yearly.
        objects:
            Another key for the objects, so that producers hold no right on it; it need not be the default key of a
            bucket that is passed in. Default: the same.
        rejected:
            Another key for rejected events, which hold raw addresses and payloads. Default: that of the objects.
        logs:
            Whether ``key`` also encrypts the new log groups; CloudWatch Logs encrypts them by a key of its own
            otherwise. A key of this app has its policy say that CloudWatch Logs may use it; an imported one needs that
            from its owner: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
            Default: ``False``.
        """
        return cls(customer_managed=True, key=key, objects=objects, rejected=rejected, logs=logs)

    @classmethod
    def objects_only(cls, key: IKey | None = None, *, rejected: IKey | None = None, logs: bool = False) -> Encryption:
        """Use a customer managed KMS key for objects, and an AWS-owned one for what the streams buffer for minutes.

        Callers of PutRecord then need no right on a key, and no request to KMS is paid for what they put.

        Parameters
        ----------
        key, rejected, logs:
            As in :meth:`kms`.
        """
        return cls(customer_managed=True, key=key, rejected=rejected, buffers=False, logs=logs)

    def with_former_keys(self, *keys: IKey) -> Encryption:
        """Let readers go on using keys that are no longer written with: older objects stay encrypted by them.

        A key that the pipeline made stays behind when its option goes: pass it as
        ``aws_kms.Key.from_key_arn(self, "Former", "arn:aws:kms:...")``.

        Parameters
        ----------
        keys:
            Keys that delivered objects were encrypted by.
        """
        return replace(self, former=keys)

    def with_key(self, make: Callable[[], IKey]) -> Encryption:
        """Return the same with its key in hand, which is made if it is wanted and was not given."""
        return replace(self, key=make()) if self.customer_managed and self.key is None else self

    def of_rejected(self) -> Encryption:
        """Return the encryption of the stream of rejected events."""
        return replace(self, objects=self.rejected) if self.rejected else self

    @property
    def buffer_key(self) -> IKey | None:
        """The customer managed key of what is buffered."""
        return self.key if self.buffers else None

    @property
    def object_key(self) -> IKey | None:
        """The customer managed key of the objects."""
        return self.objects or self.key

    def log_key_in(self, scope: Construct) -> IKey | None:
        """Return the key of log groups that are made in a scope, which CloudWatch Logs may then use for them."""
        if not self.logs or self.key is None:
            return None
        stack = cdk.Stack.of(scope)
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="LogsAreEncrypted",
                principals=[iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com")],
                actions=["kms:Decrypt", "kms:Describe*", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
                resources=["*"],
                # Of all log groups of the account: the name of one, which CloudFormation makes up, depends on the key.
                conditions={
                    "ArnLike": {
                        "kms:EncryptionContext:aws:logs:arn": stack.format_arn(
                            service="logs",
                            resource="log-group",
                            resource_name="*",
                            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
                        )
                    }
                },
            )
        )
        return self.key

    def object_key_in(self, bucket: s3.IBucket) -> IKey | None:
        """Return the key of objects in a bucket: the chosen one, else that of the bucket."""
        if self.object_key or bucket.encryption_key is None:
            return self.object_key
        return key_behind("bucket", bucket.encryption_key)
