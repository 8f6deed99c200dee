"""JSONPaths that cannot be read; tests/rules/test_velocity.py compares the others with Jayway."""

from __future__ import annotations

import pytest

from clickstream_local.vtl import MappingTemplate, VtlRuntimeError


@pytest.mark.parametrize("path", ["$.", "$..", "$.a[", "$.a['b", "$.a[b]", "$[?(@.x ==)]", "$.a.length()", "$.a[:]"])
def test_a_path_that_cannot_be_read_fails_when_it_is_used(path: str) -> None:
    template = MappingTemplate("#if($input.body == 'x')#end$input.json($input.params('p'))", name="t")
    with pytest.raises(VtlRuntimeError, match=r"^t:1:\d+: JSONPath .* at character \d+$"):
        template.render(body='{"a": 1}', params={"path": {"p": path}})
