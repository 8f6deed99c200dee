"""Holds a request to the shapes of a service's model, which the AWS SDK carries."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from clickstream_local.wire.aws_json import ApiError, ValidationError, null

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


def checked_request(service: str, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """A request whose members have the right types, with all that is required; those that are null are left out.

    Members that the model lacks are ignored. Limits are not checked.

    Raises
    ------
    ApiError
        SerializationException for a wrong type.
    ValidationError
        A required member is missing.
    """
    missing: list[str] = []
    _check(request, _model(service).operation_model(operation).input_shape, "", missing)
    if missing:
        raise ValidationError(missing)
    return {name: _without_nulls(value) for name, value in request.items() if value is not None}


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    return [_without_nulls(member) for member in value] if isinstance(value, list) else value


def _check(value: Any, shape: Any, path: str, missing: list[str]) -> None:
    kinds = _TYPES[shape.type_name]
    right = isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))
    if not right:
        message = f"{path or 'the request'} is of the wrong type: it must be a {shape.type_name}"
        raise ApiError("SerializationException", message)
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            below = _join(path, name[0].lower() + name[1:])
            if value.get(name) is not None:
                _check(value[name], member, below, missing)
            elif name in shape.required_members:
                missing.append(null(below))
    elif shape.type_name == "list":
        for place, member in enumerate(value, 1):
            _check(member, shape.member, f"{path}.{place}.member", missing)
    elif shape.type_name == "map":
        for name, member in value.items():
            _check(member, shape.value, _join(path, name), missing)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


@cache
def _model(service: str) -> Any:
    # Read when first needed: a runtime that only takes records starts without it.
    loaders = importlib.import_module("botocore.loaders")
    model = importlib.import_module("botocore.model")
    return model.ServiceModel(loaders.Loader().load_service_model(service, "service-2"), service)
