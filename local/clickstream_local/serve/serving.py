"""Serves a cloud assembly until a signal stops it: the work of ``clickstream local``."""

from __future__ import annotations

import asyncio
import errno
import json
import signal
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from clickstream_local.assembly.cloud_assembly import load_templates
from clickstream_local.assembly.errors import AssemblyError
from clickstream_local.assembly.stack_template import StackTemplate
from clickstream_local.common.catalog import CatalogError
from clickstream_local.common.model import Stack
from clickstream_local.common.unforeseen import say
from clickstream_local.firehose.config.disagreements import Disagreements
from clickstream_local.firehose.faults import Faults
from clickstream_local.firehose.stages.s3_delivery import DeliveryError
from clickstream_local.iam.rights import Rights
from clickstream_local.s3.store import StoreError
from clickstream_local.serve.data_dir import DataDir, DataDirError
from clickstream_local.serve.runtime import Runtime

_WATCH_SECONDS = 0.5
_Loaded = tuple[tuple[StackTemplate, Stack], ...]
_Load = Callable[[], _Loaded]


class ServingError(Exception):
    """The runtime did not start, or did not end well; the message says why and what to do."""


@dataclass(frozen=True)
class Serving:
    """The options of ``clickstream local``; see its ``--help``."""

    assembly: Path
    stack: str | None
    parameters: Mapping[str, str]
    port: int
    data_dir: Path
    buffer_interval: float | None = None
    outputs_file: Path | None = None
    strict: bool = False
    watch: bool = False
    faults: Faults = field(default_factory=Faults)
    disagreements: Disagreements = field(default_factory=Disagreements)
    s3_endpoint: str | None = None
    iam: bool = True
    concurrency: int | None = None

    def run(self) -> None:
        """Serve until SIGTERM or Ctrl-C.

        Raises
        ------
        ServingError
            If it cannot start, or could not deliver everything at the end.
        """
        templates = _FileWatch(
            _templates(self.assembly) if self.watch else ()
        )  # before they are read, to miss no change
        data_dir = DataDir(self.data_dir)
        load = partial(
            load_templates,
            self.assembly,
            stack=self.stack,
            parameters=self.parameters,
            deployment=data_dir.deployment,
        )
        try:
            loaded = load()
            with data_dir as held:
                asyncio.run(self._serve(loaded, load, templates, held.resolve()))
        except (AssemblyError, CatalogError, DataDirError, DeliveryError, StoreError) as error:
            raise ServingError(str(error)) from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise ServingError(str(error)) from None
            raise ServingError(f"port {self.port} is taken; give another with --port, or 0 for a free one") from None

    async def _serve(self, loaded: _Loaded, load: _Load, templates: _FileWatch, data_dir: Path) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        port = self.port
        while not stop.is_set():
            stacks = tuple(stack for _, stack in loaded)
            runtime = await Runtime.start(
                stacks,
                data_dir=data_dir,
                port=port,
                buffer_interval=self.buffer_interval,
                console=True,
                faults=self.faults,
                disagreements=self.disagreements,
                s3_endpoint=self.s3_endpoint,
                rights=Rights(template for template, _ in loaded) if self.iam else Rights(),
                concurrency=self.concurrency,
            )
            port = runtime.port
            code = _FileWatch(
                {function.code_dir for stack in stacks for function in stack.functions} if self.watch else ()
            )
            try:
                self._announce(runtime)
                if self.watch:
                    loaded = await self._until_stopped_or_changed(runtime, stop, loaded, load, templates, code)
                else:
                    await stop.wait()
                say("delivering what is buffered")
            finally:
                await runtime.close()

    def _announce(self, runtime: Runtime) -> None:
        unsupported = runtime.unsupported()
        for found in unsupported:
            say(f"not run locally: {found.logical_id} ({found.resource_type}): {found.reason}")
        if self.strict and unsupported:
            raise ServingError(
                "--strict: what is named above does not run locally; change the template, or leave --strict out"
            )
        for line in rights_report(runtime.rights, judged=self.iam):
            say(line)
        for name, url in runtime.state()["endpoints"].items():
            print(f"endpoint {name} {url}")
        if self.outputs_file is not None:
            self.outputs_file.write_text(json.dumps(runtime.outputs(), indent=2) + "\n", encoding="utf-8")
        print(f"live page {runtime.url}/_local/")
        print(f"ready {runtime.url}", flush=True)

    async def _until_stopped_or_changed(
        self,
        runtime: Runtime,
        stop: asyncio.Event,
        loaded: _Loaded,
        load: _Load,
        templates: _FileWatch,
        code: _FileWatch,
    ) -> _Loaded:
        """Wait for the end or for other templates: the stacks to go on with."""
        while not stop.is_set():
            await _wait(stop, _WATCH_SECONDS)
            if templates.changed():
                try:
                    changed = load()
                except AssemblyError as error:
                    say(f"the template has changed and cannot be read, the old one goes on: {error}")
                else:
                    say("the template has changed: starting again")
                    return changed
            folders = code.changed()
            for function in (function for _, stack in loaded for function in stack.functions):
                if function.code_dir in folders:
                    say(f"the code of {function.logical_id} has changed: loading it anew")
                    await runtime.reload(function)
        return loaded


def rights_report(rights: Rights, *, judged: bool) -> list[str]:
    """The lines on rights that are printed at start."""
    if not judged:
        return ["rights are not judged: what a role lacks on AWS works here"]
    return [
        *(f"denied: {denial}" for denial in rights.denials),
        *(f"denied, without effect here: {denial}" for denial in rights.unenforced),
        *(f"taken as allowed: {doubt}" for doubt in rights.doubts),
    ]


class _FileWatch:
    """The state of some files and folders when they were last looked at."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._seen = {path: _fingerprint(path) for path in paths}

    def changed(self) -> set[Path]:
        """The paths that look different from the last time."""
        now = {path: _fingerprint(path) for path in self._seen}
        different = {path for path, seen in self._seen.items() if now[path] != seen}
        self._seen = now
        return different


def _fingerprint(path: Path) -> frozenset[tuple[str, int, int]]:
    """Name, time and size of each file at or below ``path``; what vanishes meanwhile is left out."""
    found = set()
    for file in [path, *path.rglob("*")]:
        try:
            status = file.stat()
        except OSError:
            continue
        if file.is_file() and file.suffix != ".pyc":
            found.add((str(file), status.st_mtime_ns, status.st_size))
    return frozenset(found)


def _templates(assembly: Path) -> list[Path]:
    """The templates and manifests of an assembly; assets are watched on their own."""
    return [assembly] if assembly.is_file() else [*assembly.rglob("*.template.json"), *assembly.rglob("manifest.json")]


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
