"""Holds a request to the shapes of a service's model, which the AWS SDK carries."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from clickstream_local.wire.aws_json import ApiError, ValidationError, constraint, null

_TYPES: Mapping[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "blob": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float),
}


def checked_request(
    service: str, operation: str, request: Mapping[str, Any], *, limits: bool = False
) -> dict[str, Any]:
    """A request whose members have the right types, with all that is required; those that are null are left out.

    Members that the model lacks are ignored. With ``limits``, lengths, sizes and forms are checked too, in the words of
    Kinesis, except for the length of a blob; Firehose has words of its own.

    Raises
    ------
    ApiError
        SerializationException for a wrong type.
    ValidationError
        A required member is missing, or a member is not within the limits.
    """
    problems: list[str] = []
    _check(request, _model(service).operation_model(operation).input_shape, "", problems, limits)
    if problems:
        raise ValidationError(problems)
    return {name: _without_nulls(value) for name, value in request.items() if value is not None}


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    return [_without_nulls(member) for member in value] if isinstance(value, list) else value


def _check(value: Any, shape: Any, path: str, problems: list[str], limits: bool) -> None:
    kinds = _TYPES[shape.type_name]
    right = isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))
    if not right:
        message = f"{path or 'the request'} is of the wrong type: it must be a {shape.type_name}"
        raise ApiError("SerializationException", message)
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            below = _join(path, name[0].lower() + name[1:])
            if value.get(name) is not None:
                _check(value[name], member, below, problems, limits)
            elif name in shape.required_members:
                problems.append(null(below))
    elif shape.type_name == "list":
        if limits:
            problems += _out_of_bounds(shape, len(value), "length", "Value", path)
        for place, member in enumerate(value, 1):
            _check(member, shape.member, f"{path}.{place}.member", problems, limits)
    elif shape.type_name == "map":
        for name, member in value.items():
            _check(member, shape.value, _join(path, name), problems, limits)
    elif limits and shape.type_name == "string":
        problems += _text_problems(shape, value, path)
    elif limits and shape.type_name in ("integer", "long"):
        problems += _out_of_bounds(shape, value, "value", f"Value '{value}'", path)


def _text_problems(shape: Any, text: str, path: str) -> list[str]:
    """What is wrong with a text by its shape, in the services' words and order: its form before its length."""
    shown = f"Value '{text}'"
    problems = []
    if "pattern" in shape.metadata and _pattern(shape.metadata["pattern"]).fullmatch(text) is None:
        rule = f"Member must satisfy regular expression pattern: {shape.metadata['pattern']}"
        problems.append(constraint(shown, path, rule))
    if "enum" in shape.metadata and text not in shape.metadata["enum"]:
        rule = f"Member must satisfy enum value set: [{', '.join(shape.metadata['enum'])}]"
        problems.append(constraint(shown, path, rule))
    return problems + _out_of_bounds(shape, len(text), "length", shown, path)


def _out_of_bounds(shape: Any, size: int, what: str, shown: str, path: str) -> list[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        return [constraint(shown, path, f"Member must have {what} greater than or equal to {least}")]
    if most is not None and size > most:
        return [constraint(shown, path, f"Member must have {what} less than or equal to {most}")]
    return []


@cache
def _pattern(java: str) -> re.Pattern[str]:
    """A pattern of the model; one that Python cannot read takes anything."""
    try:
        return re.compile(java)
    except re.error:
        return re.compile(".*", re.DOTALL)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


@cache
def _model(service: str) -> Any:
    # Read when first needed: a runtime that only takes records starts without it.
    loaders = importlib.import_module("botocore.loaders")
    model = importlib.import_module("botocore.model")
    return model.ServiceModel(loaders.Loader().load_service_model(service, "service-2"), service)
