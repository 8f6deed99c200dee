"""Campaign parameters and click identifiers."""

from __future__ import annotations

import pytest

from clickstream_transform.click.enrich.campaign import UTM, campaign_columns
from support.transform_harness import Transform


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        (
            "utm_source=news&utm_medium=e%2Dmail&utm_campaign=spring+sale&utm_term=a&utm_content=b&x=1",
            {
                "utm_source": "news",
                "utm_medium": "e-mail",
                "utm_campaign": "spring sale",
                "utm_term": "a",
                "utm_content": "b",
            },
        ),
        ("UTM_Source=a&utm_source=b&utm_medium=", {"utm_source": "a"}),
        ("utm_source=a&amp;utm_medium=b&amp;utm_id=c", {"utm_source": "a", "utm_medium": "b", "utm_id": "c"}),
        ("utm%5Fsource=a&%75tm_medium=m&%61mp;utm_id=i", {"utm_source": "a", "utm_medium": "m", "utm_id": "i"}),
        ("x=1&amp;amp;utm_source=a", {"utm_source": "a"}),
        ("+utm_source=a", {"utm_source": "a"}),
        ("fbclid=F&gclid=G", {"click_id": "G", "click_id_type": "gclid"}),
        ("irclid=c1", {"click_id": "c1", "click_id_type": "irclid"}),
        ("qclid=c2", {"click_id": "c2", "click_id_type": "qclid"}),
        ("x=1&&=&utm_source", {}),
        ("&" * 300 + "utm_source=late", {}),
    ],
)
def test_campaign_parameters_and_click_ids_are_read(query: str, columns: dict[str, str]) -> None:
    assert campaign_columns(query) == columns


def test_every_documented_parameter_has_its_column() -> None:
    query = "&".join(f"{name}=v_{name}" for name in UTM)
    row = Transform().row({"event_name": "e", "page_url": f"https://shop.example/?{query}"})
    assert {name: row[name] for name in UTM} == {name: f"v_{name}" for name in UTM}


@pytest.mark.parametrize("value", ["caf%E9", "%FF%FE", "a%80"])
def test_bytes_that_are_no_utf_8_are_flagged(value: str) -> None:
    row = Transform().row({"event_name": "e", "page_url": f"https://shop.example/?utm_source={value}"})
    assert "\ufffd" in row["utm_source"]
    assert "encoding" in row["enrich_flags"]
