"""The target of producers: the delivery stream, or the Kinesis stream that it reads."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms

from cdk_clickstream._identity import key_behind
from cdk_clickstream._validation import checked


@checked
@dataclass(frozen=True)
class Target:
    """A stream that producers put records into, with its actions, rights and request bodies.

    AWS: https://docs.aws.amazon.com/firehose/latest/dev/basic-write.html

    Attributes
    ----------
    service:
        ``firehose`` or ``kinesis``, as in actions and integration addresses.
    name, arn:
        Of the stream (tokens).
    key:
        The customer managed key that protects it, which callers need too (facts/firehose.md#stream-encryption).
    put_many:
        Action that puts 1..500 records; ``PutRecord`` puts one in both services.
    """

    service: str
    name: str
    arn: str
    key: kms.IKey | None
    put_many: str

    @classmethod
    def firehose(cls, name: str, arn: str, key: kms.IKey | None) -> Target:
        """Return a delivery stream.

        Parameters
        ----------
        name, arn:
            Of the stream.
        key:
            The customer managed key that protects it; ``None`` where AWS manages the key.
        """
        return cls("firehose", name, arn, key, "PutRecordBatch")

    @classmethod
    def kinesis(cls, stream: kinesis.IStream) -> Target:
        """Return a Kinesis stream.

        Parameters
        ----------
        stream:
            The stream; an imported one tells its key by ``encryption_key=``.
        """
        return cls("kinesis", stream.stream_name, stream.stream_arn, key_of_stream(stream), "PutRecords")

    def grant(self, grantee: iam.IGrantable, *actions: str) -> iam.Grant:
        """Let a principal call actions, named without their service, with the rights on the key."""
        grant = iam.Grant.add_to_principal(
            grantee=grantee, actions=[f"{self.service}:{action}" for action in actions], resource_arns=[self.arn]
        )
        if self.key is None:
            return grant
        # A Kinesis producer encrypts only; Firehose wants both of its callers.
        key_actions = ["kms:GenerateDataKey"] if self.service == "kinesis" else ["kms:Decrypt", "kms:GenerateDataKey"]
        return grant.combine(
            iam.Grant.add_to_principal(grantee=grantee, actions=key_actions, resource_arns=[self.key.key_arn])
        )

    def grant_put_records(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal put one record or many."""
        return self.grant(grantee, "PutRecord", self.put_many)

    def put_one_body(self, data: str) -> str:
        """Return the body of ``PutRecord`` as a mapping template; ``data`` is VTL that renders base64."""
        if self.service == "firehose":
            return f'{{"DeliveryStreamName":"{self.name}","Record":{{"Data":"{data}"}}}}'
        return f'{{"StreamName":"{self.name}","PartitionKey":"$context.extendedRequestId","Data":"{data}"}}'

    def put_many_body(self, data: str) -> str:
        """Return the body of :attr:`put_many`; ``data`` is VTL that renders base64 of the element ``$i``."""
        if self.service == "firehose":
            head, entry = f'"DeliveryStreamName":"{self.name}"', f'{{"Data":"{data}"}}'
        else:
            key = "${i}_$context.extendedRequestId"
            head, entry = f'"StreamName":"{self.name}"', f'{{"PartitionKey":"{key}","Data":"{data}"}}'
        return f'{{{head},"Records":[#foreach($i in [0..$last])\n{_EACH}{entry}#if($foreach.hasNext),#end#end\n]}}'


def key_of_stream(stream: kinesis.IStream) -> kms.IKey | None:
    """Return the customer managed key of a Kinesis stream."""
    key = stream.encryption_key
    return None if key is None else key_behind("source.stream", key)


_EACH = """#set($event = $input.json("$[$i]"))
"""
