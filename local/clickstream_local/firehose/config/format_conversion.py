"""Record format conversion, read from its DataFormatConversionConfiguration.

Source: facts/firehose.md#function-failures, #conversion.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clickstream_local.common.model import Table
from clickstream_local.firehose.config.values import ConfigurationError, is_true
from clickstream_local.glue.converter import Converter
from clickstream_local.glue.errors import GlueError
from clickstream_local.glue.serde import SerDe
from clickstream_local.glue.writers import Writer, writer_of

_MEMBERS = ("SchemaConfiguration", "InputFormatConfiguration", "OutputFormatConfiguration")


@dataclass(frozen=True)
class FormatConversion:
    """The conversion of a stream's records to Parquet or ORC.

    ``catalog_table`` is the ``dataCatalogTable`` block of the stream's error objects.
    """

    converter: Converter
    writer: Writer
    catalog_table: dict[str, str]

    @classmethod
    def read(
        cls, s3: Mapping[str, Any], tables: Sequence[Table], *, region: str, account: str
    ) -> FormatConversion | None:
        """Read an S3 destination; None where it converts nothing. Raises :class:`ConfigurationError`."""
        if not converts(s3):
            return None
        configuration = s3["DataFormatConversionConfiguration"]
        missing = [name for name in _MEMBERS if not configuration.get(name)]
        if missing:
            raise ConfigurationError(f"DataFormatConversionConfiguration is enabled and lacks {', '.join(missing)}")
        schema = configuration["SchemaConfiguration"]
        database, name = schema.get("DatabaseName"), schema.get("TableName")
        table = next((table for table in tables if (table.database, table.name) == (database, name)), None)
        if table is None:
            raise ConfigurationError(
                f"SchemaConfiguration names the Glue table {database}.{name}, which no stack here defines"
            )
        catalog_table = {
            "catalogId": schema.get("CatalogId", account),
            "databaseName": database,
            "tableName": name,
            "region": schema.get("Region", region),
            "versionId": schema.get("VersionId", "LATEST"),
            # The documentation ends this block with catalogArn; the service writes roleArn
            # (facts/firehose.md#error-objects).
            "roleArn": schema.get("RoleARN", ""),
        }
        try:
            serde = SerDe.of(configuration["InputFormatConfiguration"].get("Deserializer") or {})
            converter = Converter(table.columns, serde)
            writer = writer_of(configuration["OutputFormatConfiguration"].get("Serializer") or {}, converter.names)
        except GlueError as error:
            raise ConfigurationError(str(error)) from error
        return cls(converter, writer, catalog_table)


def converts(s3: Mapping[str, Any]) -> bool:
    """Whether a destination converts its records to Parquet or ORC."""
    configuration = s3.get("DataFormatConversionConfiguration")
    # Left out, Enabled is true: the opposite of ProcessingConfiguration (facts/firehose.md#function-failures).
    return configuration is not None and is_true(configuration.get("Enabled", True))
