"""One execution environment of a function: loads it on first use, runs an invocation at a time, logs as Lambda does."""

from __future__ import annotations

import asyncio
import json
import math
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from clickstream_local.cloudwatch_logs.logs import Logs
from clickstream_local.common.model import Function
from clickstream_local.common.unforeseen import describe
from clickstream_local.lambda_runtime.environment import environment, log_group
from clickstream_local.lambda_runtime.process import WorkerExitedError, WorkerProcess
from clickstream_local.lambda_runtime.worker import MAX_PAYLOAD_BYTES

INIT_TIMEOUT_SECONDS = 10.0
"""Lambda's limit for loading a function, before its own timeout begins to count."""


class FunctionUnavailableError(Exception):
    """No process could be started: the code is gone, or descriptors or memory are used up. It may work later."""


@dataclass(frozen=True)
class InvokeResult:
    """The answer of an invocation.

    ``status`` is the HTTP status of the Invoke call. ``function_error`` is ``Unhandled`` when the function failed; then
    ``payload`` is the JSON that describes it and ``error_type`` its ``errorType`` (``Sandbox.Timedout`` for a timeout).
    For a call that Lambda itself refuses, ``error_type`` is the service's exception.
    """

    status: int
    payload: bytes
    request_id: str
    function_error: str | None = None
    error_type: str | None = None


class Sandbox:
    """An execution environment; it is good for more invocations while :attr:`alive`.

    Without ``logs``, which is a role that may not write them, what the function prints is lost, as on AWS.
    """

    def __init__(
        self, function: Function, *, region: str, endpoint_url: str, access_key_id: str, logs: Logs | None
    ) -> None:
        self._function = function
        self._logs = logs
        self._stream = f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{uuid.uuid4().hex}"
        self._variables = environment(
            function, region=region, endpoint_url=endpoint_url, access_key_id=access_key_id, log_stream=self._stream
        )
        self._process: WorkerProcess | None = None

    @property
    def alive(self) -> bool:
        """Whether the function's process is loaded and waits for the next invocation."""
        return self._process is not None

    async def invoke(self, request_id: str, payload: bytes) -> InvokeResult:
        """Run one invocation; whatever happens to the process, the answer says so as Lambda would."""
        started = time.perf_counter()
        init_seconds = None
        self._log(f"START RequestId: {request_id} Version: $LATEST")
        try:
            if self._process is None:
                failure = await self._load(request_id)
                init_seconds = time.perf_counter() - started
                if failure is not None:
                    return failure
                started = time.perf_counter()
            return await self._run(request_id, payload)
        except BaseException:
            await self.kill()
            raise
        finally:
            self._log_end(request_id, time.perf_counter() - started, init_seconds)

    async def kill(self) -> None:
        """End the process; the next invocation would start a new one."""
        process, self._process = self._process, None
        if process is not None:
            await process.kill()

    async def _load(self, request_id: str) -> InvokeResult | None:
        try:
            self._process = await WorkerProcess.start(
                cwd=self._function.code_dir,
                variables=self._variables,
                memory_mb=self._function.memory_mb,
                log=self._log,
            )
        except OSError as error:
            code = self._function.code_dir
            hint = "" if code.is_dir() else f"; its code is not at {code} any more: synthesize again, or put it back"
            reason = f"function {self._function.name} cannot be started: {describe(error)}{hint}"
            raise FunctionUnavailableError(reason) from error
        answer = await self._exchange(request_id, (), INIT_TIMEOUT_SECONDS)
        if isinstance(answer, InvokeResult):
            return answer
        header, body = answer
        if header.get("ready"):
            return None
        await self.kill()
        return InvokeResult(200, body, request_id, "Unhandled", header["error_type"])

    async def _run(self, request_id: str, payload: bytes) -> InvokeResult:
        timeout = self._function.timeout_seconds
        header = {"request_id": request_id, "function_arn": self._function.arn, "timeout_seconds": timeout}
        answer = await self._exchange(request_id, (json.dumps(header).encode(), payload), timeout)
        if isinstance(answer, InvokeResult):
            return answer
        reply, body = answer
        if "too_large" in reply:
            self._log("[ERROR] [LAMBDA_RUNTIME] Failed to post handler success response. Http response code: 413.")
            message = f"Response payload size exceeded maximum allowed payload size ({MAX_PAYLOAD_BYTES} bytes)."
            return _failed(request_id, "Function.ResponseSizeTooLarge", message)
        if "error_type" in reply:
            return InvokeResult(200, body, request_id, "Unhandled", reply["error_type"])
        return InvokeResult(200, body, request_id)

    async def _exchange(
        self, request_id: str, frames: tuple[bytes, ...], timeout: float
    ) -> tuple[dict[str, Any], bytes] | InvokeResult:
        assert self._process is not None
        try:
            async with asyncio.timeout(timeout):
                return await self._process.exchange(frames)
        except TimeoutError:
            message = f"Task timed out after {timeout:.2f} seconds"
            self._log(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.000Z} {request_id} {message}")
            result = _failed(request_id, "Sandbox.Timedout", f"RequestId: {request_id} Error: {message}")
        except WorkerExitedError as exited:
            message = f"RequestId: {request_id} Error: Runtime exited with error: {exited}"
            self._log(f"{message} Runtime.ExitError")
            result = _failed(request_id, "Runtime.ExitError", message)
        await self.kill()
        return result

    def _log_end(self, request_id: str, seconds: float, init_seconds: float | None) -> None:
        memory = self._process.max_memory_mb() if self._process is not None else self._function.memory_mb
        report = [
            f"REPORT RequestId: {request_id}",
            f"Duration: {seconds * 1000:.2f} ms",
            f"Billed Duration: {math.ceil(seconds * 1000)} ms",
            f"Memory Size: {self._function.memory_mb} MB",
            f"Max Memory Used: {memory} MB",
        ]
        if init_seconds is not None:
            report.append(f"Init Duration: {init_seconds * 1000:.2f} ms")
        self._log(f"END RequestId: {request_id}")
        self._log("\t".join(report))

    def _log(self, message: str) -> None:
        if self._logs is not None:
            self._logs.write(log_group(self._function), self._stream, message)


def _failed(request_id: str, error_type: str, message: str) -> InvokeResult:
    body = json.dumps({"errorType": error_type, "errorMessage": message}).encode()
    return InvokeResult(200, body, request_id, "Unhandled", error_type)
