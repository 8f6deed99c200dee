"""Lambda: functions by name or ARN, invoked as the service invokes them."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable, Sequence

from clickstream_local.cloudwatch_logs.logs import Logs
from clickstream_local.common.model import Function, Unsupported
from clickstream_local.iam.rights import Rights
from clickstream_local.lambda_runtime.sandbox import InvokeResult, Sandbox
from clickstream_local.lambda_runtime.worker import MAX_PAYLOAD_BYTES

DEFAULT_CONCURRENCY = 2
MAX_OUTSTANDING_INVOCATIONS = 5
"""What Firehose has under way at a time (facts/firehose.md#quotas)."""

_NOT_ASSUMED = "The role defined for the function cannot be assumed by Lambda."
_ACCESS_KEY_PREFIX = "LOCALFUNCTION"


def unsupported_function(function: Function) -> list[Unsupported]:
    """Why the runtime cannot run a function; empty when it can."""
    reason = None
    if not function.runtime.startswith("python"):
        reason = f"Runtime {function.runtime!r} does not run here: only Python functions do"
    elif not function.code_dir.is_dir():
        reason = f"its code is not at {function.code_dir}: synthesize again, with the asset staged as a directory"
    return [] if reason is None else [Unsupported(function.logical_id, "AWS::Lambda::Function", reason)]


class LambdaService:
    """Runs functions from their own assets, each in worker processes of its own.

    Parameters
    ----------
    functions
        What can be invoked.
    endpoint_url
        Where the SDK inside a function finds the other services; may be set later, before the first invocation.
    logs
        What functions print goes to ``/aws/lambda/<name>`` or the log group of the function.
    region
        The functions' region.
    concurrency
        How many invocations of one function run at a time, if it has not reserved fewer; more wait. One process each,
        kept warm. By default the function's reserved concurrency, of which Firehose uses up to 5
        (facts/firehose.md#quotas), or 2.
        A function that has reserved none is throttled.
    rights
        What the functions may do; by default everything.
    """

    def __init__(
        self,
        functions: Sequence[Function],
        *,
        endpoint_url: str,
        logs: Logs,
        region: str = "us-east-1",
        concurrency: int | None = None,
        rights: Rights = Rights(),  # noqa: B008 - nothing changes it
    ) -> None:
        self.endpoint_url = endpoint_url
        self._logs = logs
        self._region = region
        self._rights = rights
        self._pools = {
            function.name: _Pool(function, f"{_ACCESS_KEY_PREFIX}{number}", concurrency)
            for number, function in enumerate(functions, 1)
        }

    def find(self, arn_or_name: str) -> Function | None:
        """The function of a name, ARN or qualified ARN (``…:function:name:version``)."""
        name = arn_or_name
        if arn_or_name.startswith("arn:"):
            parts = arn_or_name.split(":")
            name = parts[6] if len(parts) > 6 else ""
        pool = self._pools.get(name)
        return None if pool is None else pool.function

    def owns(self, access_key_id: str | None) -> bool:
        """Whether a function signs with this access key id, and not another client."""
        return self.function_of(access_key_id) is not None

    def function_of(self, access_key_id: str | None) -> Function | None:
        """The function whose SDK signs with this access key id; none for the id of another client."""
        for pool in self._pools.values():
            if pool.access_key_id == access_key_id:
                return pool.function
        return None

    async def invoke(self, arn_or_name: str, payload: bytes, *, wait_seconds: float | None = None) -> InvokeResult:
        """Invoke a function and wait (``RequestResponse``). A failing function is an answer, not an exception.

        Parameters
        ----------
        arn_or_name
            As :meth:`find` takes it.
        payload
            The event, as JSON.
        wait_seconds
            How long to wait for an answer, from when the invocation begins, which may be after others; by default as
            long as the function may take.

        Raises
        ------
        TimeoutError
            If there is no answer in ``wait_seconds``; the invocation is ended.
        FunctionUnavailableError
            If no process can be started.
        """
        request_id = str(uuid.uuid4())
        function = self.find(arn_or_name)
        if function is None:
            message = f"Function not found: {arn_or_name}"
            return _refused(404, "ResourceNotFoundException", message, request_id)
        if len(payload) > MAX_PAYLOAD_BYTES:
            message = (
                f"{len(payload)} byte payload is too large for the RequestResponse invocation type "
                f"(limit {MAX_PAYLOAD_BYTES} bytes)"
            )
            return _refused(413, "RequestTooLargeException", message, request_id)
        if function.reserved_concurrency == 0:
            return _refused(429, "TooManyRequestsException", "Rate Exceeded.", request_id)
        denial = self._rights.denial(function.arn, "function")
        if denial is not None:
            message = _NOT_ASSUMED if denial.of_trust else str(denial)
            return _refused(403, "AccessDeniedException", message, request_id)
        pool = self._pools[function.name]
        return await pool.invoke(lambda: self._new_sandbox(pool), request_id, payload, wait_seconds)

    async def reload(self, function: Function) -> None:
        """Load a function's code anew for its next invocation; one that is under way ends with the old code."""
        await self._pools[function.name].reload()

    async def close(self) -> None:
        """End all worker processes."""
        for pool in self._pools.values():
            await pool.close()

    def _new_sandbox(self, pool: _Pool) -> Sandbox:
        return Sandbox(
            pool.function,
            region=self._region,
            endpoint_url=self.endpoint_url,
            access_key_id=pool.access_key_id,
            logs=self._logs if self._rights.denial(pool.function.arn, "function-log") is None else None,
        )


class _Pool:
    """The warm sandboxes of one function."""

    def __init__(self, function: Function, access_key_id: str, concurrency: int | None) -> None:
        self.function = function
        self.access_key_id = access_key_id
        reserved = function.reserved_concurrency
        if concurrency is None:
            concurrency = DEFAULT_CONCURRENCY if reserved is None else MAX_OUTSTANDING_INVOCATIONS
        self._slots = asyncio.Semaphore(concurrency if reserved is None else min(concurrency, reserved))
        self._idle: list[Sandbox] = []
        self._generation = 0

    async def invoke(
        self, new_sandbox: Callable[[], Sandbox], request_id: str, payload: bytes, wait_seconds: float | None
    ) -> InvokeResult:
        async with self._slots:
            sandbox = self._idle.pop() if self._idle else new_sandbox()
            generation = self._generation
            try:
                async with asyncio.timeout(wait_seconds):
                    return await sandbox.invoke(request_id, payload)
            finally:
                if generation != self._generation:
                    await sandbox.kill()
                elif sandbox.alive:
                    self._idle.append(sandbox)

    async def reload(self) -> None:
        self._generation += 1
        await self.close()

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop().kill()


def _refused(status: int, error_type: str, message: str, request_id: str) -> InvokeResult:
    body = json.dumps({"Type": "User", "Message": message}).encode()
    return InvokeResult(status, body, request_id, error_type=error_type)
