"""What kind of site led to a page: search, social, email, internal or other."""

from __future__ import annotations

from collections.abc import Mapping

_SEARCH = {
    "google": "Google",
    "bing": "Bing",
    "yahoo": "Yahoo",
    "duckduckgo": "DuckDuckGo",
    "baidu": "Baidu",
    "yandex": "Yandex",
    "ecosia": "Ecosia",
    "startpage": "Startpage",
    "qwant": "Qwant",
    "naver": "Naver",
    "seznam": "Seznam",
    "sogou": "Sogou",
    "ask": "Ask",
    "aol": "AOL",
}
_SOCIAL = {
    "facebook": "Facebook",
    "fb": "Facebook",
    "instagram": "Instagram",
    "twitter": "X",
    "linkedin": "LinkedIn",
    "lnkd": "LinkedIn",
    "reddit": "Reddit",
    "pinterest": "Pinterest",
    "youtube": "YouTube",
    "youtu": "YouTube",
    "tiktok": "TikTok",
    "snapchat": "Snapchat",
    "whatsapp": "WhatsApp",
    "tumblr": "Tumblr",
    "vk": "VK",
    "weibo": "Weibo",
    "quora": "Quora",
    "threads": "Threads",
    "bsky": "Bluesky",
    "ycombinator": "Hacker News",
}
_HOSTS: Mapping[str, tuple[str, str]] = {
    "t.co": ("social", "X"),
    "x.com": ("social", "X"),
    "t.me": ("social", "Telegram"),
    "mail.google.com": ("email", "Gmail"),
    "mail.yahoo.com": ("email", "Yahoo Mail"),
    "mail.yandex.ru": ("email", "Yandex Mail"),
    "outlook.live.com": ("email", "Outlook"),
    "outlook.office.com": ("email", "Outlook"),
    "outlook.office365.com": ("email", "Outlook"),
    "mail.aol.com": ("email", "AOL Mail"),
    "mail.proton.me": ("email", "Proton Mail"),
    "search.brave.com": ("search", "Brave"),
    "com.google.android.googlequicksearchbox": ("search", "Google"),
    "com.google.android.gm": ("email", "Gmail"),
    "com.reddit.frontpage": ("social", "Reddit"),
    "com.linkedin.android": ("social", "LinkedIn"),
}
"""Hosts that are known as they are, before their names are looked at; apps announce themselves by package name."""

_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gov", "ne", "net", "or", "org"})


def classify(host: str, page_host: str | None) -> tuple[str, str | None]:
    """The medium and, where it is known, the source of a referring host.

    ``internal`` is the page's own host, ``www.`` apart. A name counts under every top-level domain (``google.co.uk``),
    but only as the registered name itself: ``google.example.com`` is ``other``.
    """
    if is_internal(host, page_host):
        return "internal", None
    known = _HOSTS.get(host) or _HOSTS.get(_bare(host))
    if known is not None:
        return known
    name = _registered_name(host)
    if name in _SEARCH:
        return "search", _SEARCH[name]
    if name in _SOCIAL:
        return "social", _SOCIAL[name]
    return "other", None


def is_internal(host: str | None, page_host: str | None) -> bool:
    """Whether a referring host is the page's own, ``www.`` apart."""
    return host is not None and page_host is not None and _bare(host) == _bare(page_host)


def _bare(host: str) -> str:
    return host.removeprefix("www.")


def _registered_name(host: str) -> str:
    labels = host.split(".")
    if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL:
        return labels[-3]
    return labels[-2] if len(labels) > 1 else ""
