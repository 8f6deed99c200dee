"""Prices as data: a JSON file of prices by item and region, each with where it was read."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from clickstream_local.cost.errors import PriceError
from clickstream_local.cost.items import PRICED

MARKS = {"V": "", "V3": "as a third party has it", "M": "from memory, check it"}
"""How sure a price is, by a mark: read at AWS, recorded by somebody else, remembered."""

_MEMBERS = ("item", "region", "currency", "per", "tiers", "mark", "source", "date")
_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")


@dataclass(frozen=True)
class Tier:
    """What ``per`` units cost, up to a quantity a month; ``up_to`` is None where there is no end."""

    price: float
    up_to: float | None = None


@dataclass(frozen=True)
class Price:
    """The price of an item in a region. ``mark`` is one of :data:`MARKS`."""

    item: str
    region: str
    currency: str
    per: float
    tiers: tuple[Tier, ...]
    mark: str
    source: str
    date: str

    def amount(self, quantity: float) -> float | None:
        """What a month's quantity costs; None where it is beyond the last tier."""
        total = 0.0
        for tier, below in zip(self.tiers, self._starts(), strict=True):
            end = math.inf if tier.up_to is None else tier.up_to
            total += max(0.0, min(quantity, end) - below) / self.per * tier.price
            if quantity <= end:
                return total
        return None

    def tiers_of(self, quantity: float) -> tuple[Tier, ...]:
        """The tiers that a quantity reaches into; at least the first."""
        reached = zip(self.tiers, self._starts(), strict=True)
        return tuple(tier for tier, below in reached if below == 0 or quantity > below)

    def _starts(self) -> tuple[float, ...]:
        return (0.0, *(tier.up_to or 0.0 for tier in self.tiers[:-1]))


class PriceList:
    """Prices by region and item."""

    def __init__(self, prices: Iterable[Price]) -> None:
        self._by_region: dict[str, dict[str, Price]] = {}
        for price in prices:
            self._by_region.setdefault(price.region, {})[price.item] = price

    @classmethod
    def load(cls, file: Path | None = None) -> PriceList:
        """The prices of this package, and over them those of ``file``. Raises :class:`PriceError`."""
        own = resources.files("clickstream_local.cost").joinpath("prices.json").read_text(encoding="utf-8")
        prices = _parse(own, "prices.json")
        if file is not None:
            try:
                text = file.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                reason = getattr(error, "strerror", None) or "it is not UTF-8"
                raise PriceError(f"{file} cannot be read: {reason}; give a JSON file of prices") from None
            prices += _parse(text, str(file))
        return cls(prices)

    def region(self, name: str) -> Mapping[str, Price]:
        """The prices of a region by item. Raises :class:`PriceError` where there are none, or two currencies."""
        if name not in self._by_region:
            raise PriceError(
                f"there are no prices for {name!r}; there are some for {', '.join(sorted(self._by_region))}: choose "
                "one of them with --region, or give your own with --prices FILE"
            )
        prices = self._by_region[name]
        currencies = {price.currency for price in prices.values()}
        if len(currencies) > 1:
            raise PriceError(
                f"the prices for {name!r} are in {' and '.join(sorted(currencies))}, which cannot be added up: give "
                "all of them in one currency with --prices"
            )
        return prices


def _parse(text: str, file: str) -> list[Price]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PriceError(f"{file} is not JSON: {error}") from None
    if not isinstance(document, dict) or not isinstance(document.get("prices"), list):
        raise PriceError(f'{file} must be an object with a list "prices", as clickstream_local/cost/prices.json is')
    prices = [_price(entry, f"{file}: prices[{place}]") for place, entry in enumerate(document["prices"])]
    seen: set[tuple[str, str]] = set()
    for place, price in enumerate(prices):
        if (price.item, price.region) in seen:
            raise PriceError(f"{file}: prices[{place}] is a second price of {price.item} in {price.region}: keep one")
        seen.add((price.item, price.region))
    return prices


def _price(entry: Any, place: str) -> Price:
    if not isinstance(entry, dict):
        raise PriceError(f"{place} is {_short(entry)}: it must be an object with {', '.join(_MEMBERS)}")
    if set(entry) != set(_MEMBERS):
        missing = ", ".join(name for name in _MEMBERS if name not in entry)
        unknown = ", ".join(sorted(set(entry) - set(_MEMBERS)))
        raise PriceError(f"{place} " + " and ".join(_differences(missing, unknown)))
    _check(_is_text(entry["item"]) and entry["item"] in PRICED, place, entry, "item", f"one of {', '.join(PRICED)}")
    _check(_is_text(entry["region"]), place, entry, "region", "the name of a region, such as eu-west-1")
    currency = entry["currency"]
    _check(
        _is_text(currency) and re.fullmatch("[A-Z]{3}", currency) is not None,
        place,
        entry,
        "currency",
        "three capital letters, such as USD",
    )
    _check(_is_number(entry["per"]) and entry["per"] > 0, place, entry, "per", "the quantity a price is for, over 0")
    _check(
        _is_text(entry["mark"]) and entry["mark"] in MARKS,
        place,
        entry,
        "mark",
        "V (read at AWS), V3 (a third party's) or M (from memory)",
    )
    _check(_is_text(entry["source"]), place, entry, "source", "where the price was read")
    date = entry["date"]
    _check(_is_text(date) and _DATE.fullmatch(date) is not None, place, entry, "date", "when: YYYY-MM or YYYY-MM-DD")
    tiers = entry["tiers"]
    _check(
        isinstance(tiers, list) and bool(tiers), place, entry, "tiers", 'a list of at least one, such as [{"price": 1}]'
    )
    return Price(**{**entry, "tiers": _tiers(tiers, f"{place}.tiers")})


def _tiers(entries: list[Any], place: str) -> tuple[Tier, ...]:
    tiers: list[Tier] = []
    below = 0.0
    for number, entry in enumerate(entries):
        here = f"{place}[{number}]"
        if not isinstance(entry, dict) or not {"price"} <= set(entry) <= {"price", "up_to"}:
            raise PriceError(f'{here} is {_short(entry)}: it must be {{"price": …}}, with "up_to" where it ends')
        _check(_is_number(entry["price"]) and entry["price"] >= 0, here, entry, "price", "a number, 0 or more")
        up_to = entry.get("up_to")
        if up_to is None:
            if number < len(entries) - 1:
                raise PriceError(f"{here} has no up_to: only the last tier may have no end")
        else:
            wanted = f"the quantity a month at which this tier ends, over {below:g}"
            _check(_is_number(up_to) and up_to > below, here, entry, "up_to", wanted)
            below = float(up_to)
        tiers.append(Tier(entry["price"], up_to))
    return tuple(tiers)


def _differences(missing: str, unknown: str) -> Iterable[str]:
    if missing:
        yield f"lacks {missing}"
    if unknown:
        yield f"has {unknown}, which no price has"


def _check(good: bool, place: str, entry: Mapping[str, Any], member: str, wanted: str) -> None:
    if not good:
        raise PriceError(f"{place}.{member} is {_short(entry[member])}: it must be {wanted}")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"
