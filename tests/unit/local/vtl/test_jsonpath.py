"""JSONPaths that cannot be read, and those of Jayway after 2.0; tests/rules/test_velocity.py compares the others."""

from __future__ import annotations

import pytest

from clickstream_local.vtl import MappingTemplate, VtlRuntimeError


@pytest.mark.parametrize("path", ["$.", "$..", "$.a[", "$.a['b", "$.a[b]", "$[?(@.x ==)]", "$.a.length()", "$.a[:]"])
def test_a_path_that_cannot_be_read_fails_when_it_is_used(path: str) -> None:
    template = MappingTemplate("#if($input.body == 'x')#end$input.json($input.params('p'))", name="t")
    with pytest.raises(VtlRuntimeError, match=r"^t:1:\d+: JSONPath .* at character \d+$"):
        template.render(body='{"a": 1}', params={"path": {"p": path}})


BODY = (
    '{"l":[1,2,3],"limit":2,"m":{"a":{"x":1},"b":{"x":2},"c":[7,8]},'
    '"items":[{"id":"a","x":1,"t":["p","q"]},{"id":"b","x":5,"t":["q"]}]}'
)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.l[-1]", "3"),
        ("$.l[-3]", "1"),
        ("$.l[-4]", '""'),
        ("$.items[-1].id", '"b"'),
        ("$.items[*].t[-1]", '["q","q"]'),
        ("$.items[?(@.t[-1] == 'q')].id", '["a","b"]'),
        ("$.l[0,-1]", "[1,3]"),
        ("$.l[-1, -9, 5]", "[3]"),
        ("$.items[0,-1].id", '["a","b"]'),
        ("$.items[0,1].nope", "[]"),
        ("$.m['a','b'].x", "[1,2]"),
        ("$.m['a','nope','b'].x", "[1,2]"),
        ("$.m['a','c'].x", "[1]"),
        ("$.m['a','b']", '{"a":{"x":1},"b":{"x":2}}'),
        ("$..['id','x']", '[{"id":"a","x":1},{"id":"b","x":5}]'),
    ],
)
def test_negative_indexes_and_unions(path: str, value: str) -> None:
    assert MappingTemplate(f'$input.json("{path}")').render(body=BODY) == value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.items[?(@.x > $.limit)].id", '["b"]'),
        ("$.items[?($.limit < @.x)].id", '["b"]'),
        ("$..items[?(@.x > $.limit)].id", '["b"]'),
        ("$.items[?(@.x in $.l)].id", '["a"]'),
        ("$.items[?(@.id == $.items[0].id && !($.nope))].x", "[1]"),
        ("$.items[?(@.x > $['m']['b'].x)].id", '["b"]'),
        ("$.l[?(@ > $.limit)]", "[3]"),
        ("$.items[?(@.x > $.nope)].id", "[]"),
    ],
)
def test_a_filter_may_look_at_the_whole_document(path: str, value: str) -> None:
    assert MappingTemplate(f'$input.json("{path}")').render(body=BODY) == value
