from __future__ import annotations

from clickstream_local.iam.edges import EDGES


def test_each_edge_has_a_name_of_its_own_and_a_source() -> None:
    assert len({edge.name for edge in EDGES}) == len(EDGES)
    assert [edge.name for edge in EDGES if not edge.source.startswith(("https://docs.aws.amazon.com/", "facts/"))] == []


def test_each_edge_rests_on_documents_that_exist() -> None:
    assert {one for edge in EDGES for one in edge.rests_on} == {"role", "trust", "policy", "endpoint"}
