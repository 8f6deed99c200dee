"""The HTTP/1.1 server of the local runtime: bytes on a loopback socket to one ``app`` callable and back.

It knows no service. Requests of one connection are answered one after the other in the order they came, which is what
HTTP/1.1 pipelining asks for; connections run side by side.
"""

from clickstream_local.listener.limits import ListenerLimits
from clickstream_local.listener.server import Listener, serve

__all__ = ["Listener", "ListenerLimits", "serve"]
