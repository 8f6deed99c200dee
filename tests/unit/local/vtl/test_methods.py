"""Methods and indexes of lists and maps."""

from __future__ import annotations

import pytest

from clickstream_local.vtl import MappingTemplate, VtlRuntimeError


def render(template: str, body: str = "{}") -> str:
    return MappingTemplate(template).render(body=body)


def test_a_negative_index_counts_from_the_end() -> None:
    assert render("#set($l = [1, 2, 3])$l[-1] $l.get(0)") == "3 1"


@pytest.mark.parametrize("reference", ["$l[3]", "$l.get(-1)", "$s[-1]", "$s.substring(9)", "$s.charAt(3)"])
def test_an_index_out_of_bounds_fails_and_names_the_place(reference: str) -> None:
    with pytest.raises(VtlRuntimeError, match=r"^orders:3:\d+: "):
        MappingTemplate(f"#set($l = [1, 2, 3])#set($s = 'abc')\n\n{reference}", name="orders").render()


def test_a_method_that_a_value_does_not_have_is_unresolved() -> None:
    assert render("#set($s = 'x')[$s.nope()][$s.substring('a')][$s.length(1)]") == "[][][]"


def test_a_key_is_found_by_its_own_type_only() -> None:
    assert render("#set($m = {'1': 'text', 2: 'number'})[$m['1']][$m[2]][$m[1]]") == "[text][number][]"


def test_a_bare_put_prints_the_value_before() -> None:
    assert render("#set($m = {})[$m.put('a', 1)][$m.put('a', 2)]") == "[][1]"


def test_entries_of_a_map_can_be_walked() -> None:
    template = "#set($m = {'a': 1, 'b': 2})#foreach($e in $m.entrySet())$e.key=$e.getValue();#end"
    assert render(template) == "a=1;b=2;"
