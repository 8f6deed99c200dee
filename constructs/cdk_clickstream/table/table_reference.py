"""A Glue table as format conversion needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import aws_cdk as cdk

from cdk_clickstream._validation import checked


@checked
@dataclass(frozen=True)
class TableReference:
    """A Glue table as format conversion needs it.

    AWS: https://docs.aws.amazon.com/firehose/latest/APIReference/API_SchemaConfiguration.html

    Parameters
    ----------
    database_name, table_name:
        Names in the Data Catalog. Firehose looks the table up when the stream is created: for a table of the same
        stack give references (``table.ref``), which put it first.
    json_key_mappings:
        Column to JSON member, where the two differ. Default: none.
    catalog_id:
        Account whose Data Catalog it is; the other account has to let the stream's role in. Default: the stream's.
    region:
        Of the Data Catalog. Default: the stream's.
    version_id:
        Which version of the table's columns, to hold the objects still while the table changes.
        Default: ``LATEST``, each change is followed.
    """

    database_name: str
    table_name: str
    json_key_mappings: Mapping[str, str] = field(default_factory=dict)
    catalog_id: str | None = None
    region: str | None = None
    version_id: str = "LATEST"


def table_arns(
    stack: cdk.Stack, database: str, table: str, *, catalog_id: str | None = None, region: str | None = None
) -> list[str]:
    """Return what a right on a table takes: its catalog, its database and the table itself."""
    resources = (("catalog", None), ("database", database), ("table", f"{database}/{table}"))
    return [
        stack.format_arn(service="glue", account=catalog_id, region=region, resource=resource, resource_name=name)
        for resource, name in resources
    ]
