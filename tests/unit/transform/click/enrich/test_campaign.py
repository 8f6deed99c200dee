from __future__ import annotations

import pytest

from clickstream_transform.click.enrich.campaign import campaign_columns


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
        ("fbclid=F&gclid=G", {"click_id": "G", "click_id_type": "gclid"}),
        ("utm_source=%ff", {"utm_source": "\ufffd"}),
        ("x=1&&=&utm_source", {}),
        ("&" * 300 + "utm_source=late", {}),
    ],
)
def test_campaign_parameters_and_click_ids_are_read(query: str, columns: dict[str, str]) -> None:
    assert campaign_columns(query) == columns
