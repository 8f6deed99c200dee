"""Whether a user agent names itself as a crawler or a tool, and what told it so."""

from __future__ import annotations

import re
from functools import lru_cache

_CRAWLER = (
    # Cubot makes telephones.
    r"(?<!\bcu)bots?(?![a-z])|robot|crawl|spider|slurp|scrap|archiver|indexer|fetch|feed\b|monitor|check|validator|"
    r"preview|\bsearch\b|scan(?:ner|ning|/|\b)|survey|research|transcoder|lighthouse|pagespeed|analy[sz]er|\bseo|favicon|snippet|criticalcss|"
    r"facebookexternalhit|mediapartners|adsbot|pingdom|uptime|\bping\b|\bproxy\b|[ -]agent\b|googleagent|"
    r"\bgoogle-(?!chrome)[a-z]|verif|resolver|synthetic|\bptst/|appinsights|siteimprove|^whatsapp/|subscribers|reader\b|\b(?:hardenize|gtmetrix|inspector)\b"
)
_TOOL = (
    r"\bcurl\b|\bwget\b|python|\bjava/|^java\b|go-http|libwww|\bperl\b|\bruby\b|\bphp\b|http ?client|httpurlconnection|"
    r"\baxios\b|node-fetch|\bnode\b|^okhttp/[\d.]+$|apache-http|\bhttpie\b|postman|insomnia|aiohttp|httpx|guzzle|\bhttp_|"
    r"winhttp|restsharp|nutch|heritrix|httrack|nikto|nmap|sqlmap|zgrab|nagios"
)
_INDICATORS = {
    "crawler": _CRAWLER,
    "tool": _TOOL,
    "headless": r"headless|phantomjs|slimerjs|puppeteer|playwright|selenium|webdriver|cypress",
    "link": r"https?:|@[a-z0-9-]+\.[a-z]|\+[a-z0-9.-]+\.[a-z]{2}",
    "compatible": r"\(compatible; (?!msie|konqueror|icab|linux|windows|u;|netscape|opera)",
}
_BROWSER_OR_DEVICE = (
    r"^(?:mozilla|opera|j2me|nokia|sonyericsson|samsung|lg|mot|htc)|iphone|ipad|ipod|\bios\b|android|dalvik|windows nt|"
    r"macintosh|mac ?os|fban/|darwin|cfnetwork|linux|blackberry|midp|symbian|ucweb|\btv\b"
)


def bot_indicators(agent: str) -> list[str]:
    """What makes a user agent a robot's, empty for a person's.

    ``crawler`` and ``tool`` (a word in it), ``headless`` (a browser under remote control), ``link`` (a page or an
    address to complain to), ``compatible`` (nothing but compatibility with a browser is claimed), ``no_device`` (it
    does not begin as a browser's, and has no word about a device).
    """
    indicators, browser_or_device = _compiled()
    found = [name for name, pattern in indicators.items() if pattern.search(agent)]
    if browser_or_device.search(agent) is None:
        found.append("no_device")
    return found


@lru_cache(maxsize=1)
def _compiled() -> tuple[dict[str, re.Pattern[str]], re.Pattern[str]]:
    # At first use: a pipeline whose schema has no such column does not pay for it at its cold start.
    patterns = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _INDICATORS.items()}
    return patterns, re.compile(_BROWSER_OR_DEVICE, re.IGNORECASE)
