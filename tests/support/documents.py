"""The fenced blocks of the documents, and the commands in them."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass

from support.checkout import CHECKOUT

PAGES = [
    *sorted((CHECKOUT / "docs").rglob("*.md")),
    *(CHECKOUT / name for name in ("README.md", "CONTRIBUTING.md", "examples/README.md")),
    *(CHECKOUT / name for name in ("lambda/producer/README.md", "tracker/README.md")),
]
_FENCE = re.compile(r"(?ms)^( *)```([^\n]*)\n(.*?)^ *```$")


@dataclass(frozen=True)
class Block:
    """A fenced block: its page and line, the language, the name of its file where it has one, and the text."""

    page: str
    line: int
    language: str
    file: str
    text: str

    @property
    def id(self) -> str:
        return f"{self.page}:{self.line}"

    def commands(self) -> list[str]:
        """The commands of a shell block, without comments; of a console block those behind the prompt."""
        text = self.text.replace("\\\n", " ")
        lines = text.splitlines()
        if self.language == "console":
            lines = [line[2:] for line in lines if line.startswith("$ ")]
        stripped = [re.sub(r"(^|\s{2,})# .*$", "", line).strip() for line in lines]
        return [line for line in stripped if line]


def blocks(*languages: str) -> list[Block]:
    """Every block of the documents, or those in one of the languages."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in _FENCE.finditer(text):
            language, _, rest = match[2].partition(" ")
            body = textwrap.dedent(match[3])
            file = re.search(r'title="([^"]+)"', rest) or re.match(r"# (\w+\.py)\n", body)
            name = str(page.relative_to(CHECKOUT))
            line = text[: match.start()].count("\n") + 1
            found.append(Block(name, line, language, file[1] if file else "", body))
    return [block for block in found if not languages or block.language in languages]
