"""The files of an assembly: JSON, and CloudFormation's YAML with its short forms (``!Ref``, ``!Sub``, ``!GetAtt``)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from clickstream_local.assembly.errors import AssemblyError

_SECTIONS = frozenset(
    [
        "AWSTemplateFormatVersion",
        "Conditions",
        "Description",
        "Mappings",
        "Metadata",
        "Outputs",
        "Parameters",
        "Resources",
        "Rules",
        "Transform",
    ]
)


def read_json(path: Path) -> Any:
    """A JSON file of the assembly.

    Raises
    ------
    AssemblyError
        It is not there, or not JSON; the message names it.
    """
    return _parse_json(_text(path), str(path))


def read_template(path: Path) -> Mapping[str, Any]:
    """A CloudFormation template, in JSON or YAML; one with other sections only is that of a stack without resources.

    Raises
    ------
    AssemblyError
        It is not there, is neither, or is no template; for YAML the message has line and column.
    """
    return parse_template(_text(path), str(path))


def parse_template(text: str, source: str) -> Mapping[str, Any]:
    """The same of a text; ``source`` names it in messages."""
    document = _parse_json(text, source) if text.lstrip().startswith("{") else _parse_yaml(text, source)
    if isinstance(document, dict) and document.keys() <= _SECTIONS:
        document.setdefault("Resources", {})
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise AssemblyError(f"{source} is not a CloudFormation template: it has no Resources")
    for logical_id, resource in document["Resources"].items():
        if not isinstance(resource, dict) or not isinstance(resource.get("Type"), str):
            raise AssemblyError(f"{source}: resource {logical_id!r} has no Type")
    return document


def _parse_json(text: str, source: str) -> Any:
    try:
        return json.loads(text)
    except (RecursionError, ValueError) as error:
        raise AssemblyError(f"{source} cannot be read as JSON: {error}") from None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise AssemblyError(f"{path} does not exist; run `make synth` or `cdk synth` first") from None
    except (OSError, UnicodeDecodeError) as error:
        raise AssemblyError(f"{path} cannot be read: {error}") from None


def _parse_yaml(text: str, source: str) -> Any:
    # Only hand-written templates are YAML: what the CDK writes is read without loading a parser for it.
    import yaml

    try:
        return yaml.load(text, _loader(yaml))  # noqa: S506  (a SafeLoader)
    except yaml.YAMLError as error:
        raise AssemblyError(f"{source} cannot be read as YAML: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise AssemblyError(f"{source} cannot be read as YAML: it is nested too deeply") from None


def _loader(yaml: Any) -> Any:
    """A SafeLoader with the short forms; dates stay text, as CloudFormation wants its versions."""

    class Loader(yaml.SafeLoader):  # type: ignore[misc]
        yaml_implicit_resolvers = {  # noqa: RUF012
            first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
            for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            seen = set()
            for key, _ in node.value:
                if key.tag != "tag:yaml.org,2002:merge" and key.value in seen:
                    problem = f"found the key {key.value!r} twice"
                    raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
                seen.add(key.value if isinstance(key.value, str) else id(key))
            return super().construct_mapping(node, deep)

    def short_form(loader: Any, name: str, node: Any) -> Any:
        construct: Mapping[type, Callable[..., Any]] = {
            yaml.MappingNode: lambda: loader.construct_mapping(node, deep=True),
            yaml.SequenceNode: lambda: loader.construct_sequence(node, deep=True),
            yaml.ScalarNode: lambda: loader.construct_scalar(node),
        }
        return {name if name in ("Ref", "Condition") else f"Fn::{name}": construct[type(node)]()}

    Loader.add_multi_constructor("!", short_form)
    return Loader
