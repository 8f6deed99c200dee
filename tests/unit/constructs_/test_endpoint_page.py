"""The code of docs/endpoint.md."""

from __future__ import annotations

import re

from support.checkout import CHECKOUT
from support.stacks import Synthesized, new_stack


def test_the_endpoints_that_the_page_shows_synthesize() -> None:
    (block,) = re.findall(r"```python\n(.*?)```", (CHECKOUT / "docs" / "endpoint.md").read_text("utf-8"), re.DOTALL)
    stack = new_stack()
    exec(compile(block, "endpoint.md", "exec"), {"stack": stack})
    found = Synthesized(stack)
    assert len(found.of_type("AWS::ApiGateway::RestApi")) == 2
    assert len(found.of_type("AWS::WAFv2::WebACL")) == 1
