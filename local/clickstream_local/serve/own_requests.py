"""Which requests come from this machine's own programs and pages, and not from a website in the same browser."""

from __future__ import annotations

import re

from clickstream_local.common.http import Request

_OWN_HOST = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?", re.IGNORECASE)


def from_this_machine(request: Request) -> bool:
    """Whether ``Host`` names this machine, and ``Origin``, if there is one, the same place.

    A page that a browser has open reaches loopback ports, too, and by DNS rebinding under a name of its own, as if it
    were of the same origin; what it cannot do is name this machine in ``Host``.
    """
    host = request.headers.get("Host") or ""
    origin = request.headers.get("Origin")
    return _OWN_HOST.fullmatch(host) is not None and origin in (None, f"http://{host}")
