"""Request validation: required parameters, and bodies by the API's models, in JSON Schema draft 4.

Source: facts/api-gateway.md#request-validation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import fastjsonschema
import orjson

from clickstream_local.apigateway.context.errors import GatewayError, GatewayType, UnsupportedSettingError
from clickstream_local.apigateway.context.request_context import RequestContext
from clickstream_local.apigateway.mapping.templates import media_type
from clickstream_local.vtl.bounded_regex import BoundedPattern
from clickstream_local.vtl.errors import MethodError

_MODEL_URL = "https://apigateway.amazonaws.com/restapis/"
# The two models that every API has.
_BUILT_IN: Mapping[str, Any] = {
    "Empty": {"type": "object", "title": "Empty Schema"},
    "Error": {"type": "object", "title": "Error Schema", "properties": {"message": {"type": "string"}}},
}
# Keywords that hold named schemas, so that a property may be called like a keyword.
_NAMED_SCHEMAS = frozenset({"properties", "patternProperties", "definitions", "dependencies"})
# API Gateway does not support these; `id` would move the base of every `$ref`.
_IGNORED = frozenset({"exclusiveMinimum", "default", "readOnly", "discriminator", "id", "$id", "$schema"})

Validate = Callable[[Any], Any]


class ParameterValidator:
    """The required ones of a method's ``method.request.<place>.<name>`` parameters."""

    def __init__(self, request_parameters: Mapping[str, bool]) -> None:
        # Recorded: header before path before query string, whatever the order of the template.
        required = sorted(key.removeprefix("method.request.") for key, needed in request_parameters.items() if needed)
        self._required = [(place, name) for place, name in (key.split(".", 1) for key in required)]

    def check(self, context: RequestContext) -> None:
        """Look for each one; blank counts as missing, and header names are case-sensitive here.

        Raises
        ------
        GatewayError
            400 that names the missing ones.
        """
        if not self._required:
            return
        params = context.params
        missing = [name for place, name in self._required if not params.get(place, {}).get(name, "").strip()]
        if missing:
            raise GatewayError(
                GatewayType.BAD_REQUEST_PARAMETERS, f"Missing required request parameters: [{', '.join(missing)}]"
            )


class BodyValidator:
    """Validates the bodies of one method.

    Parameters
    ----------
    request_models:
        Content type to model name.
    models:
        All models of the API by name.
    validate_unmodelled_types:
        What happens to a content type without a model. False, the default, follows the documentation: its body cannot
        be checked, and the integration's passthrough behaviour decides. True checks it by the ``application/json``
        model, as other emulators do (facts/api-gateway.md#request-validation, [C]).

    Raises
    ------
    UnsupportedSettingError
        A model that is missing, or not a JSON Schema that can be compiled.
    """

    def __init__(
        self, request_models: Mapping[str, str], models: Mapping[str, Any], *, validate_unmodelled_types: bool = False
    ) -> None:
        known = {**_BUILT_IN, **models}
        self._models = {media_type(key): _compile(name, known) for key, name in request_models.items()}
        self._fallback = self._models.get("application/json") if validate_unmodelled_types else None

    def check(self, content_type: str | None, body: bytes) -> None:
        """Check a body; an empty one counts as ``{}``.

        Raises
        ------
        GatewayError
            400 ``Invalid request body``, for text that is not JSON as well.
        """
        validate = self._models.get(media_type(content_type), self._fallback)
        if validate is None:
            return
        try:
            validate(_parse(body or b"{}"))
        except fastjsonschema.JsonSchemaValueException as error:
            raise _invalid(_explain(error)) from None
        except RecursionError:
            raise _invalid("[body is nested too deeply]") from None
        except MethodError as error:
            raise _invalid(f"[{error}]") from None
        except ValueError:
            raise _invalid("[unable to parse body as JSON]") from None


def _parse(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        # JSON.stringify writes half of an emoji that was cut in two as \ud83d, which a Java parser takes (inferred).
        return json.loads(body.decode(), parse_constant=_no_number)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _invalid(detail: str) -> GatewayError:
    return GatewayError(GatewayType.BAD_REQUEST_BODY, "Invalid request body", detail)


def _compile(name: str, models: Mapping[str, Any]) -> Validate:
    document: dict[str, Any] = {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "$ref": f"#/definitions/{name}",
        "definitions": {},
    }
    waiting = [name]
    while waiting:
        model = waiting.pop()
        if model in document["definitions"]:
            continue
        if model not in models:
            raise UnsupportedSettingError(f"model {model!r} is not a model of this API")
        document["definitions"][model] = _rewrite(models[model], model, waiting)
    try:
        validate: Validate = fastjsonschema.compile(document, use_default=False)
    except (fastjsonschema.JsonSchemaException, re.error, LookupError, TypeError, ValueError, AttributeError) as error:
        raise UnsupportedSettingError(f"model {name!r} cannot be compiled as JSON Schema draft 4: {error}") from error
    patterns = validate.__globals__.get("REGEX_PATTERNS", {})
    patterns.update({text: BoundedPattern(compiled.pattern, compiled.flags) for text, compiled in patterns.items()})
    return validate


def _rewrite(schema: Any, model: str, waiting: list[str]) -> Any:
    """A schema whose references lead into one document; the models that it refers to are added to ``waiting``."""
    if not isinstance(schema, Mapping):
        return schema
    result: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _IGNORED:
            continue
        if key == "$ref" and isinstance(value, str):
            result[key] = _target(value, model, waiting)
        elif key == "pattern" and isinstance(value, str):
            result[key] = f"(?a){value}"  # the service's engine is ECMAScript's, where \d is ASCII only
        elif key in _NAMED_SCHEMAS and isinstance(value, Mapping):
            result[key] = {name: _rewrite(inner, model, waiting) for name, inner in value.items()}
        elif isinstance(value, list) and key != "enum":
            result[key] = [_rewrite(inner, model, waiting) for inner in value]
        else:
            result[key] = _rewrite(value, model, waiting)
    return result


def _target(reference: str, model: str, waiting: list[str]) -> str:
    if reference.startswith("#"):
        return f"#/definitions/{model}{reference[1:]}"
    address, _, pointer = reference.partition("#")
    if not address.startswith(_MODEL_URL) or "/models/" not in address:
        raise UnsupportedSettingError(
            f"model {model!r} refers to {reference!r}; a reference is '#/…' or '{_MODEL_URL}<apiId>/models/<name>'"
        )
    other = address.rpartition("/models/")[2]
    waiting.append(other)
    return f"#/definitions/{other}{pointer}"


def _explain(error: fastjsonschema.JsonSchemaValueException) -> str:
    """Our wording of a violation: the schema's words and the place, never the client's values."""
    place = "".join(f"/{part}" for part in error.path[1:])
    if error.rule == "required" and isinstance(error.value, Mapping):
        missing = [name for name in error.rule_definition if name not in error.value]
        return f"[object has missing required properties ({orjson.dumps(missing).decode()})]"
    text = str(error.message).removeprefix(str(error.name)).strip()
    return f"[instance{f' at {place}' if place else ''} {text}]"
