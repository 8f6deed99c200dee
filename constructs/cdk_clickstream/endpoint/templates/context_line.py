"""The context line that begins a record, in VTL: what the server knows of a request, as JSON.

Every value is escaped, and the boundary is ``extendedRequestId``, which a client cannot choose (unlike ``requestId``):
a body cannot forge a context line. The token marks the line as the endpoint's: an event that comes past the endpoint,
by a producer, cannot forge one either.
"""

from __future__ import annotations

from cdk_clickstream.endpoint.client_context import ClientContext, IpDetail, TrustedProxy

_ESCAPED = """#set($%(name)s = $util.escapeJavaScript("$!%(expression)s").replaceAll("\\\\'","'"))
"""
# escapeJavaScript also turns ' into \\', which is no JSON escape: the replaceAll takes that back
# (facts/api-gateway.md#mapping-templates).

NEWLINE = """#set($nl = "
")
"""
PREAMBLE = f"""#set($q = '"')
{NEWLINE}"""
# VTL strings know no backslash escapes: a newline is a real one, and $q spares quotes inside quotes.

_HEADER = """#set($%(name)s = "$!headers.get('%(header)s')$!headers.get('%(lower)s')")
"""
# Not $input.params(name): that looks into the path and the query string first, which the client writes.
# Both spellings: HTTP/2 has lower case names.

_FROM_PROXY = """#if($address == "")
#set($address = $context.identity.sourceIp)
#end
"""
_CUT_PORT = """#set($colon = $address.lastIndexOf(":"))
#if($colon > 0)
#set($address = $address.substring(0, $colon))
#end
"""
_MASK = """#set($masked = "")
#set($dot = $address.lastIndexOf("."))
#set($colon = $address.indexOf(":"))
#if($dot > 0 && $colon < 0)
#set($part = $address.substring(0, $dot))
#set($masked = "${part}.0")
#elseif($colon > 0)
#set($first = $colon + 1)
#set($second = $address.indexOf(":", $first))
#if($second > $first)
#set($part = $address.substring(0, $second))
#set($masked = "${part}::")
#end
#end
#set($address = $masked)
"""
# An address of another form is left out rather than passed on whole.


def context_settings(principal: str, client: ClientContext) -> str:
    """VTL that sets the values of the context line.

    Parameters
    ----------
    principal:
        VTL expression of the caller's identity, without its ``$``.
    client:
        Client data of the context line.
    """
    values = {
        "ua": "context.identity.userAgent" if client.user_agent else "",
        "ip": _ip_expression(client),
        "key": "context.identity.apiKeyId",
        "principal": principal,
        "id": "context.extendedRequestId",
    }
    if client.proxy and client.proxy.country_header:
        values["country"] = "country"
    settings = (
        _ESCAPED % {"name": name, "expression": expression} if expression else f'#set(${name} = "")\n'
        for name, expression in values.items()
    )
    return f"{PREAMBLE}{_address(client)}{''.join(settings)}"


def context_line(client: ClientContext, token: str, *, index: str | None = None) -> str:
    """VTL string of the context line, in the values that :func:`context_settings` set.

    Parameters
    ----------
    client:
        Client data of the context line.
    token:
        Token by which the transform believes it.
    index:
        VTL of the position of the record's event in its request, which keeps two equal events of one request apart.
    """
    country = "${q}country${q}:${q}$country${q}," if client.proxy and client.proxy.country_header else ""
    position = "" if index is None else f"${{q}}index${{q}}:{index},"
    return (
        f"{{${{q}}clickstream${{q}}:1,${{q}}kind${{q}}:${{q}}request${{q}},${{q}}token${{q}}:${{q}}{token}${{q}},"
        "${q}received_at${q}:$context.requestTimeEpoch,"
        "${q}ip${q}:${q}$ip${q},${q}user_agent${q}:${q}$ua${q},"
        f"{country}"
        "${q}api_key_id${q}:${q}$key${q},${q}principal${q}:${q}$principal${q},"
        f"{position}"
        "${q}boundary${q}:${q}$id${q}}"
    )


def _ip_expression(client: ClientContext) -> str:
    if client.ip is IpDetail.NONE:
        return ""
    return "context.identity.sourceIp" if client.ip is IpDetail.FULL and client.proxy is None else "address"


def _address(client: ClientContext) -> str:
    """VTL that sets ``$address`` and ``$country``, where the context's own values are not what is written."""
    proxy = client.proxy
    text = "#set($headers = $input.params().header)\n" if proxy else ""
    if client.ip is not IpDetail.NONE and _ip_expression(client) == "address":
        text += _from(proxy) if proxy else "#set($address = $context.identity.sourceIp)\n"
        text += _MASK if client.ip is IpDetail.MASKED else ""
    if proxy and proxy.country_header:
        text += _header("country", proxy.country_header)
    return text


def _from(proxy: TrustedProxy) -> str:
    # Without the header the request came past the proxy, or its settings are wrong: the TCP peer is the truth then.
    return _header("address", proxy.ip_header) + (_CUT_PORT if proxy.with_port else "") + _FROM_PROXY


def _header(name: str, header: str) -> str:
    return _HEADER % {"name": name, "header": header, "lower": header.lower()}
