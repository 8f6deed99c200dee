"""Constants that are written out at compile time print what they would have printed at run time.

That templates of any kind print the same as in Velocity is in test_against_velocity.py, where names are constants too.
"""

from __future__ import annotations

from typing import Any

import pytest

from clickstream_local.vtl import MappingTemplate, nodes
from clickstream_local.vtl.folding import folded
from clickstream_local.vtl.parser import parse


def statements(template: str) -> tuple[nodes.Statement, ...]:
    return folded(parse(template, "template")).body.statements


def test_a_constant_is_a_part_of_the_text_around_it() -> None:
    assert statements("#set($q = '\"')a${q}b$q")[1:] == (nodes.Text('a"b"'),)


def test_a_string_of_constants_is_a_constant_itself() -> None:
    (_, assignment, text) = statements('#set($q = "x")#set($s = "[$q]")$s')
    assert isinstance(assignment, nodes.Set)
    assert assignment.value == nodes.Constant("[x]")
    assert text == nodes.Text("[x]")


CASES = [
    pytest.param("$q#set($q = 'a')$q", "a", id="not before it is set"),
    pytest.param("#set($q = 'a')$q#set($q = 'b')$q", "ab", id="not when it is set twice"),
    pytest.param("#if($input.path('$.x'))#set($q = 'a')#end$q", "", id="not from a branch"),
    pytest.param("#set($q = 'a')#foreach($q in [1..2])$q#end$q", "12a", id="not a loop's variable"),
    pytest.param("#foreach($i in [1..2])$q#set($q = 'a')#end", "a", id="not from a loop"),
    pytest.param("#set($q = 'a')#define($q)b#end$q", "b", id="not a block's name"),
    pytest.param("#macro(m $q)$q#end#set($q = 'a')#m('b')$q", "ba", id="not a macro's parameter"),
    pytest.param("#macro(m)$q#end#m()#set($q = 'a')#m()", "a", id="not in a macro called before"),
    pytest.param("#macro(m)#set($q = 'b')#end#set($q = 'a')#m()$q", "b", id="not what a macro sets"),
    pytest.param("#set($q = 'a')#evaluate('#set($q = 1)')$q", "1", id="not with #evaluate"),
    pytest.param("""#set($q = 'a')#set($s = "#set($q = 'b')")$s$q""", "b", id="not what a string sets"),
    pytest.param("#set($q = 'a')#if($q)yes#end", "yes", id="in a condition it is a reference"),
    pytest.param("#set($q = 'abc')$q.length()", "3", id="its methods are called"),
    pytest.param("#set($q = 'a')\\$q \\\\$q", "$q \\a", id="escaped it is not printed"),
    pytest.param("#set($n = 1.0E10)$n $!n ${n}", "1.0E10 1.0E10 1.0E10", id="numbers print as in Java"),
    pytest.param("#set($q = 'a')#stop$q", "", id="what is not reached is not printed"),
    pytest.param("#set($foreach = 'a')#foreach($i in [1])$foreach.count#end", "1", id="the engine's own names"),
]


@pytest.mark.parametrize(("template", "printed"), CASES)
def test_a_template_prints_the_same_with_and_without(template: str, printed: str) -> None:
    assert MappingTemplate(template).render(body="{}") == printed


@pytest.mark.parametrize(("template", "printed"), CASES)
def test_velocity_prints_that(velocity: Any, template: str, printed: str) -> None:
    assert velocity.render(template, body="{}") == printed
