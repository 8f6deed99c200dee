"""``$input``: the request, or the integration's response, as a template sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from clickstream_local.vtl import json_text
from clickstream_local.vtl.errors import MethodError, UnreadableBodyError
from clickstream_local.vtl.jsonpath import PathNotFoundError, PathSyntaxError, compiled
from clickstream_local.vtl.methods import register

_UNREAD: Final = object()
_PLACES: Final = ("path", "querystring", "header")


class Input:
    """The body, read as JSON once and only when asked for, and the parameters.

    Parameters
    ----------
    body:
        Text; bytes are read as UTF-8, with U+FFFD for what is not.
    params:
        ``{"path": {}, "querystring": {}, "header": {}}``; absent places are empty.
    """

    __slots__ = ("_given", "_params", "_root", "_text")

    def __init__(self, body: str | bytes | None, params: Mapping[str, Mapping[str, Any]] | None) -> None:
        self._text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body or ""
        self._given = params
        self._params: dict[str, dict[str, Any]] | None = None
        self._root: Any = _UNREAD

    def body(self) -> str:
        """The raw text; ``{}`` when there is none (facts/api-gateway.md#mapping-templates, recorded on AWS)."""
        return self._text or "{}"

    def _read(self, path: str) -> Any:
        """What is at a path of the body, which is parsed when first asked for."""
        if self._root is _UNREAD:
            try:
                self._root = json_text.parse(self.body())
            except ValueError as error:
                raise UnreadableBodyError(str(error)) from error
        try:
            return compiled(path).read(self._root)
        except PathSyntaxError as error:
            raise MethodError(str(error)) from error

    def path(self, path: str) -> Any:
        """The live object at a path; None when there is nothing. A body that is not JSON is a text."""
        try:
            return self._read(path)
        except PathNotFoundError:
            return None

    def json(self, path: str) -> str:
        """The JSON text at a path; ``""`` (two quotes) when there is nothing."""
        try:
            return json_text.to_json(self._read(path))
        except PathNotFoundError:
            return '""'

    def __str__(self) -> str:
        """Printed whole, it is nothing: recorded on AWS."""
        return ""

    def params(self) -> dict[str, dict[str, Any]]:
        """All parameters by place."""
        if self._params is None:
            given = self._given or {}
            self._params = {place: dict(given.get(place) or {}) for place in _PLACES}
        return self._params

    def param(self, name: str) -> Any:
        """One parameter: of the path, else of the query string, else a header; empty when there is none."""
        for found in self.params().values():
            if name in found:
                return found[name]
        return ""


register(
    Input,
    {
        "getBody": (("", Input.body),),
        "path": (("s", Input.path),),
        "json": (("s", Input.json),),
        "params": (("", Input.params), ("s", Input.param)),
    },
)
