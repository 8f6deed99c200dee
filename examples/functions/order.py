"""What the orders stack makes of each event; it runs in the bundled transform."""

from __future__ import annotations

from typing import Any


def transform(event: dict[str, Any]) -> dict[str, Any] | None:
    """Keep what was paid for, with the total in cents; leave drafts out."""
    if event.get("status") == "draft":
        return None
    return {
        "event_name": "order",
        "order_id": str(event["order_id"]),
        "ordered_at": event.get("ordered_at"),
        "total_cents": round(float(event["total"]) * 100),
    }
