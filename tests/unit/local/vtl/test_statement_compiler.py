"""#set, #if, #foreach, #define, #macro and the white space around them."""

from __future__ import annotations

import pytest

from clickstream_local.vtl import MappingTemplate, VtlLimitError, VtlRuntimeError


def render(template: str, body: str = "{}") -> str:
    return MappingTemplate(template).render(body=body)


def test_the_line_break_after_a_directive_is_not_printed() -> None:
    assert render("#set($a = 1)\n#if($a)  \nx\n#else\ny\n#end\nz") == "x\nz"


def test_set_swallows_the_blanks_before_it_only_behind_another_directive_or_reference() -> None:
    assert render("x #set($a = 1)$a  #set($b = 2)$b") == "x 12"


@pytest.mark.parametrize("value", ["$nope", "$nope.a.b()", "$input.path('$.n')", "$util.parseJson('null')"])
def test_setting_an_unresolved_value_sets_the_empty_string(value: str) -> None:
    assert render(f"#set($a = 'old')#set($a = {value})[$a]$a.length()", '{"n": null}') == "[]0"


def test_an_unresolved_value_in_a_map_or_list_is_the_empty_string() -> None:
    assert (
        render("#set($m = {'a': $nope})#set($m.b = $nope)$!m.put('c', $nope)$m#set($l = [$nope])$l") == "{a=, b=, c=}[]"
    )


def test_setting_what_arithmetic_could_not_compute_keeps_the_old_value() -> None:
    assert render("#set($a = 'old')#set($a = 1 / 0)$a") == "old"


def test_the_item_of_a_loop_may_be_null() -> None:
    body = '{"l": [1, null]}'
    assert render("#foreach($i in $input.path('$.l'))[$i#if($i)T#end#set($kept = $i)$kept]#end", body) == "[1T1][T]"


def test_a_map_takes_new_entries_by_property_and_by_index() -> None:
    assert render("#set($m = {})#set($m.a = 1)#set($m['b c'] = 2)$m") == "{a=1, b c=2}"


@pytest.mark.parametrize("left", ["${a}", "$!a", "$!{a}"])
def test_setting_a_reference_in_braces_or_quiet_sets_nothing(left: str) -> None:
    """So does Velocity 1.7, without a word."""
    assert render(f"#set({left} = 1)[$a]") == "[]"


def test_setting_a_property_of_something_unresolved_does_nothing() -> None:
    assert render("#set($nope.a = 1)[$nope]") == "[]"


def test_the_first_branch_that_holds_is_taken() -> None:
    assert render("#set($a = 2)#if($a == 1)one#elseif($a == 2)two#elseif($a == 2)again#{else}more#end") == "two"


def test_foreach_tells_where_it_stands() -> None:
    template = (
        "#foreach($a in ['x','y'])$foreach.index$foreach.count$velocityCount$a#if($foreach.first)F#end"
        "#if($foreach.last)L#end#if($foreach.hasNext),#end#end[$a$!foreach]"
    )
    assert render(template) == "011xF,122yL[]"


def test_an_inner_loop_sees_the_outer_one() -> None:
    template = "#foreach($a in [1,2])#foreach($b in [8,9])$foreach.parent.index$foreach.index #end#end"
    assert render(template) == "00 01 10 11 "


def test_foreach_over_a_map_runs_over_its_values() -> None:
    assert render("#foreach($v in {'a': 1, 'b': 2})$v#end") == "12"


@pytest.mark.parametrize("items", ["[]", "$nope", "''", "5"])
def test_foreach_over_what_has_no_items_prints_nothing(items: str) -> None:
    assert render(f"a#foreach($x in {items})n#end.b") == "a.b"


def test_ranges_run_both_ways() -> None:
    assert render("#set($n = 3)#foreach($i in [1..$n])$i#end#foreach($i in [1..-1])$i#end") == "12310-1"


def test_break_ends_the_loop_and_stop_the_template() -> None:
    assert render("#foreach($x in [1..9])#if($x > 2)#break#end$x#end.#stop never") == "12."


def test_break_can_end_an_outer_loop() -> None:
    assert render("#foreach($a in [1,2])#foreach($b in [3,4])$a$b#break($foreach.parent)#end#end.") == "13."


def test_a_loop_that_changes_its_own_list_fails() -> None:
    """Java throws ConcurrentModificationException there."""
    with pytest.raises(VtlRuntimeError, match="added or removed"):
        render("#set($l = [1, 2, 3])#foreach($x in $l)$l.add(4)#end")


def test_a_defined_block_is_rendered_where_it_is_printed() -> None:
    assert render("#define($b)hi $who.#end#set($who = 'bob')$b #set($who = 'al')$b") == "hi bob.hi al."


def test_macros_are_called_with_arguments_by_name() -> None:
    assert render("#macro(twice $x)$x$x#end#set($n = 1)#twice($n) #twice('a')") == "11 aa"


def test_a_macro_refuses_a_bare_word() -> None:
    with pytest.raises(VtlRuntimeError, match="#m: the argument x needs quotes"):
        render("#macro(m $a)$a#end#m(x)")


def test_a_macro_can_be_called_before_its_definition() -> None:
    assert render("#hello()#macro(hello)hi#end") == "hi"


def test_endless_macros_fail_instead_of_hanging() -> None:
    with pytest.raises(VtlRuntimeError, match="#again is nested more than 20 deep"):
        render("#macro(again)#again()#end#again()")


def test_an_unknown_directive_is_text() -> None:
    assert render("#hash #foo(1, 'a') #{bar}") == "#hash #foo(1, 'a') #{bar}"


def test_evaluate_renders_a_value_as_a_template() -> None:
    assert render("#set($a = 1)#set($t = 'v=$a')#evaluate($t)") == "v=1"


def test_comments_print_nothing_and_a_line_comment_takes_its_line_break() -> None:
    assert render("a## line\nb#* block\nx *#c#** doc *#d") == "abcd"


def test_an_unparsed_block_is_printed_as_it_stands() -> None:
    assert render("#[[ $a #if( ]]#|") == " $a #if( |"


def test_an_escaped_directive_is_text() -> None:
    assert render(r"\#if \#set($x = 1) \#foo \\#if(true)y#end") == r"#if #set( = 1) \#foo \y"


def test_a_thousand_iterations_pass() -> None:
    assert MappingTemplate("#foreach($i in [1..1000])x#end").render() == "x" * 1000


def test_more_than_a_thousand_iterations_are_refused() -> None:
    """facts/api-gateway.md#mapping-templates: #foreach at most 1,000 iterations."""
    with pytest.raises(VtlLimitError, match=r":1:1: #foreach has 1,001 items; API Gateway allows 1,000 iterations"):
        MappingTemplate("#foreach($i in [0..1000])x#end").render()
