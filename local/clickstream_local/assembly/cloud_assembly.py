"""Finds the stacks of a cloud assembly and reads them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clickstream_local.assembly.documents import read_json, read_template
from clickstream_local.assembly.errors import AssemblyError
from clickstream_local.assembly.stack import read_stack
from clickstream_local.assembly.stack_template import DEFAULT_ACCOUNT, DEFAULT_REGION, StackTemplate
from clickstream_local.common.model import Stack


def load_stacks(
    path: Path,
    *,
    stack: str | None = None,
    parameters: Mapping[str, str] | None = None,
    deployment: uuid.UUID = uuid.NAMESPACE_URL,
) -> tuple[Stack, ...]:
    """The stacks of a cloud assembly that the runtime can run.

    Parameters
    ----------
    path:
        A cloud assembly (``cdk.out``) or a single CloudFormation template, in JSON or YAML.
    stack:
        Name of the one stack wanted; by default all stacks.
    parameters:
        Values for template parameters; others take their default.
    deployment:
        What the stacks' ids are made of, as a data directory knows it. Default: the same ids everywhere.

    Raises
    ------
    AssemblyError
        If the assembly cannot be read, has no such stack, or a template cannot be resolved.
    """
    found = load_templates(path, stack=stack, parameters=parameters, deployment=deployment)
    return tuple(read for _, read in found)


def load_templates(
    path: Path,
    *,
    stack: str | None = None,
    parameters: Mapping[str, str] | None = None,
    deployment: uuid.UUID = uuid.NAMESPACE_URL,
) -> tuple[tuple[StackTemplate, Stack], ...]:
    """The same stacks, each with its template, for what the runtime's model leaves out."""
    try:
        artifacts = list(read_artifacts(path))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise AssemblyError(f"{path} is not a cloud assembly that the CDK writes: {error!r}") from error
    if not artifacts:
        raise AssemblyError(f"{path} has no stack")
    outputs = _Outputs()
    templates = [
        StackTemplate(
            artifact.body,
            stack=artifact.name,
            region=artifact.region or DEFAULT_REGION,
            account=artifact.account or DEFAULT_ACCOUNT,
            assets=artifact.assets,
            parameters=parameters or {},
            imports=outputs,
            outputs=outputs.of_stack,
            deployment=deployment,
        )
        for artifact in artifacts
    ]
    outputs.templates = templates
    wanted = [template for template in templates if stack in (None, template.stack)]
    if not wanted:
        names = ", ".join(sorted(template.stack for template in templates)) or "none"
        raise AssemblyError(f"no stack {stack!r} in {path}; its stacks: {names}")
    try:
        return tuple((template, read_stack(template)) for template in wanted)
    except RecursionError:
        raise AssemblyError(f"a template in {path} is nested too deeply, or holds itself by a YAML anchor") from None


@dataclass(frozen=True)
class StackArtifact:
    """A stack of an assembly as it was synthesized; region and account are None where it was not told them.

    ``assets`` are the files and folders by their hash, ``names`` the construct paths by logical id.
    """

    name: str
    body: Mapping[str, Any]
    region: str | None = None
    account: str | None = None
    assets: Mapping[str, Path] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


class _Outputs(Mapping[str, Any]):
    """The outputs of all stacks, resolved when asked for; as a mapping, the exported ones by their export's name."""

    def __init__(self) -> None:
        self.templates: list[StackTemplate] = []
        self._under_way: list[str] = []

    def _exported(self) -> Iterator[tuple[str, StackTemplate, Any]]:
        for template in self.templates:
            for output in template.body.get("Outputs", {}).values():
                if "Export" in output and template.holds(output):
                    yield template.resolver.resolve(output["Export"]["Name"]), template, output["Value"]

    def __getitem__(self, name: str) -> Any:
        for exported, template, value in self._exported():
            if exported == name:
                return self._resolve(f"export {name}", template, value)
        raise KeyError(name)

    def of_stack(self, stack: str, region: str, output: str) -> Any:
        """An output of a stack, whether it is exported or not; ``KeyError`` where there is none."""
        named = [template for template in self.templates if template.stack == stack]
        for template in sorted(named, key=lambda template: template.region != region):
            return self._resolve(f"{stack}.{output}", template, template.body.get("Outputs", {})[output]["Value"])
        raise KeyError(stack)

    def _resolve(self, name: str, template: StackTemplate, value: Any) -> Any:
        if name in self._under_way:
            circle = " → ".join([*self._under_way, name])
            raise AssemblyError(f"circular dependency between outputs of stacks: {circle}")
        self._under_way.append(name)
        try:
            return template.resolver.resolve(value)
        finally:
            self._under_way.pop()

    def __iter__(self) -> Iterator[str]:
        return (name for name, _, _ in self._exported())

    def __len__(self) -> int:
        return sum(1 for _ in self._exported())


def read_artifacts(path: Path) -> Iterator[StackArtifact]:
    """Every stack of a cloud assembly, or the one template, with nothing resolved.

    Raises
    ------
    AssemblyError
        It is not there, or cannot be read.
    """
    if path.is_file():
        yield StackArtifact(path.name.removesuffix(path.suffix).removesuffix(".template"), read_template(path))
        return
    if not path.is_dir():
        raise AssemblyError(f"no cloud assembly at {path}; run `make synth` or `cdk synth` first")
    manifest = read_json(path / "manifest.json")
    artifacts: Mapping[str, Any] = manifest.get("artifacts", {})
    assets = dict(_assets(path, artifacts))
    for artifact_id, artifact in artifacts.items():
        if artifact["type"] == "cdk:cloud-assembly":
            yield from read_artifacts(path / artifact["properties"]["directoryName"])
        elif artifact["type"] == "aws:cloudformation:stack":
            properties = artifact["properties"]
            account, region = artifact.get("environment", "aws:///").removeprefix("aws://").split("/", 1)
            yield StackArtifact(
                properties.get("stackName", artifact_id),
                read_template(path / properties["templateFile"]),
                None if region in ("", "unknown-region") else region,
                None if account in ("", "unknown-account") else account,
                assets,
                dict(_names(path, artifact)),
            )


def _names(path: Path, artifact: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    # Newer CDKs write the metadata of a stack to a file of its own.
    file = artifact.get("additionalMetadataFile")
    metadata = {**artifact.get("metadata", {}), **(read_json(path / file) if file else {})}
    for construct, entries in metadata.items():
        for entry in entries:
            if entry.get("type") == "aws:cdk:logicalId":
                yield entry["data"], construct.removeprefix("/")


def _assets(path: Path, artifacts: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    for artifact in artifacts.values():
        if artifact["type"] == "cdk:asset-manifest":
            for asset_hash, file in read_json(path / artifact["properties"]["file"]).get("files", {}).items():
                source = file["source"].get("path")
                if source is not None:
                    yield asset_hash, path / source
