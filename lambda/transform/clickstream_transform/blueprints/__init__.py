"""The six transforms that Firehose's console offers as blueprints, as processors of the harness.

Each is lenient by default: it takes what such logs look like in the wild and writes rows that a Glue table can hold.
With ``strict`` it writes what the published blueprint writes, byte for byte, and fails what that fails; the harness
around it still isolates records and counts the reply.
"""

from __future__ import annotations

from clickstream_transform.columns.compiled_column import Columns
from clickstream_transform.contract.processor import Processor
from clickstream_transform.options import Options


def make_blueprint(options: Options, columns: Columns | None = None) -> Processor:
    """The blueprint that the options name. Only its own module is imported: the others would cost cold start.

    ``columns`` check the rows of those that take JSON of any shape; the others make rows that fit.
    """
    name, strict = options.processor, options.strict
    if name == "apache_log_to_json":
        from clickstream_transform.blueprints import apache_json

        return apache_json.strict() if strict else apache_json.lenient()
    if name == "apache_log_to_csv":
        from clickstream_transform.blueprints import apache_csv

        return apache_csv.strict() if strict else apache_csv.lenient(formula_guard=options.formula_guard)
    if name == "syslog_to_json":
        from clickstream_transform.blueprints import syslog_json

        return syslog_json.strict() if strict else syslog_json.lenient()
    if name == "syslog_to_csv":
        from clickstream_transform.blueprints import syslog_csv

        return syslog_csv.strict() if strict else syslog_csv.lenient(formula_guard=options.formula_guard)
    if name == "cloudwatch_logs":
        from clickstream_transform.blueprints.cloudwatch_logs import CloudWatchLogs

        return CloudWatchLogs(options, columns)
    from clickstream_transform.blueprints import general

    return general.StrictGeneralProcessor() if strict else general.GeneralProcessor(columns)
