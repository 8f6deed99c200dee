"""Builds the documentation site: ``make docs``.

The pages of ``docs/``, documents from elsewhere in the repository and the pages of the reference are laid side by side in
``build/site/docs``, with links between all of them; Zensical then makes ``build/site/html`` of them. Nothing here is a hook
of the generator, so that another one which reads ``mkdocs.yml`` can take its place.
"""

from __future__ import annotations

import ast
import inspect
import posixpath
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import griffe
import yaml

sys.path.insert(0, str(Path(__file__).parent))
from docstrings import is_factory, is_made_by_factories, markdown

__all__ = ["is_factory", "is_made_by_factories", "public"]

CHECKOUT = Path(__file__).parents[2]
DOCS = CHECKOUT / "docs"
STAGE = CHECKOUT / "build" / "site"

PACKAGES = {
    "constructs": ("cdk_clickstream", "constructs", "Construct library"),
    "producer": ("clickstream_producer", "lambda/producer", "Producer"),
    "testing": ("clickstream_local.testing", "local", "Test kit"),
}
"""Folder of the reference: package, where it lies, title."""

ROOMS = {
    "pipeline": "Pipeline",
    "endpoint": "Endpoint",
    "transform": "Transform",
    "delivery": "Delivery",
    "table": "Table and queries",
    "schema": "Schema",
    "partitions": "Prefixes and partitions",
    "formats": "Formats",
    "storage": "Storage",
    "monitoring": "Monitoring",
    "_validation": "Errors",
}
"""Room of the construct library: heading on the reference's first page."""

OUTSIDE = {
    "lambda/producer/README.md": "producer.md",
    "CHANGELOG.md": "changelog.md",
    "ARCHITECTURE.md": "architecture.md",
    "CONTRIBUTING.md": "contributing.md",
    "examples/README.md": "examples/index.md",
    **{f"bench/reports/{path.name}": f"reports/{path.name}" for path in (CHECKOUT / "bench/reports").glob("*.md")},
    **{f"examples/{path.name}": f"examples/{path.stem}.md" for path in (CHECKOUT / "examples").glob("*.py")},
}
"""Document in the repository: its page on the site."""

_LONGEST_EXAMPLE = 16
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)#:\s]+)(#[^)]*)?\)")


def main() -> int:
    """Lay the sources out, and build the site; exit with what the generator says."""
    shutil.rmtree(STAGE, ignore_errors=True)
    for uri, text in pages().items():
        (STAGE / "docs" / uri).parent.mkdir(parents=True, exist_ok=True)
        (STAGE / "docs" / uri).write_text(text, encoding="utf-8")
    for path in DOCS.rglob("*"):
        if path.suffix in (".css", ".svg"):
            target = STAGE / "docs" / path.relative_to(DOCS)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    settings = yaml.safe_load((CHECKOUT / "mkdocs.yml").read_text(encoding="utf-8"))
    settings["nav"] = navigation(settings["nav"])
    (STAGE / "mkdocs.yml").write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    command = [str(Path(sys.executable).parent / "zensical"), "build", "--strict", "--config-file", "mkdocs.yml"]
    return subprocess.run(command, cwd=STAGE, check=False).returncode


def navigation(written: list[Any]) -> list[Any]:
    """The navigation of ``mkdocs.yml`` with what is generated."""
    sections = {next(iter(entry)): next(iter(entry.values())) for entry in written}
    reference = [
        {title: [f"reference/{folder}/index.md", *(f"reference/{folder}/{name}.md" for name in names(folder))]}
        for folder, (_, _, title) in PACKAGES.items()
    ]
    sections["Reference"][:0] = [*reference, {"Commands": "reference/commands.md"}]
    examples = sorted(page for page in OUTSIDE.values() if page.startswith("examples/") and page != "examples/index.md")
    sections["Guides"].append({"Examples": ["examples/index.md", *examples]})
    reports = sorted(page for page in OUTSIDE.values() if page.startswith("reports/"))
    sections["About"] += [
        {"Changelog": "changelog.md"},
        {"Contributing": "contributing.md"},
        {"Architecture": "architecture.md"},
        {"Benchmark reports": reports},
    ]
    return written


