"""Format conversion of a delivery stream."""

from __future__ import annotations

from aws_cdk import aws_kinesisfirehose as firehose

from cdk_clickstream.formats.input_format import InputFormat
from cdk_clickstream.table.event_table import TableReference


def conversion(
    table: TableReference,
    input_format: InputFormat,
    serializer: firehose.CfnDeliveryStream.SerializerProperty,
    role_arn: str,
) -> firehose.CfnDeliveryStream.DataFormatConversionConfigurationProperty:
    """Return the conversion of JSON by a table's columns."""
    return firehose.CfnDeliveryStream.DataFormatConversionConfigurationProperty(
        enabled=True,
        input_format_configuration=firehose.CfnDeliveryStream.InputFormatConfigurationProperty(
            deserializer=input_format.render(table.json_key_mappings)
        ),
        output_format_configuration=firehose.CfnDeliveryStream.OutputFormatConfigurationProperty(serializer=serializer),
        schema_configuration=firehose.CfnDeliveryStream.SchemaConfigurationProperty(
            role_arn=role_arn,
            catalog_id=table.catalog_id,
            region=table.region,
            database_name=table.database_name,
            table_name=table.table_name,
            version_id=table.version_id,
        ),
    )
