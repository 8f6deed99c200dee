"""Device, browser and operating system by the user agent: keywords, for the families that most traffic has."""

from __future__ import annotations

import re
from functools import lru_cache

_BROWSERS = (
    ("Edge", r"\bEdg(?:e|A|iOS)?/(\d+)"),
    ("UC Browser", r"\b(?:UC ?Browser|UCMobile|UBrowser)/?(\d+)"),
    ("Opera", r"\b(?:OPR|OPiOS|OPT|Opera Mini)/(?:att/)?(\d+)"),
    ("Opera", r"\bOpera(?=[/ ]).*\bVersion/(\d+)|\bOpera[/ ](\d+)"),
    ("Samsung Internet", r"\bSamsungBrowser/(\d+)"),
    ("Yandex Browser", r"\bYaBrowser/(\d+)"),
    ("Vivaldi", r"\bVivaldi/(\d+)"),
    ("Amazon Silk", r"\bSilk/(\d+)"),
    ("DuckDuckGo", r"\b(?:DuckDuckGo|Ddg)/(\d+)"),
    ("Facebook", r"\bFBAV/(\d+)"),
    ("Instagram", r"\bInstagram (\d+)"),
    ("Google App", r"\bGSA/(\d+)"),
    ("Chrome", r"\b(?:CriOS|HeadlessChrome|Chrome|Chromium)/(\d+)"),
    ("Firefox", r"\b(?:FxiOS|Firefox|Focus)/(\d+)"),
    ("Internet Explorer", r"\bMSIE (\d+)|\bTrident/.*\brv:(\d+)"),
    ("Safari", r"\bVersion/(\d+)[.\d]* (?:Mobile/\S+ )?Safari/"),
)
_SYSTEMS = (
    ("Windows Phone", r"\bWindows Phone(?: OS)? ([\d.]+)"),
    ("iOS", r"\b(?:CPU (?:iPhone )?OS|iPhone OS|iOS)[ /](\d+(?:[._]\d+)*)"),
    ("Android", r"\bAndroid(?: (\d+(?:\.\d+)*))?"),
    ("Windows", r"\bWindows(?: NT (\d+\.\d+))?"),
    ("macOS", r"\bMac ?OS ?X(?: (\d+(?:[._]\d+)*))?|\bMacintosh\b(?!.*\bMac ?OS ?X)()"),
    ("Chrome OS", r"\bCrOS \S+ (\d+)"),
    ("Linux", r"\b(?:Linux|X11)\b()"),
)
_WINDOWS = {"10.0": "10", "6.3": "8.1", "6.2": "8", "6.1": "7", "6.0": "Vista", "5.2": "XP", "5.1": "XP", "5.0": "2000"}
_DEVICES = (
    (
        "tv",
        r"smart-?tv|apple ?tv|google ?tv|hbbtv|\bbravia\b|\broku|\bcrkey\b|\baft[a-z]{1,2}\b|tizen.*\btv\b|web0s",
    ),
    ("tablet", r"\bipad\b|tablet|\bplaybook\b|\bkindle\b|\bsilk/(?!.*mobile)|android(?!.*\bmobile\b)"),
    ("mobile", r"\bmobile?\b|mobi|\biphone\b|\bipod\b|windows phone|blackberry|opera mini|\bbb10\b|symbian"),
    ("desktop", r"windows nt|\bwindows\b|macintosh|\bx11\b|\bcros\b|\blinux\b"),
)


def agent_columns(agent: str) -> dict[str, str]:
    """The columns ``device_type``, ``browser_name``, ``browser_version``, ``os_name``, ``os_version`` that are known.

    Versions of browsers are major versions. A device is ``other`` where nothing tells.
    """
    devices, browsers, systems = _compiled()
    columns = {"device_type": next((name for name, pattern in devices if pattern.search(agent)), "other")}
    for part, table in (("browser", browsers), ("os", systems)):
        for name, pattern in table:
            match = pattern.search(agent)
            if match is not None:
                columns[f"{part}_name"] = name
                version = next((group for group in match.groups() if group), None)
                if version is not None:
                    columns[f"{part}_version"] = _version(name, version)
                break
    return columns


_Table = tuple[tuple[str, re.Pattern[str]], ...]


@lru_cache(maxsize=1)
def _compiled() -> tuple[_Table, _Table, _Table]:
    # At first use: a pipeline whose schema has no such column does not pay for it at its cold start.
    return (
        tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _DEVICES),
        tuple((name, re.compile(pattern)) for name, pattern in _BROWSERS),
        tuple((name, re.compile(pattern)) for name, pattern in _SYSTEMS),
    )


def _version(name: str, version: str) -> str:
    return _WINDOWS.get(version, version) if name == "Windows" else version.replace("_", ".")
