"""Run one Lambda function's handler for the local runtime: a stand-alone script, started in a process of its own.

It takes invocations on a socket and answers there. A request is two frames, a JSON header and a payload, each behind a
4-byte big-endian length; an answer is a head, which nothing else that the function writes can begin with, a JSON header
and a payload. What the function prints goes to the log's pipe. It imports nothing of the runtime, and of the
environment's packages only those that Lambda has as well.
"""

from __future__ import annotations

import contextlib
import decimal
import gc
import importlib
import importlib.machinery
import json
import logging
import os
import struct
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any, BinaryIO

MAX_PAYLOAD_BYTES = 6_291_556
"""A synchronous invocation's limit, for the request and for the response (facts/firehose.md#function-reply)."""

HEAD = struct.Struct(">32sII")
"""Begins an answer: the nonce that the runtime gave, and how long header and payload are."""


def end_of_log(nonce: bytes) -> bytes:
    """Follows what an invocation logged, so that the reader knows that it has all of it."""
    return b"\0end of invocation " + nonce + b"\n"


class Context:
    """The context object of a handler, as Lambda's Python runtime gives it."""

    def __init__(self, header: Mapping[str, Any]) -> None:
        self.aws_request_id: str = header["request_id"]
        self.invoked_function_arn: str = header["function_arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.client_context = None
        self.identity = None
        self._deadline = time.monotonic() + header["timeout_seconds"]

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function's timeout."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


class RuntimePackages:
    """Finds the packages that Lambda's runtime carries (boto3 and what it needs), and no other of the environment."""

    def __init__(self, directories: Mapping[str, str]) -> None:
        self._directories = directories

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Part of the import system's finder protocol; submodules are found by their packages."""
        directory = self._directories.get(name)
        if path is not None or directory is None:
            return None
        return importlib.machinery.PathFinder.find_spec(name, [directory], target)


class LambdaFormatter(logging.Formatter):
    """Lambda's log line: level, time in UTC, request id and message, separated by tabs."""

    converter = staticmethod(time.gmtime)
    request_id = ""

    def format(self, record: logging.LogRecord) -> str:
        """Add the request id to what the format string can name."""
        record.aws_request_id = self.request_id
        return super().format(record)


class InitError(Exception):
    """A handler that cannot be loaded; ``kind`` is Lambda's name for it."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def load_handler(name: str) -> Callable[[Any, Context], Any]:
    """Import ``package.module.function``. Raises :class:`InitError`, and what the module itself raises."""
    module_name, _, function_name = name.rpartition(".")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise InitError("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        message = f"Syntax error in module '{module_name}': {error}"
        raise InitError("Runtime.UserCodeSyntaxError", message) from error
    if not hasattr(module, function_name):
        message = f"Handler '{function_name}' missing on module '{module_name}'"
        raise InitError("Runtime.HandlerNotFound", message)
    handler: Callable[[Any, Context], Any] = getattr(module, function_name)
    return handler


def describe(error: BaseException, request_id: str = "", kind: str | None = None) -> dict[str, Any]:
    """Lambda's answer to an exception."""
    frames = traceback.format_list(traceback.extract_tb(error.__traceback__)[1:])
    described = {"errorMessage": str(error), "errorType": kind or type(error).__name__}
    return described | {"requestId": request_id, "stackTrace": frames}


def jsonable(value: object) -> object:
    """Lambda's runtime writes a Decimal as a number, and nothing else that JSON does not know."""
    if isinstance(value, decimal.Decimal):
        return float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


class Worker:
    """The loop: read an invocation, call the handler, answer."""

    def __init__(self, requests: BinaryIO, replies: BinaryIO, nonce: bytes) -> None:
        self._requests = requests
        self._replies = replies
        self._nonce = nonce
        self._process = os.getpid()
        self._log = os.dup(2)  # the function may close its own
        self._formatter = LambdaFormatter(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", "%Y-%m-%dT%H:%M:%S"
        )
        # Runtimes up to 3.11 escape what is not ASCII, later ones write UTF-8: it changes the size of a reply.
        self._ascii = os.environ["AWS_EXECUTION_ENV"].rpartition("python")[2] in {"3.8", "3.9", "3.10", "3.11"}

    def run(self) -> None:
        """Load the handler, then serve until the requests end."""
        handler = logging.StreamHandler(sys.stdout)
        handler.terminator = ""
        handler.setFormatter(self._formatter)
        logging.getLogger().addHandler(handler)
        try:
            function = load_handler(os.environ["_HANDLER"])
        except InitError as error:
            self._fail(error, kind=error.kind)
            return
        except Exception as error:
            self._fail(error)
            return
        gc.freeze()  # what the modules hold lives as long as the process: no collection has to look at it
        self._reply({"ready": True})
        while (frame := self._read()) is not None:
            payload = self._read() or b""
            self._invoke(function, json.loads(frame), payload)

    def _invoke(self, function: Callable[[Any, Context], Any], header: Mapping[str, Any], payload: bytes) -> None:
        request_id = self._formatter.request_id = header["request_id"]
        try:
            answer = function(json.loads(payload), Context(header))
        except Exception as error:
            self._fail(error, request_id)
            return
        try:
            body = json.dumps(answer, ensure_ascii=self._ascii, default=jsonable).encode()
        except (TypeError, ValueError) as error:
            self._fail(error, request_id, "Runtime.MarshalError")
            return
        self._reply({}, body)

    def _fail(self, error: BaseException, request_id: str = "", kind: str | None = None) -> None:
        described = describe(error, request_id, kind)
        with contextlib.suppress(OSError, ValueError):
            print(f"[ERROR] {described['errorType']}: {described['errorMessage']}\nTraceback (most recent call last):")
            print("".join(described["stackTrace"]), end="")
        self._reply({"error_type": described["errorType"]}, json.dumps(described).encode())

    def _reply(self, header: Mapping[str, Any], payload: bytes = b"") -> None:
        if os.getpid() != self._process:
            os._exit(0)  # a copy that the function forked came back out of its handler, too
        logged = False
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
        with contextlib.suppress(OSError):
            logged = os.write(self._log, end_of_log(self._nonce)) > 0
        if len(payload) > MAX_PAYLOAD_BYTES:
            header, payload = {"too_large": True}, b""
        document = json.dumps({**header, "logged": logged}).encode()
        self._replies.write(HEAD.pack(self._nonce, len(document), len(payload)))
        self._replies.write(document)
        self._replies.write(payload)
        self._replies.flush()

    def _read(self) -> bytes | None:
        length = self._requests.read(4)
        return self._requests.read(int.from_bytes(length, "big")) if len(length) == 4 else None


def main() -> None:
    """Keep the connection from what the function starts, then work."""
    directories, connection, nonce = sys.argv[1:]
    del sys.argv[1:]
    os.set_inheritable(int(connection), False)
    requests, replies = os.fdopen(int(connection), "rb"), os.fdopen(os.dup(int(connection)), "wb")
    sys.stdout = sys.stderr = os.fdopen(1, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
    sys.path[0:0] = [os.environ["LAMBDA_TASK_ROOT"]]
    sys.meta_path.append(RuntimePackages(json.loads(directories)))
    Worker(requests, replies, nonce.encode()).run()


if __name__ == "__main__":
    main()
