"""A Glue table as format conversion needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class TableReference:
    """A Glue table as format conversion needs it.

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
