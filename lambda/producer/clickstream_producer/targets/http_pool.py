"""botocore's pool of connections, without what its HTTP session works out anew for each request.

The session looks up proxy, pool, certificates and target each time, and reads an answer in pieces: together a tenth of
what sending 500 small records costs. The pool, its connections, TLS and timeouts stay botocore's, and so do the errors.
"""

from __future__ import annotations

import socket
from typing import Any, Final, Self
from urllib.parse import urlsplit

from botocore import exceptions
from botocore.httpsession import URLLib3Session
from urllib3 import exceptions as raised
from urllib3.util.retry import Retry

_ERRORS: Final = (
    (raised.SSLError, exceptions.SSLError),
    ((raised.NewConnectionError, socket.gaierror), exceptions.EndpointConnectionError),
    (raised.ConnectTimeoutError, exceptions.ConnectTimeoutError),
    (raised.ReadTimeoutError, exceptions.ReadTimeoutError),
    (raised.ProtocolError, exceptions.ConnectionClosedError),
)
"""What the session makes of an error; anything else is an ``HTTPClientError``."""


Answer = tuple[int, Any, bytes]
"""Status, headers and content."""


class HttpPool:
    """Posts to one address.

    Parameters
    ----------
    pool
        The session's own for this address.
    url
        The address.

    Attributes
    ----------
    url
        The address.
    """

    def __init__(self, pool: Any, url: str) -> None:
        self._pool = pool
        self.url = url
        parts = urlsplit(url)
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._once = Retry(False)

    @classmethod
    def of(cls, session: Any, url: str) -> Self | None:
        """Find the session's pool; None where a proxy is between, or this botocore lacks a part."""
        parts = ("_manager", "_proxy_config", "_setup_ssl_cert", "_verify")
        if type(session) is not URLLib3Session or not all(hasattr(session, part) for part in parts):
            return None
        own: Any = session  # its private parts are in no stubs
        if own._proxy_config.proxy_url_for(url) is not None:
            return None
        pool = own._manager.connection_from_url(url)
        own._setup_ssl_cert(pool, url, own._verify)
        return cls(pool, url)

    @property
    def open(self) -> bool:
        """Whether it can be used: who closes the client closes its pools."""
        return self._pool.pool is not None

    def send(self, request: Any) -> Answer:
        """Send a prepared request; give back the answer.

        Raises
        ------
        HTTPClientError
            Or what else ``URLLib3Session.send`` raises.
        """
        try:
            answer = self._pool.urlopen(
                request.method,
                self._target,
                body=request.body,
                headers=dict(request.headers.items()),  # botocore's own kind is copied and read several times slower
                retries=self._once,
                assert_same_host=False,
                preload_content=False,
                decode_content=False,
                enforce_content_length=False,
            )
            return answer.status, answer.headers, answer.read(decode_content=False)
        except Exception as error:
            for kinds, kind in _ERRORS:
                if isinstance(error, kinds):
                    raise kind(endpoint_url=self.url, error=error) from error
            raise exceptions.HTTPClientError(error=error) from error
