"""What is refused, and what the message says."""

from __future__ import annotations

import pytest

from clickstream_local.vtl import MappingTemplate, VtlLimitError, VtlRuntimeError, VtlSyntaxError


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("a\n  #if(true)", "2:3: #if has no #end"),
        ("#foreach($x in [1])", "1:1: #foreach has no #end"),
        ("a #end", "1:3: unexpected '#end' here"),
        ("#set($a 1)", "1:9: unexpected '1' in #set"),
        ("#set('a' = 1)", "the left side must be a reference"),
        ("#set($a.b() = 1)", "cannot assign to the method b()"),
        ("#set($a = 1 ^ 2)", "1:13: unexpected '^' in a directive"),
        ("#set($a = null)", "unexpected 'null' where a value is needed"),
        ("#set($a = {'k'})", "in a map"),
        ("#set($a = ['x'..2])", "both ends of a range"),
        ("${a.b", "in the reference '${a.b'"),
        ("$a[1.5]", "as an index"),
        ("costs 5 $", "1:9: the template ends within '$': add a space or a newline"),
        ("#foreach($x of [1])#end", "#foreach($item in $items)"),
        ("#foreach", "#foreach needs arguments"),
        ("#parse('x')", "#parse is not supported"),
        ("#include('x')", "#include is not supported"),
        ("#@box()x#end", "macro calls with a body are not supported"),
        ("#macro('x')#end", "#macro needs a name"),
        ("#macro(x 1)#end", "every parameter must be a reference"),
        ("#evaluate(1, 2)", "#evaluate takes one argument, not 2"),
        ("#define('x')#end", "must be a reference"),
        ('\n #set($a = "#if($x)")', "2:13: #if has no #end"),
    ],
)
def test_a_template_that_velocity_refuses_is_refused_with_the_place(template: str, message: str) -> None:
    with pytest.raises(VtlSyntaxError) as caught:
        MappingTemplate(template, name="POST /events")
    assert str(caught.value).startswith("POST /events:")
    assert message in str(caught.value)


def test_the_error_carries_the_place_as_numbers() -> None:
    with pytest.raises(VtlSyntaxError) as caught:
        MappingTemplate("a\n  #if(true)", name="t")
    assert (caught.value.template, caught.value.line, caught.value.column) == ("t", 2, 3)


def test_a_thousand_iterations_pass() -> None:
    assert MappingTemplate("#foreach($i in [1..1000])x#end").render() == "x" * 1000


def test_more_than_a_thousand_iterations_are_refused() -> None:
    """aws-facts.md 10.4: #foreach at most 1,000 iterations."""
    with pytest.raises(VtlLimitError, match=r":1:1: #foreach has 1,001 items; API Gateway allows 1,000 iterations"):
        MappingTemplate("#foreach($i in [0..1000])x#end").render()


def test_a_range_without_measure_is_refused() -> None:
    with pytest.raises(VtlLimitError, match="more than 1,000,000 numbers"):
        MappingTemplate("#set($r = [0..2000000000])").render()


def test_a_template_of_300_kb_passes_and_a_longer_one_is_refused() -> None:
    """aws-facts.md 10.4: template at most 300 KB."""
    MappingTemplate("x" * 307_200)
    with pytest.raises(VtlLimitError, match="307,201 bytes; API Gateway allows 307,200"):
        MappingTemplate("x" * 307_201)


@pytest.mark.parametrize("path", ["$.", "$..", "$.a[", "$.a['b", "$.a[b]", "$[?(@.x ==)]", "$.a.length()", "$.a[:]"])
def test_a_path_that_cannot_be_read_fails_when_it_is_used(path: str) -> None:
    template = MappingTemplate("#if($input.body == 'x')#end$input.json($input.params('p'))", name="t")
    with pytest.raises(VtlRuntimeError, match=r"^t:1:\d+: JSONPath .* at character \d+$"):
        template.render(body='{"a": 1}', params={"path": {"p": path}})


def test_values_that_hold_themselves_fail_instead_of_hanging() -> None:
    with pytest.raises(VtlRuntimeError, match="nested too deeply"):
        MappingTemplate("#set($m = {})#set($m.m = $m)$m").render()


def test_a_template_can_be_rendered_again_after_a_failure() -> None:
    template = MappingTemplate("#foreach($i in $input.path('$.l'))$i.substring(1)#end")
    with pytest.raises(VtlRuntimeError):
        template.render(body='{"l": ["ab", ""]}')
    assert template.render(body='{"l": ["ab", "cd"]}') == "bd"
