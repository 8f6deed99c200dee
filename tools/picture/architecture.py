"""The architecture as a diagram, read from a synthesized template: what is not in the template is not in the picture."""

from __future__ import annotations

from typing import Any

from picture.diagram import Box, Diagram, Kind
from picture.template import Template, short, text

STREAM = "AWS::KinesisFirehose::DeliveryStream"
FUNCTION = "AWS::Lambda::Function"
BUCKET = "AWS::S3::Bucket"
TABLE = "AWS::Glue::Table"
LOG_GROUP = "AWS::Logs::LogGroup"
KINESIS = "AWS::Kinesis::Stream"

# Columns, from left to right.
_ENTRY, _SOURCE, _STREAM, _HELPERS, _STORES = range(5)
_LOGS = "CloudWatch Logs"


def architecture(document: dict[str, Any]) -> Diagram:
    """Boxes and arrows of a template.

    An arrow is a reference in the template: an integration that names a stream, a processor, a prefix, a table's
    location, a log. In small letters beside it stand the actions that the role of the one allows on the other.
    """
    return _Reader(Template(document)).read()


class _Reader:
    def __init__(self, template: Template) -> None:
        self._template = template
        self._diagram = Diagram()

    def read(self) -> Diagram:
        for id_, properties in self._template.of_type(STREAM):
            self._stream(id_, properties)
        for id_, properties in self._template.of_type(FUNCTION):
            self._function(id_, properties)
        for id_, properties in self._template.of_type("AWS::ApiGateway::RestApi"):
            self._api(id_, properties)
        for id_, properties in self._template.of_type(TABLE):
            self._table(id_, properties)
        for id_, properties in self._template.of_type(BUCKET):
            self._bucket(id_, properties)
        self._alarms()
        return self._diagram

    def _api(self, id_: str, properties: dict[str, Any]) -> None:
        kinds = properties.get("EndpointConfiguration", {}).get("Types", ["EDGE"])
        box = self._diagram.box(id_, _ENTRY, short(id_), f"API Gateway REST API, {kinds[0].lower()}")
        paths = {
            resource: f"/{route['PathPart']}" for resource, route in self._template.of_type("AWS::ApiGateway::Resource")
        }
        for method, route in self._template.of_type("AWS::ApiGateway::Method"):
            if id_ != self._template.named(route["RestApiId"], "AWS::ApiGateway::RestApi"):
                continue
            path = paths.get(self._template.named(route["ResourceId"], "AWS::ApiGateway::Resource") or "", "/")
            self._route(box, method, f"{route['HttpMethod']} {path}", route)
        for stage_id, stage in self._template.of_type("AWS::ApiGateway::Stage"):
            if id_ == self._template.named(stage["RestApiId"], "AWS::ApiGateway::RestApi"):
                log = stage.get("AccessLogSetting", {}).get("DestinationArn")
                self._log(box, f"log of {stage_id}", f"access log of stage {stage['StageName']}", log)

    def _route(self, box: Box, key: str, name: str, route: dict[str, Any]) -> None:
        integration = route["Integration"]
        if integration["Type"] == "MOCK":
            if route["HttpMethod"] != "OPTIONS":
                box.row(key, name, "answered by API Gateway itself")
            return
        target = self._template.named(integration.get("RequestTemplates", {}), STREAM, KINESIS)
        action = text(integration["Uri"]).rpartition("/")[2]
        caller = "anyone" if route["AuthorizationType"] == "NONE" else route["AuthorizationType"].lower()
        if route.get("ApiKeyRequired"):
            caller = "with an API key"
        rights = self._template.rights(integration["Credentials"], target) if target else []
        note = f"{caller}; role allows {', '.join(rights) or 'nothing here'}"
        row = box.row(key, f"{name} → {action}", note)
        if target:
            self._diagram.arrow((box.key, row), (target, None), Kind.EVENTS)

    def _stream(self, id_: str, properties: dict[str, Any]) -> None:
        destination = properties["ExtendedS3DestinationConfiguration"]
        helper = any(id_ in self._puts(function) for _, function in self._template.of_type(FUNCTION))
        column = _HELPERS if helper and not _processors(destination) else _STREAM
        box = self._diagram.box(id_, column, short(id_), "Data Firehose delivery stream")
        self._kinesis_source(id_, properties)
        hints = destination.get("BufferingHints", {})
        box.row(
            "buffer", f"buffers up to {hints['SizeInMBs']} MB or {hints['IntervalInSeconds']} s" if hints else "buffers"
        )
        for number, processor in enumerate(_processors(destination)):
            self._processor(box, f"processor {number}", processor)
        conversion = destination.get("DataFormatConversionConfiguration", {})
        written = destination.get("CompressionFormat", "UNCOMPRESSED")
        if conversion.get("Enabled"):
            (serializer,) = conversion["OutputFormatConfiguration"]["Serializer"]
            written = serializer.removesuffix("SerDe").replace("Parquet", "Parquet").replace("Orc", "ORC")
            self._conversion(box, conversion["SchemaConfiguration"])
        self._delivery(box, "delivers", f"delivers {written}", destination, "Prefix", Kind.EVENTS)
        self._delivery(box, "fails", "what failed", destination, "ErrorOutputPrefix", Kind.FAILURES)
        backup = destination.get("S3BackupConfiguration")
        if backup and destination.get("S3BackupMode") == "Enabled":
            self._delivery(
                box, "backs up", f"source backup, {backup['CompressionFormat']}", backup, "Prefix", Kind.EVENTS
            )
        self._log(box, "log", "error log", destination.get("CloudWatchLoggingOptions", {}).get("LogGroupName"))

    def _kinesis_source(self, id_: str, properties: dict[str, Any]) -> None:
        configuration = properties.get("KinesisStreamSourceConfiguration", {})
        source = self._template.named(configuration.get("KinesisStreamARN"), KINESIS)
        if source:
            box = self._diagram.box(source, _SOURCE, short(source), "Kinesis data stream")
            rights = self._template.rights(configuration["RoleARN"], source)
            row = box.row(id_, "read by Firehose", f"role allows {', '.join(rights) or 'nothing here'}")
            self._diagram.arrow((source, row), (id_, None), Kind.EVENTS)

    def _processor(self, box: Box, key: str, processor: dict[str, Any]) -> None:
        values = {one["ParameterName"]: one["ParameterValue"] for one in processor.get("Parameters", [])}
        target = self._template.named(values.get("LambdaArn"), FUNCTION)
        if not target:
            box.row(key, f"processor: {processor['Type']}")
            return
        rights = ", ".join(self._template.rights(values["RoleArn"], target)) or "nothing here"
        size, wait = values.get("BufferSizeInMBs", "1"), values.get("BufferIntervalInSeconds", "60")
        row = box.row(key, f"transforms by Lambda, {size} MB or {wait} s a call", f"role allows {rights}")
        self._diagram.arrow((box.key, row), (target, None), Kind.EVENTS)

    def _conversion(self, box: Box, schema: dict[str, Any]) -> None:
        table = self._template.named(schema.get("TableName"), TABLE)
        rights = self._template.rights(schema.get("RoleARN"), table) if table else []
        row = box.row("columns", "columns by the table", f"role allows {', '.join(rights) or 'nothing here'}")
        if table:
            self._diagram.arrow((box.key, row), (table, None), Kind.METADATA)

    def _delivery(self, box: Box, key: str, what: str, destination: dict[str, Any], member: str, kind: Kind) -> None:
        prefix = destination.get(member)
        if prefix is None:
            return
        bucket = self._template.named(destination["BucketARN"], BUCKET)
        folder = _folder(prefix)
        rights = self._template.rights(destination["RoleARN"], bucket, folder) if bucket else []
        row = box.row(key, f"{what} → {folder}", f"role allows {', '.join(rights)}" if rights else "")
        if bucket:
            self._diagram.arrow((box.key, row), (bucket, self._object_row(bucket, folder)), kind)

    def _object_row(self, bucket: str, folder: str) -> str:
        properties = self._template.resources[bucket].get("Properties", {})
        rules = properties.get("LifecycleConfiguration", {}).get("Rules", [])
        days = [
            rule["ExpirationInDays"]
            for rule in rules
            if "ExpirationInDays" in rule and folder.startswith(rule.get("Prefix", ""))
        ]
        box = self._diagram.box(bucket, _STORES, short(bucket), "S3 bucket")
        return box.row(folder, folder or "/", f"expires after {min(days)} days" if days else "never expires")

    def _puts(self, function: dict[str, Any]) -> dict[str, list[str]]:
        """Delivery streams that a function may put into, with the actions."""
        granted = {id_: self._template.rights(function["Role"], id_) for id_, _ in self._template.of_type(STREAM)}
        return {id_: rights for id_, rights in granted.items() if rights}

    def _function(self, id_: str, properties: dict[str, Any]) -> None:
        runtime = properties.get("Runtime", "container")
        box = self._diagram.box(
            id_, _HELPERS, short(id_), f"Lambda function, {runtime}, {properties.get('MemorySize', 128)} MB"
        )
        for target, rights in self._puts(properties).items():
            own = any(self._template.named(one, FUNCTION) == id_ for one in self._processors_of(target))
            what = "puts overflow back" if own else "rejected events, with reasons"
            row = box.row(target, what, f"role allows {', '.join(rights)}")
            self._diagram.arrow((id_, row), (target, None), Kind.EVENTS if own else Kind.FAILURES)
        self._log(box, "log", "log", properties.get("LoggingConfig", {}).get("LogGroup"))

    def _processors_of(self, stream: str) -> list[dict[str, Any]]:
        return _processors(self._template.resources[stream]["Properties"]["ExtendedS3DestinationConfiguration"])

    def _table(self, id_: str, properties: dict[str, Any]) -> None:
        table = properties["TableInput"]
        box = self._diagram.box(id_, _HELPERS, short(id_), f"Glue table {text(table['Name'])}")
        columns = len(table["StorageDescriptor"]["Columns"])
        partitions = ", ".join(key["Name"] for key in table.get("PartitionKeys", []))
        location = table.get("Parameters", {}).get(
            "storage.location.template", table["StorageDescriptor"].get("Location")
        )
        row = box.row("location", f"{columns} columns", f"partitions projected: {partitions}" if partitions else "")
        bucket = self._template.named(location, BUCKET)
        if bucket:
            folder = _folder(text(location).partition(f"<{bucket}>/")[2])
            self._diagram.arrow((id_, row), (bucket, self._object_row(bucket, folder)), Kind.METADATA)

    def _bucket(self, id_: str, properties: dict[str, Any]) -> None:
        target = self._template.named(properties.get("LoggingConfiguration"), BUCKET)
        if target:
            box = self._diagram.box(id_, _STORES, short(id_), "S3 bucket")
            row = box.row("access log", "access log")
            folder = properties["LoggingConfiguration"].get("LogFilePrefix", "")
            self._diagram.arrow((id_, row), (target, self._object_row(target, folder)), Kind.LOGS)

    def _log(self, box: Box, key: str, what: str, group: Any) -> None:
        target = self._template.named(group, LOG_GROUP)
        if target:
            days = self._template.resources[target].get("Properties", {}).get("RetentionInDays")
            logs = self._diagram.box(_LOGS, _STORES, _LOGS, "log groups")
            row = box.row(key, what)
            note = f"expires after {days} days" if days else "never expires"
            self._diagram.arrow((box.key, row), (_LOGS, logs.row(target, short(target), note)), Kind.LOGS)

    def _alarms(self) -> None:
        for id_, properties in self._template.of_type("AWS::CloudWatch::Alarm"):
            box = self._diagram.box("Alarms", _ENTRY, "CloudWatch alarms", "what is watched")
            box.row(id_, properties.get("MetricName") or short(id_))


def _processors(destination: dict[str, Any]) -> list[dict[str, Any]]:
    configuration = destination.get("ProcessingConfiguration", {})
    return configuration.get("Processors", []) if configuration.get("Enabled") else []


def _folder(prefix: Any) -> str:
    """What comes before the first expression of a prefix, up to its last slash."""
    head = text(prefix).partition("!{")[0].partition("${")[0]
    return head[: head.rfind("/") + 1]
