"""How references, properties, methods and indexes are read and printed."""

from __future__ import annotations

import pytest

from clickstream_local.vtl import MappingTemplate, VtlRuntimeError


def render(template: str, body: str = "{}") -> str:
    return MappingTemplate(template).render(body=body)


@pytest.mark.parametrize("reference", ["$nope", "$!nope", "${nope}", "$!{nope}", "$nope.a.b()", "$nope[0]"])
def test_an_unresolved_reference_prints_nothing(reference: str) -> None:
    """aws-facts.md 10.4: null or undefined references print nothing; recorded on AWS."""
    assert render(f"[{reference}]") == "[]"


@pytest.mark.parametrize("operand", ['""', "$null", "$input.path('$.n')", "$input.path('$.nope')"])
def test_an_unresolved_reference_equals_the_empty_string_and_null(operand: str) -> None:
    """aws-facts.md 10.4: a missing path equals $null and "", JSON null likewise; recorded on AWS."""
    assert render(f"#if($nope == {operand})same#{{else}}other#end", '{"n": null}') == "same"


def test_an_empty_list_is_neither_null_nor_the_empty_string() -> None:
    """aws-facts.md 10.4, the row of $input.path; recorded on AWS."""
    template = "#set($l = $input.path('$.l'))#if($l == $null)a#end#if($l == '')b#end$l"
    assert render(template, '{"l": []}') == "[]"


def test_an_unresolved_reference_is_not_unequal_to_the_empty_string() -> None:
    """aws-facts.md 10.4: `$undefined != ''` is false; recorded on AWS, where plain Velocity says true."""
    assert render("#if($foo.bar.stuff != '')a#{else}b#end") == "b"


def test_adding_an_unresolved_reference_to_a_string_adds_nothing() -> None:
    assert render("#set($x = 'a' + $nope)$x") == "a"


def test_braces_end_a_reference_where_text_would_go_on() -> None:
    assert render("#set($a = 1)${a}b $a-b|${input.body}x") == "1b |{}x"


def test_a_hyphen_belongs_to_the_name() -> None:
    assert render("#set($a-b = 2)$a-b") == "2"


def test_a_dollar_that_begins_no_reference_is_text() -> None:
    assert render("$5.00 $ $$ $-y $.z ${} #1 # x") == "$5.00 $ $$ $-y $.z ${} #1 # x"


def test_a_backslash_keeps_a_reference_from_being_replaced() -> None:
    assert render(r"#set($a = 1)\$a \\$a \\\$a \$nope") == r"$a \1 \$a \$nope"


def test_a_map_prints_as_java_does_and_a_list_as_json() -> None:
    """aws-facts.md 10.4: maps print Java-style, lists print as JSON, maps inside lists print as JSON; recorded."""
    assert render("$input.path('$')", '{"a": {"b": 1}, "c": [{"d": "x/y"}], "n": null}') == (
        '{a={b=1}, c=[{"d":"x\\/y"}], n=null}'
    )


def test_lists_and_maps_of_the_template_print_as_java_does() -> None:
    assert render("#set($x = [1, 'two', [3], {'k': true}])$x") == "[1, two, [3], {k=true}]"


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


def test_what_input_path_hands_out_is_live() -> None:
    """aws-facts.md 10.4, mutation: a later $input.json sees the change."""
    template = "#set($d = $input.path('$'))#set($d.ip = '1.2.3.4')$input.json('$')"
    assert render(template, '{"a":"foo"}') == '{"a":"foo","ip":"1.2.3.4"}'


def test_a_bare_put_prints_the_value_before() -> None:
    assert render("#set($m = {})[$m.put('a', 1)][$m.put('a', 2)]") == "[][1]"


def test_entries_of_a_map_can_be_walked() -> None:
    template = "#set($m = {'a': 1, 'b': 2})#foreach($e in $m.entrySet())$e.key=$e.getValue();#end"
    assert render(template) == "a=1;b=2;"
