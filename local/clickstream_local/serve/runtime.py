"""The running stacks: one listener in front of their APIs, delivery streams and functions."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from clickstream_local.apigateway.service import RestApiService
from clickstream_local.cloudwatch_logs.logs import Logs
from clickstream_local.cloudwatch_logs.service import LogService
from clickstream_local.cloudwatch_logs.subscriptions import Subscriptions
from clickstream_local.common.catalog import Catalog
from clickstream_local.common.http import Request, Response
from clickstream_local.common.model import DeliveryStream, Function, RestApi, Stack, Unsupported
from clickstream_local.common.unforeseen import describe
from clickstream_local.failures.denials import write_denials
from clickstream_local.firehose.api.service import FirehoseService
from clickstream_local.firehose.config.disagreements import Disagreements
from clickstream_local.firehose.faults import Faults
from clickstream_local.firehose.stages.s3_delivery import DeliveryError
from clickstream_local.iam.rights import Denial, Rights
from clickstream_local.kinesis.service import KinesisService, PageToken, ShardIterator
from clickstream_local.lambda_runtime.service import LambdaService, unsupported_function
from clickstream_local.listener.server import Listener, serve
from clickstream_local.live.pages import LivePages
from clickstream_local.s3.directory_store import DirectoryStore
from clickstream_local.s3.endpoint_store import EndpointStore
from clickstream_local.s3.store import ObjectStore
from clickstream_local.serve.own_requests import from_this_machine
from clickstream_local.wire.aws_json import ApiError, failure, parse_request

_log = logging.getLogger(__name__)

HOST = "127.0.0.1"
ACCESS_KEY_ID = "LOCAL"
"""The access key of clients that call methods with ``AWS_IAM``; the Firehose wire API takes any key."""
SECRET_ACCESS_KEY = "local"  # noqa: S105  (no secret: it opens nothing but this runtime)
SHOWN_DENIALS = 1_000
"""How many different missing rights are kept and shown: a client names the resource, so it could make any number."""
_FOREIGN = (
    "only programs and pages of this machine may use the AWS services and /_local/ of the local runtime: Host must be "
    "127.0.0.1, localhost or [::1], and Origin its own"
)
_JSON = (("Content-Type", "application/json"),)
# By the target of a call: service and kind of its streams' ARNs, and the member that names a stream.
_STREAM_ARNS = {
    "Firehose_20150804": ("firehose", "deliverystream", "DeliveryStreamName"),
    "Kinesis_20131202": ("kinesis", "stream", "StreamName"),
}
# By target: the member that holds the stream's name where the call has none of its own.
_PLACES: Mapping[str, tuple[str, type[ShardIterator | PageToken]]] = {
    "Kinesis_20131202.GetRecords": ("ShardIterator", ShardIterator),
    "Kinesis_20131202.ListShards": ("NextToken", PageToken),
}


class Runtime:
    """A running pipeline. Make one with :meth:`start`; end it with :meth:`close`, which delivers what is buffered.

    Attributes
    ----------
    url
        Where it listens, such as ``http://127.0.0.1:4580``. AWS SDKs take it as the Firehose endpoint.
    rights
        What its parts may do.
    """

    def __init__(
        self, stacks: Sequence[Stack], data_dir: Path, logs: Logs, clock: Callable[[], float], rights: Rights
    ) -> None:
        self.stacks = tuple(stacks)
        self.rights = rights
        self.url = ""
        self._data_dir = data_dir
        self._logs = logs
        self._clock = clock
        self._apis: dict[str, tuple[RestApiService, str]] = {}
        self._endpoints: dict[str, str] = {}
        self._buckets: dict[str, str] = {}
        self._stage_urls: dict[tuple[str, str], str] = {}
        self._shown: dict[Denial, None] = {}
        self._closing = False
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._listener: Listener
        self._lambda: LambdaService
        self._firehose: FirehoseService
        self._kinesis: KinesisService
        self._log_service: LogService
        self._subscriptions: Subscriptions
        self._live: LivePages

    @classmethod
    async def start(
        cls,
        stacks: Sequence[Stack],
        *,
        data_dir: Path,
        port: int = 0,
        buffer_interval: float | None = None,
        console: bool = False,
        clock: Callable[[], float] = time.time,
        faults: Faults = Faults(),  # noqa: B008 - frozen
        disagreements: Disagreements = Disagreements(),  # noqa: B008 - frozen
        s3_endpoint: str | None = None,
        rights: Rights = Rights(),  # noqa: B008 - nothing changes it
        concurrency: int | None = None,
    ) -> Runtime:
        """Start everything that the stacks hold, on loopback.

        Parameters
        ----------
        stacks
            What :func:`clickstream_local.assembly.load_stacks` read.
        data_dir
            Where objects and logs go.
        port
            0 takes a free one.
        buffer_interval
            Seconds that replace every buffering interval of the template; by default the template's own.
        console
            Whether errors that the service would log are printed to standard error too.
        clock
            Epoch seconds: arrival times and what follows from them. Buffers go by the event loop's own time.
        faults
            Puts that fail on purpose; by default none.
        disagreements
            What to follow where sources on Firehose's behaviour disagree.
        s3_endpoint
            Where objects go instead of the data directory: ``http://host:port``, or ``aws`` for S3 itself.
        rights
            What the templates allow the parts to do; by default everything.
        concurrency
            How many invocations of each function run at a time; by default what it has reserved, at most 5, or 2.

        Raises
        ------
        OSError
            If the port is taken, or a folder cannot be made in the data directory.
        CatalogError
            If the data directory cannot be written to.
        StoreError
            If the S3 endpoint, its credentials or a bucket cannot be used.
        """
        store = await asyncio.to_thread(_store, data_dir, s3_endpoint)
        catalog = Catalog.of(stacks, s3_endpoint)
        catalog.write(data_dir)
        for bucket in catalog.buckets:
            await asyncio.to_thread(store.create_bucket, bucket)
        runtime = cls(stacks, data_dir, Logs(data_dir, console=console, clock=clock), clock, rights)
        runtime._buckets = {bucket: store.location(bucket) for bucket in catalog.buckets}
        runtime._listener = await serve(runtime.handle, host=HOST, port=port)
        runtime.url = f"http://{HOST}:{runtime._listener.port}"
        runtime._build(store, buffer_interval, faults, disagreements, concurrency)
        write_denials(data_dir, ())
        for denial in rights.denials:
            runtime._show(denial)
        return runtime

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._listener.port

    def _build(
        self,
        store: ObjectStore,
        buffer_interval: float | None,
        faults: Faults,
        disagreements: Disagreements,
        concurrency: int | None,
    ) -> None:
        region, account = self.stacks[0].region, self.stacks[0].account
        self._live = LivePages(self._data_dir, store=store, state=self.state, flush=self.flush, metrics=self.metrics)
        self._lambda = LambdaService(
            self._each("functions"),
            endpoint_url=self.url,
            region=region,
            logs=self._logs,
            concurrency=concurrency,
            rights=self.rights,
        )
        self._kinesis = KinesisService(
            self._each("kinesis_streams"),
            account=account,
            region=region,
            partition=self.stacks[0].partition,
            clock=self._clock,
        )
        self._firehose = FirehoseService(
            self._each("delivery_streams"),
            functions=self._lambda,
            kinesis=self._kinesis,
            tables=self._each("tables"),
            store=store,
            logs=self._logs,
            region=region,
            account=account,
            clock=self._clock,
            buffer_interval=buffer_interval,
            faults=faults,
            observer=self._live.observer,
            disagreements=disagreements,
            rights=self.rights,
        )
        self._log_service = LogService(self._each("log_groups"), logs=self._logs, region=region, account=account)
        self._subscriptions = Subscriptions(
            self._each("subscription_filters"),
            account=account,
            send=self._firehose.put_from_logs,
            denied=[
                subscription
                for stack in self.stacks
                for subscription in stack.subscription_filters
                if self.rights.denial(f"{stack.name}/{subscription.logical_id}", "subscription")
            ],
        )
        self._logs.subscribe(self._subscriptions.take)
        self._subscriptions.start()
        for stack_name, api in [(stack.name, api) for stack in self.stacks for api in stack.rest_apis]:
            service = RestApiService(
                api,
                call_service=self._call_service,
                access_log=self._access_log,
                execution_log=self._logs.write,
                functions=self._lambda,
                secret_of=self._secret_of,
                denial_of=lambda access_key_id, arn: self._denial(access_key_id, "execute-api:Invoke", arn),
                rights=self.rights,
                stack=stack_name,
                clock=self._clock,
                account=account,
                region=region,
                partition=self.stacks[0].partition,
            )
            # Two stacks made by the same code have the same logical ids.
            taken = api.logical_id in self._endpoints
            name = f"{stack_name}/{api.logical_id}" if taken else api.logical_id
            for stage in api.stages:
                url = f"{self.url}/{self._mount(api, service, stage.name)}"
                self._endpoints.setdefault(name, url)
                self._stage_urls[api.id, stage.name] = url

    def _mount(self, api: RestApi, service: RestApiService, stage: str) -> str:
        """Serve a stage under its own name; where two APIs share one, the later under its API's id as well."""
        mount = stage if stage not in self._apis else f"{api.id}-{stage}"
        self._apis[mount] = (service, stage)
        return mount

    def _each(self, kind: str) -> tuple[Any, ...]:
        return tuple(item for stack in self.stacks for item in getattr(stack, kind))

    def unsupported(self) -> tuple[Unsupported, ...]:
        """The parts of the templates that do not run here."""
        streams: tuple[DeliveryStream, ...] = self._each("delivery_streams")
        found = [*self._each("unsupported")]
        for stream in streams:
            found += self._firehose.unsupported(stream)
        for service, _ in dict.fromkeys(self._apis.values()):
            found += service.unsupported()
        for function in self._each("functions"):
            found += unsupported_function(function)
        found += self._subscriptions.unsupported()
        return tuple(dict.fromkeys(found))

    async def handle(self, request: Request) -> Response:
        """Answer one request: the Firehose wire API, a stage of a REST API, or the runtime's own pages."""
        if self._lambda.owns(_access_key(request)):
            # A function's puts belong to the delivery under way: they are taken until the end.
            return await self._route(request)
        if self._closing:
            return _json(503, {"message": "the local runtime is shutting down"})
        self._under_way += 1
        self._idle.clear()
        try:
            return await self._route(request)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def _route(self, request: Request) -> Response:
        target = request.headers.get("X-Amz-Target")
        first, _, rest = request.path.lstrip("/").partition("/")
        first = unquote(first)
        wire = target is not None and request.path == "/"
        if (wire or first == "_local") and not from_this_machine(request):
            return _json(403, {"__type": "AccessDeniedException", "message": _FOREIGN})
        if target is not None and wire:
            return await self._service(target, request.body, _access_key(request) or "")
        if first == "_local":
            return await self._live.handle(request, rest)
        if first in self._apis:
            service, stage = self._apis[first]
            answer = await service.handle(stage, f"/{rest}", request)
            self._live.show_request(request, answer)
            return answer
        known = ", ".join(sorted(self._endpoints.values())) or "none"
        return _json(404, {"message": f"nothing is served at {request.path}; endpoints: {known}"})

    async def _service(self, target: str, body: bytes, caller: str | None) -> Response:
        """Answer a call of a service, with the error that AWS has for one of its own where the runtime itself fails."""
        refusal = self._refusal(target, body, caller) if caller else None
        if refusal is not None:
            return failure(refusal)
        try:
            if target.startswith("Firehose_20150804."):
                return await self._firehose.handle(target, body, caller=caller)
            if target.startswith("Kinesis_20131202."):
                return await self._kinesis.handle(target, body)
            if target.startswith("Logs_20140328."):
                return await self._log_service.handle(target, body)
        except Exception as error:
            _log.error("%s failed inside the local runtime: %s", target, describe(error))
            message = "The request processing has failed because of an unknown error, exception or failure."
            return _json(500, {"__type": "InternalFailure", "message": message})
        message = f"{target}: the local runtime speaks Firehose_20150804, Kinesis_20131202 and Logs_20140328 only"
        return _json(404, {"__type": "UnknownOperationException", "message": message})

    async def _call_service(self, service: str, action: str, headers: Mapping[str, str], body: bytes) -> Response:
        prefix = {"kinesis": "Kinesis_20131202", "firehose": "Firehose_20150804"}.get(service)
        if prefix is None:
            message = f"service {service!r} is not run locally; integrations may call firehose and kinesis"
            return _json(404, {"__type": "UnknownOperationException", "message": message})
        return await self._service(f"{prefix}.{action}", body, None)

    @property
    def denials(self) -> list[Denial]:
        """The first 1,000 different denials: at first those of the templates' own parts."""
        return [*self._shown]

    def _refusal(self, target: str, body: bytes, caller: str) -> ApiError | None:
        """The service's refusal of a call on a stream by a role that lacks the right."""
        api, _, operation = target.partition(".")
        if api not in _STREAM_ARNS or self._role_of(caller) is None:
            return None
        try:
            name = _stream_of(target, parse_request(body), self._clock())
        except ApiError:
            return None  # the service itself refuses it
        service, kind, _ = _STREAM_ARNS[api]
        stack = self.stacks[0]
        arn = f"arn:{stack.partition}:{service}:{stack.region}:{stack.account}:{kind}/{name}" if name else "*"
        denial = self._denial(caller, f"{service}:{operation}", arn)
        if denial is not None:
            return ApiError("AccessDeniedException", denial.message)
        key = self.rights.key_of(arn) if operation in ("PutRecord", "PutRecordBatch") else None
        for action in ("kms:Decrypt", "kms:GenerateDataKey") if key else ():
            denial = self._denial(caller, action, key or "")
            if denial is not None:
                return ApiError("InvalidKMSResourceException", denial.message, code="AccessDeniedException")
        return None

    def _denial(self, access_key_id: str, action: str, resource: str) -> Denial | None:
        """Why the owner of an access key may not do something; who is of no template may do everything."""
        role = self._role_of(access_key_id)
        if role is None:
            return None
        function = self._lambda.function_of(access_key_id)
        denial = self.rights.of_request(role, action, resource, session=function.name if function else access_key_id)
        if denial is not None:
            self._show(denial)
        return denial

    def _role_of(self, access_key_id: str) -> str | None:
        """A function has its role; a role of the templates calls under its own name."""
        function = self._lambda.function_of(access_key_id)
        return self.rights.role_named(access_key_id) if function is None else function.role

    def _show(self, denial: Denial) -> None:
        """Tell of a denial, the first time; beyond the bound of them, only the caller hears."""
        if denial not in self._shown and len(self._shown) < SHOWN_DENIALS:
            self._shown[denial] = None
            write_denials(self._data_dir, map(str, self._shown))
            self._live.show_denial(str(denial))

    def _secret_of(self, access_key_id: str) -> str | None:
        """``AWS_IAM`` takes the runtime's own key, the one that each function signs with, and the names of roles."""
        known = access_key_id == ACCESS_KEY_ID or self._role_of(access_key_id) is not None
        return SECRET_ACCESS_KEY if known else None

    def _access_log(self, group: str, line: str) -> None:
        self._logs.write(group, "access", line)

    async def flush(self) -> None:
        """Deliver everything that is buffered, and what comes of it.

        Raises
        ------
        DeliveryError
            If an object cannot be written; its records stay buffered.
        """
        self._subscriptions.flush()
        await self._firehose.flush()

    async def reload(self, function: Function) -> None:
        """Load a function's code anew for its next invocation."""
        await self._lambda.reload(function)

    async def settle(self) -> None:
        """Wait until nothing is being delivered; what is buffered stays buffered."""
        await self._firehose.settle()

    def state(self) -> dict[str, Any]:
        """Endpoints, keys, streams with their counts, and buckets: the body of ``GET /_local/state``."""
        return {
            "endpoints": dict(self._endpoints),
            "api_keys": {key.name: key.value for api in self._each("rest_apis") for key in api.api_keys},
            "delivery_streams": self._firehose.state(),
            "buckets": dict(self._buckets),
        }

    def metrics(self) -> str:
        """The delivery streams' CloudWatch metrics as Prometheus text: the body of ``GET /_local/metrics``."""
        return self._firehose.metrics()

    def outputs(self) -> dict[str, dict[str, str]]:
        """The stacks' outputs as ``cdk deploy --outputs-file`` writes them, endpoints pointing at this runtime."""
        return {
            stack.name: {name: self._localized(stack, str(value)) for name, value in stack.outputs.items()}
            for stack in self.stacks
        }

    def _localized(self, stack: Stack, value: str) -> str:
        for api in stack.rest_apis:
            for stage in api.stages:
                deployed = f"https://{api.id}.execute-api.{stack.region}."
                if value.startswith(deployed):
                    path = value.split("/", 3)[3].removeprefix(stage.name)
                    return self._stage_urls[api.id, stage.name] + path
        return value

    async def close(self) -> None:
        """Finish the requests under way, deliver what is buffered, and stop the functions.

        Raises
        ------
        DeliveryError
            If an object cannot be written; everything is stopped all the same, and the message says how much is lost.
        """
        self._closing = True
        await self._idle.wait()
        try:
            self._subscriptions.flush()
            await self._firehose.close()
        except DeliveryError as error:
            lost = f"{error}; {self._undelivered()} records were not delivered and are lost"
            raise type(error)(lost) from error
        finally:
            await self._live.close()
            await self._lambda.close()
            await self._listener.close()
            self._logs.close()

    def _undelivered(self) -> int:
        return sum(stream["records_buffered"] for stream in self.state()["delivery_streams"].values())


def _store(data_dir: Path, s3_endpoint: str | None) -> ObjectStore:
    return DirectoryStore(data_dir) if s3_endpoint is None else EndpointStore(s3_endpoint)


def _stream_of(target: str, request: Mapping[str, Any], now: float) -> str:
    place, parsed = _PLACES.get(target, ("", ShardIterator))
    if request.get(place):
        return parsed.parse(str(request[place]), now).stream
    member = _STREAM_ARNS[target.partition(".")[0]][2]
    return str(request.get(member) or "") or str(request.get("StreamARN") or "").rpartition("/")[2]


def _access_key(request: Request) -> str | None:
    """The access key id in a SigV4 Authorization header: the runtime gives each function one of its own."""
    header = request.headers.get("Authorization", "") or ""
    _, found, credential = header.partition("Credential=")
    return credential.split("/", 1)[0] if found else None


def _json(status: int, document: Mapping[str, Any]) -> Response:
    return Response(status, _JSON, json.dumps(document).encode())
