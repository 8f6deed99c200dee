"""Public lists out of packages: each is downloaded once, in the version that ``sources.toml`` pins."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
CACHE = CHECKOUT / ".venv" / "enrichment"
_ROBOTS = re.compile("spider|crawl|librar|valid|link", re.IGNORECASE)
_NO_PEOPLE = re.compile("spider|crawl|librar|valid|link|bot|misc|feed|download", re.IGNORECASE)


@dataclass(frozen=True)
class Source:
    """A package and what it is used for."""

    name: str
    client: str
    version: str
    licence: str
    use: str
    text: str = ""

    @property
    def title(self) -> str:
        """Name, version and licence."""
        return f"{self.name} {self.version} ({self.licence})"

    @property
    def file_name(self) -> str:
        """The name without the scope that packages of npm may have."""
        return self.name.rpartition("/")[2]

    def folder(self) -> Path:
        """The unpacked package; downloaded if it is not there."""
        folder = CACHE / f"{self.file_name}-{self.version}"
        if not folder.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            archive = _npm(self) if self.client == "npm" else _pip(self)
            _unpack(archive, folder)
            archive.unlink()
        said = _licence(self, folder)
        if said != self.licence:
            raise SystemExit(f"{self.name} {self.version} says its licence is {said}, sources.toml says {self.licence}")
        return folder


def sources(use: str) -> list[Source]:
    """The sources of one use."""
    table = tomllib.loads((HERE / "sources.toml").read_text("utf-8"))["sources"]
    return [source for row in table if use in (source := Source(**row)).use.split()]


def _npm(source: Source) -> Path:
    command = [CHECKOUT / ".venv" / "bin" / "npm", "pack", "--silent", f"{source.name}@{source.version}"]
    done = subprocess.run(command, cwd=CACHE, check=True, capture_output=True, text=True)
    return CACHE / done.stdout.split()[-1]


def _pip(source: Source) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", "."]
    subprocess.run([*command, f"{source.name}=={source.version}"], cwd=CACHE, check=True, capture_output=True)
    (archive,) = CACHE.glob(f"{source.name.replace('-', '_')}-{source.version}-*.whl")
    return archive


def _unpack(archive: Path, folder: Path) -> None:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(folder)  # noqa: S202
        return
    with tarfile.open(archive) as package:
        package.extractall(folder, filter="data")
    inner = folder / "package"
    for path in list(inner.iterdir()):
        path.rename(folder / path.name)
    inner.rmdir()


def _licence(source: Source, folder: Path) -> str:
    if source.client == "npm":
        package = json.loads((folder / "package.json").read_text("utf-8"))
        return str(package.get("license") or package["licenses"][0]["type"])
    (metadata,) = folder.glob("*.dist-info/METADATA")
    text = metadata.read_text("utf-8")
    said = re.search(r"^License(?:-Expression)?: (.+)$", text, re.MULTILINE)
    if said is not None:
        return said[1]
    (licence,) = folder.glob("*.dist-info/licenses/LICENSE")
    return "MIT" if "Permission is hereby granted, free of charge" in licence.read_text("utf-8") else "unknown"


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def patterns(source: Source) -> list[str]:
    """The regular expressions of a compiled source."""
    folder = source.folder()
    if source.name == "isbot":
        found = re.search(r"patterns_default = (\[.*?\n\]);", (folder / "index.mjs").read_text("utf-8"), re.DOTALL)
        assert found is not None
        return list(json.loads(found[1]))
    if source.name == "crawlerdetect":
        (assignment,) = ast.parse((folder / "crawlerdetect/providers/crawlers.py").read_text("utf-8")).body
        assert isinstance(assignment, ast.Assign)
        return list(ast.literal_eval(assignment.value))
    return [re.escape(crawler["ua"]) for crawler in _json(folder / "ai_crawler_index/data.json")["crawlers"]]


@dataclass(frozen=True)
class Labelled:
    """An agent, and what its list says of device, system and browser; empty where it does not say."""

    agent: str
    device: str = ""
    system: str = ""
    browser: str = ""


def crawlers(source: Source) -> list[str]:
    """The agents of robots in a source."""
    return _unique(_CRAWLERS[source.name](source.folder()))


def people(source: Source) -> list[Labelled]:
    """The agents of people in a source."""
    return list({row.agent: row for row in _PEOPLE[source.name](source.folder()) if row.agent.strip()}.values())


def referrers(source: Source) -> dict[str, str]:
    """Hosts with their medium; an address with a path is left out."""
    folder = source.folder()
    if source.name == "referer-parser":
        table = yaml.safe_load((folder / "data/referers.yml").read_text("utf-8"))
        pairs = [
            (host, medium) for medium, sites in table.items() for site in sites.values() for host in site["domains"]
        ]
    else:
        pairs = [(host, row["medium"]) for host, row in _json(folder / "lib/referrers.json").items()]
    return {host: medium for host, medium in pairs if "/" not in host and "." in host}


def _unique(agents: list[str]) -> list[str]:
    return [agent for agent in dict.fromkeys(agents) if agent.strip()]


def _woothee(folder: Path) -> list[str]:
    tests = sorted((folder / "woothee/testsets").glob("crawler*.yaml"))
    return [row["target"] for path in tests for row in yaml.safe_load(path.read_text("utf-8"))]


def _random(folder: Path) -> list[tuple[str, str]]:
    return [(row["folder"], row["userAgent"]) for row in _json(folder / "useragent-data.json")]


def _fake(folder: Path) -> list[Labelled]:
    rows = map(json.loads, (folder / "fake_useragent/data/browsers.jsonl").read_text("utf-8").splitlines())
    return [Labelled(row["useragent"], row["type"], row["os"], row["browser"]) for row in rows]


_CRAWLERS: dict[str, Callable[[Path], list[str]]] = {
    "crawler-user-agents": lambda folder: [
        agent for entry in _json(folder / "crawleruseragents/crawler-user-agents.json") for agent in entry["instances"]
    ],
    "woothee": _woothee,
    "random-useragent": lambda folder: [agent for kind, agent in _random(folder) if _ROBOTS.search(kind)],
}
_PEOPLE: dict[str, Callable[[Path], list[Labelled]]] = {
    "random-useragent": lambda folder: [
        Labelled(agent) for kind, agent in _random(folder) if not _NO_PEOPLE.search(kind)
    ],
    "user-agents": lambda folder: [
        Labelled(row["userAgent"], row["deviceCategory"]) for row in _json(folder / "dist/user-agents.json")
    ],
    "top-user-agents": lambda folder: [Labelled(agent) for agent in _json(folder / "src/index.json")],
    "fake-useragent": _fake,
}
