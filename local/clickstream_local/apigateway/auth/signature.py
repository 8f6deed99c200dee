"""Signature Version 4: computes what a request's signature has to be."""

from __future__ import annotations

import hashlib
import hmac
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote

from clickstream_local.common.http import Request

ALGORITHM = "AWS4-HMAC-SHA256"
_SPACES = re.compile(r" +")


@dataclass(frozen=True)
class Signature:
    """The parts of a signature as a request carries them, in its Authorization header or its query string.

    ``time`` is ``yyyyMMddTHHmmssZ``; ``expires_seconds`` is there for a presigned URL only.
    """

    access_key: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    value: str
    time: str
    expires_seconds: int | None = None

    @classmethod
    def of(cls, request: Request) -> Signature | None:
        """The signature of a request; None when there is none, or it lacks a part."""
        header = request.headers.get("authorization") or ""
        if header.startswith(ALGORITHM):
            parts = dict(_pairs(header.removeprefix(ALGORITHM).replace(",", " ").split()))
            date = request.headers.get("x-amz-date") or ""
            expires = None
        else:
            parts = {name.removeprefix("X-Amz-"): unquote(value) for name, value in _pairs(request.query.split("&"))}
            if parts.get("Algorithm") != ALGORITHM:
                return None
            date, expires = parts.get("Date", ""), parts.get("Expires", "")
        scope = parts.get("Credential", "").split("/")
        whole = len(scope) == 5 and scope[4] == "aws4_request" and (expires is None or expires.isdecimal())
        if not whole or not parts.get("SignedHeaders") or not parts.get("Signature") or not date:
            return None
        access_key, day, region, service, _ = scope
        return cls(
            access_key,
            day,
            region,
            service,
            signed_headers=tuple(parts["SignedHeaders"].split(";")),
            value=parts["Signature"],
            time=date,
            expires_seconds=None if expires is None else int(expires),
        )

    def matches(self, request: Request, secret: str) -> bool:
        """Whether ``secret`` signs ``request``, its body included, with this signature."""
        scope = f"{self.date}/{self.region}/{self.service}/aws4_request"
        digest = hashlib.sha256(self._canonical(request).encode()).hexdigest()
        key = f"AWS4{secret}".encode()
        for part in scope.split("/"):
            key = _hmac(key, part)
        expected = _hmac(key, f"{ALGORITHM}\n{self.time}\n{scope}\n{digest}").hex()
        return hmac.compare_digest(expected.encode(), self.value.encode("utf-8", "replace"))

    def _canonical(self, request: Request) -> str:
        headers = "".join(f"{name}:{_header(request, name)}\n" for name in self.signed_headers)
        return "\n".join(
            (
                request.method,
                _path(request.path),
                _query(request.query),
                headers,
                ";".join(self.signed_headers),
                hashlib.sha256(request.body).hexdigest(),
            )
        )


def _pairs(texts: Iterable[str]) -> Iterable[tuple[str, str]]:
    for text in texts:
        name, found, value = text.partition("=")
        if found:
            yield name, value


def _header(request: Request, name: str) -> str:
    values = (value for key, value in request.headers.pairs() if key.lower() == name)
    return ",".join(_SPACES.sub(" ", value.strip()) for value in values)


def _path(path: str) -> str:
    """The path without dots and double slashes, encoded once more, as every service but S3 wants it."""
    normal = posixpath.normpath(path).lstrip("/")
    end = "/" if normal not in ("", ".") and path.endswith("/") else ""
    return quote("/" + normal.removeprefix(".") + end, safe="/~")


def _query(query: str) -> str:
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    encoded = ((quote(unquote(name), safe="~"), quote(unquote(value), safe="~")) for name, _, value in pairs)
    return "&".join(f"{name}={value}" for name, value in sorted(encoded) if name != "X-Amz-Signature")


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
