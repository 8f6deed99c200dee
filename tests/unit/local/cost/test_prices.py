"""The prices that `clickstream cost` takes: those of the package, and a file's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clickstream_local.cost.prices import PriceList
from support.cost import bill, cost, items, line

OWN: dict[str, Any] = {
    "item": "firehose-gb",
    "region": "us-east-1",
    "currency": "USD",
    "per": 1,
    "tiers": [{"price": 0.5}],
    "mark": "V",
    "source": "our contract",
    "date": "2026-11-20",
}


def price_file(folder: Path, *prices: Any) -> Path:
    path = folder / "own.json"
    path.write_text(json.dumps({"prices": prices}), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("region", "item", "per", "prices", "mark"),
    [
        ("us-east-1", "api-requests", 1_000_000, [3.50, 2.80, 2.38, 1.51], "V"),
        ("us-east-1", "firehose-gb", 1, [0.029, 0.025, 0.020], "M"),
        ("eu-west-2", "firehose-gb", 1, [0.035, 0.030, 0.024], "V3"),
        ("us-east-1", "conversion-gb", 1, [0.018], "M"),
        ("eu-west-2", "conversion-gb", 1, [0.021], "V3"),
        ("us-east-1", "decompression-gb", 1, [0.00325], "M"),
        ("us-east-1", "partitioning-gb", 1, [0.02], "M"),
        ("us-east-1", "partitioning-objects", 1_000, [0.005], "M"),
        ("us-east-1", "partitioning-jq-hours", 1, [0.07], "M"),
        ("us-east-1", "lambda-requests", 1_000_000, [0.20], "V3"),
        ("us-east-1", "lambda-x86-gb-seconds", 1, [0.0000166667], "V3"),
        ("us-east-1", "lambda-arm-gb-seconds", 1, [0.0000133334], "V3"),
        ("us-east-1", "kinesis-on-demand-hours", 1, [0.04], "V3"),
        ("us-east-1", "kinesis-on-demand-gb", 1, [0.08], "V3"),
        ("us-east-1", "kinesis-shard-hours", 1, [0.015], "V3"),
        ("us-east-1", "kinesis-put-units", 1_000_000, [0.014], "V3"),
        ("us-east-1", "athena-tb", 1, [5.0], "V3"),
    ],
)
def test_each_price_of_the_package_is_the_one_of_the_facts(
    region: str, item: str, per: int, prices: list[float], mark: str
) -> None:
    """facts/prices.md#what-is-billed, with its marks."""
    found = PriceList.load().region(region)[item]
    assert ([tier.price for tier in found.tiers], found.per, found.mark) == (prices, per, mark)


def test_the_package_has_no_other_prices() -> None:
    """What the facts do not have is not made up."""
    prices = PriceList.load()
    assert (len(prices.region("us-east-1")), len(prices.region("eu-west-2"))) == (15, 2)


def test_a_quantity_is_priced_tier_by_tier() -> None:
    """facts/prices.md#what-is-billed: 333 million requests at $3.50, 667 million at $2.80, then $2.38, over 20 billion
    $1.51.
    """
    requests = PriceList.load().region("us-east-1")["api-requests"]
    assert requests.amount(333_000_000) == pytest.approx(333 * 3.50)
    assert requests.amount(1_500_000_000) == pytest.approx(333 * 3.50 + 667 * 2.80 + 500 * 2.38)
    assert requests.amount(21_000_000_000) == pytest.approx(333 * 3.5 + 667 * 2.8 + 19_000 * 2.38 + 1_000 * 1.51)


def test_a_quantity_beyond_the_last_tier_has_no_amount() -> None:
    """facts/prices.md#what-is-billed names three tiers of Firehose, which end after 500 TB, 1.5 PB and 3 PB more."""
    firehose = PriceList.load().region("us-east-1")["firehose-gb"]
    assert firehose.amount(5_000 * 1024) == pytest.approx((500 * 0.029 + 1_500 * 0.025 + 3_000 * 0.020) * 1024)
    assert firehose.amount(5_000 * 1024 + 1) is None
    found = bill("--direct", "--events-per-day", 400_000_000_000)
    assert line(found, "firehose-gb")["amount"] is None
    assert "Firehose" in found["left_out"]


def test_a_region_without_a_price_of_an_item_leaves_it_out_by_name() -> None:
    found = bill("--region", "eu-west-2")
    assert line(found, "firehose-gb")["amount"] == pytest.approx(line(found, "firehose-gb")["quantity"] * 0.035)
    assert line(found, "api-requests")["price"] is None
    assert "API requests" in found["left_out"]