def pages() -> dict[str, str]:
    """Every page of the site by its path, links resolved."""
    written = {str(path.relative_to(DOCS)): path.read_text(encoding="utf-8") for path in sorted(DOCS.rglob("*.md"))}
    for source, uri in OUTSIDE.items():
        text = (CHECKOUT / source).read_text(encoding="utf-8")
        written[uri] = _code_page(text, source) if source.endswith(".py") else text
    sources = {uri: source for source, uri in OUTSIDE.items()}
    found = {uri: linked(text, sources.get(uri, f"docs/{uri}"), uri) for uri, text in written.items()}
    for folder in PACKAGES:
        found[f"reference/{folder}/index.md"] = _index(folder)
        found |= {f"reference/{folder}/{name}.md": _page(folder, name) for name in names(folder)}
    return found | {"reference/commands.md": _commands()}


def linked(markdown: str, source: str, uri: str) -> str:
    """Turn links into the repository into links of the site, and names of the reference into links."""
    return "".join(
        part if part.lstrip().startswith("```") else _linked(part, source, uri)
        for part in re.split(r"(?ms)(^ *```.*?^ *```$)", markdown)
    )


def _linked(text: str, source: str, uri: str) -> str:
    def site_link(link: re.Match[str]) -> str:
        image, label, target, anchor = link[1], link[2], link[3], link[4] or ""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        page = OUTSIDE.get(path) or (path.removeprefix("docs/") if path.startswith("docs/") else None)
        if page is None:
            return label  # A file of the repository that the site does not show.
        if re.fullmatch(r"[\w./-]+\.md", label):
            label = titles().get(page, label)
        return f"{image}[{label}]({posixpath.relpath(page, posixpath.dirname(uri) or '.')}{anchor})"

    text = _LINK.sub(site_link, text)
    if uri in ("changelog.md", "architecture.md"):
        return text
    return "\n".join(line if line.startswith("#") else _NAME.sub(_reference_link, line) for line in text.split("\n"))


@cache
def titles() -> dict[str, str]:
    """The first heading of each page that is written."""
    written = {str(path.relative_to(DOCS)): path for path in DOCS.rglob("*.md")}
    written |= {uri: CHECKOUT / source for source, uri in OUTSIDE.items() if source.endswith(".md")}
    found = {uri: re.search(r"(?m)^# (.+)$", path.read_text(encoding="utf-8")) for uri, path in written.items()}
    return {uri: heading[1] for uri, heading in found.items() if heading}


def _reference_link(code: re.Match[str]) -> str:
    for package, _, _ in PACKAGES.values():
        found = public(package)
        if code[2] in found:
            member = f".{code[3]}" if code[3] and code[3] in found[code[2]].all_members else ""
            return f"[{code[1]}][{package}.{code[2]}{member}]"
    return code[0]


@cache
def public(package: str) -> dict[str, Any]:
    """The public names of a package, as griffe reads them."""
    root = next(root for name, root, _ in PACKAGES.values() if name == package)
    search = [str(CHECKOUT / folder) for folder in (root, "local", "lambda/producer")]
    loader = griffe.GriffeLoader(search_paths=search, docstring_parser=griffe.Parser.numpy)
    loader.load(package.partition(".")[0])
    loader.resolve_aliases(external=False)
    found = loader.modules_collection[package]
    return {
        str(name): _target(found[str(name)]) for name in sorted(found.exports or (), key=lambda one: str(one).lower())
    }


def names(folder: str) -> list[str]:
    """The public names of a part of the reference."""
    return list(public(PACKAGES[folder][0]))


def _target(found: Any) -> Any:
    return found.final_target if found.is_alias else found


