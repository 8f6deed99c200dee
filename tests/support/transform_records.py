"""Hypothesis strategies for the bytes of a record: values, events, bodies, requests, gzip of any."""

from __future__ import annotations

import gzip
import json

from hypothesis import strategies as st

from support.transform_harness import CLICK_SCHEMA, request

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("2026-11-21T10:00:00.000Z")
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
events = st.dictionaries(st.sampled_from([*CLICK_SCHEMA["properties"], "other", "Other"]), values, max_size=8).map(
    lambda event: {"event_name": "click"} | event
)
bodies = (
    st.binary(max_size=200)
    | events.map(lambda event: json.dumps(event).encode())
    | events.map(lambda event: json.dumps(event, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    | st.lists(events, max_size=3).map(lambda several: json.dumps(several, indent=1).encode())
)
records = st.lists(bodies, max_size=4).map(b"\n".join)
records = records | records.map(request) | records.map(gzip.compress)
