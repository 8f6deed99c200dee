"""How references and strings are read and printed, and which conditions hold."""

from __future__ import annotations

import pytest

from clickstream_local.vtl import MappingTemplate, VtlLimitError


def render(template: str, body: str = "{}") -> str:
    return MappingTemplate(template).render(body=body)


@pytest.mark.parametrize("reference", ["$nope", "$!nope", "${nope}", "$!{nope}", "$nope.a.b()", "$nope[0]"])
def test_an_unresolved_reference_prints_nothing(reference: str) -> None:
    """facts/api-gateway.md#mapping-templates: null or undefined references print nothing; recorded on AWS."""
    assert render(f"[{reference}]") == "[]"


@pytest.mark.parametrize("operand", ['""', "$null", "$input.path('$.n')", "$input.path('$.nope')"])
def test_an_unresolved_reference_equals_the_empty_string_and_null(operand: str) -> None:
    """facts/api-gateway.md#mapping-templates: a missing path equals $null and "", JSON null likewise; recorded on
    AWS.
    """
    assert render(f"#if($nope == {operand})same#{{else}}other#end", '{"n": null}') == "same"


def test_an_empty_list_is_neither_null_nor_the_empty_string() -> None:
    """facts/api-gateway.md#mapping-templates, the row of $input.path; recorded on AWS."""
    template = "#set($l = $input.path('$.l'))#if($l == $null)a#end#if($l == '')b#end$l"
    assert render(template, '{"l": []}') == "[]"


def test_an_unresolved_reference_is_not_unequal_to_the_empty_string() -> None:
    """facts/api-gateway.md#mapping-templates: `$undefined != ''` is false; recorded on AWS, where plain Velocity says
    true.
    """
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
    assert render(r"#set($a = 1)\$a \\$a \\\$a \$nope") == r"$a \1 \$a $nope"


def test_what_input_path_hands_out_is_live() -> None:
    """facts/api-gateway.md#mapping-templates, mutation: a later $input.json sees the change."""
    template = "#set($d = $input.path('$'))#set($d.ip = '1.2.3.4')$input.json('$')"
    assert render(template, '{"a":"foo"}') == '{"a":"foo","ip":"1.2.3.4"}'


def test_a_range_without_measure_is_refused() -> None:
    with pytest.raises(VtlLimitError, match="more than 1,000,000 numbers"):
        MappingTemplate("#set($r = [0..2000000000])").render()


@pytest.mark.parametrize(
    "condition", ["!$nope", "$no", "0", "1", '""', "'x'", "[]", "[1]", "1 + 1", "!true", "1 > '0'"]
)
def test_conditions_that_do_not_hold(condition: str) -> None:
    assert render(f"#set($no = false)#if({condition})yes#{{else}}no#end") == "no"


@pytest.mark.parametrize(
    "condition", ["true", "$zero", "$empty", "$list", "1 == 1.0", "'1' == 1", "1 lt 2 and not false"]
)
def test_conditions_that_hold(condition: str) -> None:
    """A reference holds whatever its value, save for false: an empty string and zero do, too."""
    before = "#set($zero = 0)#set($empty = '')#set($list = [])"
    assert render(f"{before}#if({condition})yes#{{else}}no#end") == "yes"


@pytest.mark.parametrize(
    "condition",
    ["$nope", "$!nope", "${nope.a.b}", "$nope.a()", "$m['k']", "$m.get('k')", "$input.path('$.n')", "$nope && true"],
)
def test_an_unresolved_reference_or_null_holds_and_its_negation_does_not(condition: str) -> None:
    """facts/api-gateway.md#mapping-templates, errata: recorded on AWS, where plain Velocity takes it for false."""
    template = f"#set($m = {{}})#if({condition})yes#{{else}}no#end #if(!({condition}))yes#{{else}}no#end"
    assert render(template, '{"n": null}') == "yes no"


def test_false_does_not_hold_however_it_is_reached() -> None:
    """Recorded on AWS."""
    assert (
        render("#set($f = $input.path('$.f'))#if($f)a#elseif($input.path('$.f'))b#{else}c#end", '{"f": false}') == "c"
    )


def test_strings_in_double_quotes_are_interpolated_and_others_not() -> None:
    assert render("""#set($x = 5)#set($a = "v=$x, ""q"" #if($x > 4)big#end.")$a #set($b = 'v=$x')$b""") == (
        'v=5, "q" big.v=$x'
    )


def test_a_backslash_in_a_string_escapes_nothing() -> None:
    r"""facts/api-gateway.md#mapping-templates: "\n" is a backslash and an n; a newline is a real line break within
    the quotes."""
    assert render('#set($a = "\\n")#set($b = "\n")$a|$b|') == "\\n|\n|"