def _index(folder: str) -> str:
    package, _, title = PACKAGES[folder]
    rooms: dict[str, list[str]] = {}
    for name, found in public(package).items():
        room = found.path.removeprefix(f"{package}.").split(".")[0] if folder == "constructs" else ""
        summary = found.docstring.value.strip().partition("\n\n")[0] if found.docstring else ""
        rooms.setdefault(room, []).append(f"| [`{name}`]({name}.md) | {_cell(_summary(summary))} |")
    lines = [f"# {title}", "", f"What `from {package} import …` gives.", ""]
    for room in sorted(rooms, key=lambda one: list(ROOMS).index(one) if one in ROOMS else -1):
        if room:
            lines += [f"## {ROOMS[room]}", ""]
        lines += ["| name | |", "|---|---|", *rooms[room], ""]
    return "\n".join(lines)


def _summary(text: str) -> str:
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown(text))


def _page(folder: str, name: str) -> str:
    package = PACKAGES[folder][0]
    lines = [f"---\ntitle: {name}\n---", f"::: {package}.{name}", ""]
    if found := next(iter(sorted(_examples(name), key=lambda one: (one[0].startswith("docs/"), -len(one[1])))), None):
        source, code = found
        page = OUTSIDE.get(source, source.removeprefix("docs/"))
        lines += [f"## Example {{#example-of-{name.lower()}}}", "", f"From [{Path(source).name}](../../{page}):", ""]
        lines += ["```python", code, "```", ""]
    return "\n".join(lines)


def _examples(name: str) -> Iterator[tuple[str, str]]:
    """Calls of a public name in ``examples/`` and in the pages' Python, which the tests run."""
    for source, code in _codes():
        for node in ast.walk(ast.parse(code)):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.value if isinstance(node.func, ast.Attribute) else node.func
            if (
                isinstance(called, ast.Name)
                and called.id == name
                and "..." not in (text := ast.get_source_segment(code, node) or "")
            ):
                first, _, rest = text.partition("\n")
                if rest.count("\n") < _LONGEST_EXAMPLE:
                    yield source, f"{first}\n{textwrap.dedent(rest)}".strip()


@cache
def _codes() -> list[tuple[str, str]]:
    pages = [*sorted((CHECKOUT / "docs").glob("*.md")), CHECKOUT / "lambda/producer/README.md"]
    blocks = [
        (str(page.relative_to(CHECKOUT)), textwrap.dedent(block))
        for page in pages
        for block in re.findall(r"(?ms)^ *```python[^\n]*\n(.*?)^ *```$", page.read_text(encoding="utf-8"))
    ]
    files = [
        (f"examples/{path.name}", path.read_text(encoding="utf-8"))
        for path in sorted((CHECKOUT / "examples").glob("*.py"))
    ]
    return [*files, *((source, code) for source, code in blocks if _parses(code))]


def _parses(code: str) -> bool:
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return True


def _code_page(text: str, source: str) -> str:
    title = Path(source).stem.replace("_", " ").capitalize()
    for name in ("CloudWatch", "EventBridge", "Hive", "ORC"):
        title = re.sub(name, name, title, flags=re.IGNORECASE)
    module = ast.parse(text)
    introduction = ast.get_docstring(module) or ""
    text = "\n".join(text.split("\n")[module.body[0].end_lineno :]).lstrip()
    return f'# {title}\n\n{introduction}\n\n```python title="{source}"\n{text}```\n'


def _commands() -> str:
    """Every command and option of ``clickstream``, as its own ``--help`` says it."""
    import click

    from clickstream_local.cli import main

    lines = [
        "# Commands",
        "",
        inspect.cleandoc(main.help or ""),
        "",
        "The producer's commands are on [a page of their own](../agent.md).",
        "",
    ]
    group = click.Context(main)
    for name in sorted(main.list_commands(group)):
        command = main.get_command(group, name)
        assert command is not None
        context = click.Context(command, info_name=f"clickstream {name}", max_content_width=100)
        lines += [f"## clickstream {name}", "", "```text", command.get_help(context), "```", ""]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


_NAME = re.compile(r"(?<![\[`])(`(?:[a-z]\w*=)?([A-Z]\w+)(?:\.([a-z]\w*))?(?:\([^`]*\))?`)(?![\]`])")


if __name__ == "__main__":
    sys.exit(main())
