"""What is refused, and what the message says."""

from __future__ import annotations

import pytest

from clickstream_local.vtl import MappingTemplate, VtlSyntaxError


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
