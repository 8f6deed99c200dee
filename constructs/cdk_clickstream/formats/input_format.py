"""Deserializers of format conversion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import aws_kinesisfirehose as firehose

from cdk_clickstream._validation import checked, refuse

TRANSFORM_TIMESTAMP = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'"
"""The Joda pattern of the timestamps that the bundled transform writes."""


@checked
@dataclass(frozen=True)
class InputFormat:
    """The deserializer of format conversion. Made by :meth:`openx` or :meth:`hive`.

    AWS: https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion.html
    """

    timestamp_formats: tuple[str, ...] | None
    case_insensitive: bool = False
    convert_dots: bool = False

    @classmethod
    def openx(cls, *, case_insensitive: bool = False, convert_dots: bool = False) -> InputFormat:
        """Read by OpenX, which takes numbers and times as text too. The default.

        Parameters
        ----------
        case_insensitive:
            Fold the keys to lower case before they are matched, those inside free objects and maps too
            (facts/firehose.md#openx). Default: ``False``, unlike the service's.
        convert_dots:
            Let the key ``a.b`` match the column ``a_b``. Default: ``False``.
        """
        return cls(None, case_insensitive, convert_dots)

    @classmethod
    def hive(cls, *, timestamp_formats: Sequence[str] = (TRANSFORM_TIMESTAMP,)) -> InputFormat:
        """Read by Hive, which refuses a value of another type (facts/firehose.md#hive), and has no mapping of names.

        Parameters
        ----------
        timestamp_formats:
            Joda patterns of timestamps, or ``millis`` for epoch milliseconds.
            Default: that of the bundled transform, ``yyyy-MM-dd'T'HH:mm:ss.SSS'Z'``.
        """
        if not timestamp_formats or not all(timestamp_formats):
            refuse(
                "timestamp_formats", timestamp_formats, "must be a list of patterns", "write a list, such as ['millis']"
            )
        return cls(tuple(timestamp_formats))

    def render(self, json_key_mappings: Mapping[str, str]) -> firehose.CfnDeliveryStream.DeserializerProperty:
        """Return the deserializer for a table."""
        if self.timestamp_formats is None:
            return firehose.CfnDeliveryStream.DeserializerProperty(
                open_x_json_ser_de=firehose.CfnDeliveryStream.OpenXJsonSerDeProperty(
                    case_insensitive=self.case_insensitive,
                    convert_dots_in_json_keys_to_underscores=True if self.convert_dots else None,
                    column_to_json_key_mappings=dict(json_key_mappings) or None,
                )
            )
        for column, key in json_key_mappings.items():
            refuse(
                "input_format",
                "hive",
                f"cannot read the column {column!r} from the member {key!r}: it has no mapping of names",
                "use InputFormat.openx(), or name the member as the column",
            )
        return firehose.CfnDeliveryStream.DeserializerProperty(
            hive_json_ser_de=firehose.CfnDeliveryStream.HiveJsonSerDeProperty(
                timestamp_formats=list(self.timestamp_formats)
            )
        )
