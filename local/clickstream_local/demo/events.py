"""Makes up a visit to a small shop: varied events, seeded, and some that are wrong on purpose."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

_PAGES = {
    "/": "Home",
    "/shoes": "Shoes",
    "/shoes/runner-2": "Runner 2",
    "/coats": "Coats",
    "/coats/rain-shell": "Rain shell",
    "/search": "Search",
    "/cart": "Cart",
    "/checkout": "Checkout",
    "/help/returns": "Returns",
}
_NAMES = ("page_view", "click", "scroll", "search", "add_to_cart", "purchase", "sign_up")
_WEIGHTS = (40, 30, 14, 6, 6, 2, 2)
_REFERRERS = (
    None,
    "https://www.google.com/search?q=rain+coat",
    "https://news.ycombinator.com/",
    "https://www.instagram.com/",
)
_CAMPAIGNS = ("", "?utm_source=newsletter&utm_medium=email&utm_campaign=autumn", "?gclid=Cj0KCQiA", "?size=42")
_LANGUAGES = ("en-GB", "de-DE", "fr-FR", "nl-NL", "ja-JP")
USER_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
    "Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile "
    "Safari/537.36",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Odd\"Agent\\ with 'quotes' and ünïcode",
)


@dataclass(frozen=True)
class Shop:
    """A seeded source of events.

    Parameters
    ----------
    seed:
        The same seed makes the same events, but for their times, which end at ``now``.
    now:
        When the visits end; they began three hours before.
    """

    seed: int
    now: datetime

    def events(self, count: int) -> Iterator[dict[str, Any]]:
        """``count`` events; about one in forty breaks the schema in one of several ways."""
        choice = random.Random(self.seed)  # noqa: S311
        for number in range(count):
            event = self._event(choice)
            if number % 40 == 17:
                event |= choice.choice(_BROKEN)
            elif number % 50 == 31:
                # Right in kind but out of bounds: kept, shortened or emptied, and flagged.
                event |= choice.choice(_OUT_OF_BOUNDS)
            yield event

    def _event(self, choice: random.Random) -> dict[str, Any]:
        name = choice.choices(_NAMES, _WEIGHTS)[0]
        page = choice.choice(tuple(_PAGES))
        happened = self.now - timedelta(seconds=choice.uniform(0, 3 * 3600))
        visitor = choice.randrange(400)
        event: dict[str, Any] = {
            "event_id": str(uuid.UUID(int=choice.getrandbits(128), version=4)),
            "event_name": name,
            "client_time": _iso(happened),
            "sent_at": _iso(self.now),
            "app_id": "shop",
            "platform": "web",
            "anonymous_id": f"visitor-{visitor:04d}",
            "session_id": f"visitor-{visitor:04d}-{happened.hour}",
            "page_url": f"https://shop.example{page}{choice.choice(_CAMPAIGNS)}",
            "page_title": f"{_PAGES[page]} · Shop",
            "language": choice.choice(_LANGUAGES),
            "viewport_width": choice.choice((390, 820, 1440, 1920)),
            "viewport_height": choice.choice((844, 1180, 900, 1080)),
        }
        referrer = choice.choice(_REFERRERS)
        if referrer is not None:
            event["page_referrer"] = referrer
        if name == "click":
            event |= {"element_tag": "button", "element_id": f"buy-{choice.randrange(9)}", "pos_x": 120, "pos_y": 640}
        elif name == "scroll":
            event["scroll_depth"] = choice.randrange(0, 101, 10)
        elif name == "search":
            event["properties"] = {"term": choice.choice(("coat", "schuhe", "雨"))}
        elif name in ("add_to_cart", "purchase"):
            event |= {"value": round(choice.uniform(9, 240), 2), "currency": "EUR", "sku": f"S-{choice.randrange(50)}"}
        return event


# Each passes the endpoint's model, which asks for a string event_name only, and breaks the schema.
_BROKEN: tuple[dict[str, Any], ...] = (
    {"value": "12,50"},
    {"pos_x": True},
    {"properties": "color=red"},
    {"viewport_width": {"css": 390}},
    {"event_name": "Add\tto cart"},
    {"element_classes": "btn btn-primary"},
)
_OUT_OF_BOUNDS: tuple[dict[str, Any], ...] = (
    {"page_title": "very long " * 300},
    {"scroll_depth": 250},
    {"currency": "euro"},
    {"client_time": "2031-01-01T00:00:00Z"},
)


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