def test_a_region_without_prices_is_refused_with_those_that_there_are() -> None:
    done = cost("--region", "eu-central-1")
    assert done.exit_code == 1
    assert "no prices for 'eu-central-1'; there are some for eu-west-2, us-east-1: choose one" in done.output
    assert "--prices FILE" in done.output


def test_a_file_replaces_a_price_and_adds_others(tmp_path: Path) -> None:
    puts = {**OWN, "item": "s3-put-requests", "per": 1_000, "tiers": [{"price": 0.01}]}
    found = bill("--prices", price_file(tmp_path, OWN, puts))
    firehose = line(found, "firehose-gb")
    assert firehose["amount"] == pytest.approx(firehose["quantity"] * 0.5)
    assert (firehose["price"]["source"], firehose["price"]["mark"]) == ("our contract", "V")
    assert line(found, "s3-put-requests", "backup")["amount"] == pytest.approx(8_640 / 1_000 * 0.01)
    assert "S3 PUT requests (backup)" not in found["left_out"]
    # The others are the package's.
    assert line(found, "api-requests")["amount"] == line(bill(), "api-requests")["amount"]


def test_a_file_brings_its_own_region_and_currency(tmp_path: Path) -> None:
    file = price_file(tmp_path, {**OWN, "region": "eu-central-1", "currency": "EUR"})
    found = bill("--prices", file, "--region", "eu-central-1")
    assert (found["currency"], found["total"]) == ("EUR", pytest.approx(line(found, "firehose-gb")["quantity"] / 2))
    assert "conversion-gb" in items(found)


def test_two_currencies_of_a_region_are_refused(tmp_path: Path) -> None:
    done = cost("--prices", price_file(tmp_path, {**OWN, "currency": "EUR"}))
    assert "the prices for 'us-east-1' are in EUR and USD, which cannot be added up" in done.output


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"item": "firehose"}, 'item is "firehose": it must be one of api-requests, firehose-gb'),
        ({"item": ["firehose-gb"]}, 'item is ["firehose-gb"]: it must be one of'),
        ({"region": " "}, 'region is " ": it must be the name of a region'),
        ({"currency": "dollars"}, 'currency is "dollars": it must be three capital letters, such as USD'),
        ({"per": 0}, "per is 0: it must be the quantity a price is for, over 0"),
        ({"per": True}, "per is true"),
        ({"mark": "X"}, 'mark is "X": it must be V (read at AWS), V3 (a third party\'s) or M (from memory)'),
        ({"source": ""}, 'source is "": it must be where the price was read'),
        ({"date": "yesterday"}, 'date is "yesterday": it must be when: YYYY-MM or YYYY-MM-DD'),
        ({"tiers": []}, "tiers is []: it must be a list of at least one"),
        ({"tiers": [{"cost": 1}]}, 'tiers[0] is {"cost": 1}: it must be {"price": …}'),
        ({"tiers": [{"price": -1}]}, "tiers[0].price is -1: it must be a number, 0 or more"),
        ({"tiers": [{"price": float("nan")}]}, "tiers[0].price is NaN: it must be a number"),
        ({"tiers": [{"price": 1}, {"price": 2}]}, "tiers[0] has no up_to: only the last tier may have no end"),
        (
            {"tiers": [{"price": 1, "up_to": 5}, {"price": 2, "up_to": 5}]},
            "tiers[1].up_to is 5: it must be the quantity a month at which this tier ends, over 5",
        ),
        ({"note": "x"}, "has note, which no price has"),
    ],
)
def test_a_bad_price_is_refused_with_its_place_and_what_it_must_be(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    done = cost("--prices", price_file(tmp_path, {**OWN, "item": "log-gb"}, {**OWN, **change}))
    assert done.exit_code == 1
    assert "own.json: prices[1]" in done.output
    assert message in done.output


def test_a_price_that_lacks_a_member_or_comes_twice_is_refused(tmp_path: Path) -> None:
    short = {name: value for name, value in OWN.items() if name != "date"}
    assert "prices[0] lacks date" in cost("--prices", price_file(tmp_path, short)).output
    twice = cost("--prices", price_file(tmp_path, OWN, OWN)).output
    assert "prices[1] is a second price of firehose-gb in us-east-1: keep one" in twice
    assert "prices[0] is 7: it must be an object with item, region" in cost("--prices", price_file(tmp_path, 7)).output


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "is not JSON"),
        (b"[]", 'must be an object with a list "prices"'),
        (b'{"prices": 1}', 'must be an object with a list "prices"'),
        (b"\xff", "cannot be read: it is not UTF-8"),
        (None, "cannot be read: No such file or directory"),
    ],
)
def test_a_file_that_is_no_price_file_is_refused(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "own.json"
    if content is not None:
        path.write_bytes(content)
    done = cost("--prices", path)
    assert done.exit_code == 1
    assert f"{path} {message}" in done.output
