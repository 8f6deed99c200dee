"""How good the judgement of user agents and referrers is, list by list, and what an agent that is new costs.

    python bench/enrichment.py [--lists FOLDER]

The lists come from packages, by the pins in ``tools/enrichment/sources.toml``; downloaded once. Those of
robots are in no list that the transform is made from. A folder may have more, which no package carries: JSON arrays of
user agents in files called ``crawl-NAME.json`` and ``people-NAME.json``. Writes ``bench/reports/enrichment.md``.
"""

from __future__ import annotations

import json
import platform
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

CHECKOUT = Path(__file__).parent.parent
sys.path.insert(0, str(CHECKOUT / "tools" / "enrichment"))

from packages import Labelled, Source, crawlers, people, referrers, sources  # noqa: E402

from clickstream_transform.click.enrich.bot import bot_indicators  # noqa: E402
from clickstream_transform.click.enrich.referrer import classify  # noqa: E402
from clickstream_transform.click.enrich.user_agent import agent_columns, read_agent  # noqa: E402

REPORT = CHECKOUT / "bench" / "reports" / "enrichment.md"
MAX_AGENT = 1_000
RECALL, FALSE_POSITIVES, MICROSECONDS = 97.0, 0.5, 20.0
DEVICES = {"desktop": "desktop", "mobile": "mobile", "tablet": "tablet"}
SYSTEMS = {"win10": "Windows", "Windows": "Windows", "macos": "macOS", "Mac OS X": "macOS", "linux": "Linux"}
SYSTEMS |= {name: name for name in ("Linux", "Android", "iOS", "Ubuntu", "Chrome OS")} | {"Ubuntu": "Linux"}
BROWSERS = {"Chrome Mobile": "Chrome", "Chrome Mobile iOS": "Chrome", "Chrome Mobile WebView": "Chrome"}
BROWSERS |= {"Mobile Safari": "Safari", "Mobile Safari UI/WKWebView": "Safari", "Edge Mobile": "Edge"}
BROWSERS |= {"Opera Mobile": "Opera", "Firefox Mobile": "Firefox", "Firefox iOS": "Firefox", "Google": "Google App"}
BROWSERS |= {"Android": "Android Browser", "Chromium": "Chrome", "Twitter": "X", "LINE": "Line"}
MORE = "## Lists that no package carries"
MEDIA = ("search", "social", "email")


def main(folder: Path | None) -> int:
    """Print the report and write it; 1 where a goal is missed."""
    lines = [
        "# Judgement of user agents and referrers",
        "",
        f"`python bench/enrichment.py` on {datetime.now(UTC):%Y-%m-%d}: Python {platform.python_version()}.",
        "",
    ]
    missed = robots(lines) + humans(lines)
    labels(lines)
    sites(lines)
    missed += speed(lines)
    if folder is not None:
        more(lines, folder)
    text = "\n".join(lines) + "\n"
    if folder is None and REPORT.exists():  # what was measured with a folder stays, with its date
        text += "".join(REPORT.read_text("utf-8").partition(MORE)[1:])
    REPORT.write_text(text, "utf-8")
    print(text)
    return int(missed > 0)


def is_bot(agent: str) -> bool:
    read = read_agent(agent[:MAX_AGENT])
    return bool(bot_indicators(read, agent_columns(read)))


def percent(agents: Iterable[str]) -> tuple[int, float]:
    verdicts = [is_bot(agent) for agent in agents]
    return len(verdicts), 100 * sum(verdicts) / len(verdicts)


def robots(lines: list[str]) -> int:
    compiled = "; ".join(source.title for source in sources("compiled"))
    lines += ["## Recall", "", f"Compiled into the transform: the project's own rules, and names from {compiled}.", ""]
    lines += [
        f"Robots' agents of lists that are in no compiled one; the goal is {RECALL} percent of each.",
        "The makers of isbot hold their list against crawler-user-agents too, so that one is new to our rules and not",
        "to all of their names.",
        "One agent of woothee's and one of random-useragent's led to a rule each.",
        "",
        "| list, none of it compiled in | agents | called robots, % |",
        "|---|---:|---:|",
    ]
    missed, everything = 0, []
    for source in sources("crawlers"):
        agents = crawlers(source)
        everything += agents
        count, share = percent(agents)
        missed += share < RECALL
        lines.append(f"| {source.title} | {count:,} | {share:.2f} |")
    count, share = percent(everything)
    lines += [f"| all | {count:,} | **{share:.2f}** |", ""]
    return missed


def humans(lines: list[str]) -> int:
    lines += [
        "## False positives",
        "",
        f"People's agents; the goal is at most {FALSE_POSITIVES} percent of each list.",
        "",
    ]
    lines += ["| list | agents | called robots, % |", "|---|---:|---:|"]
    missed = 0
    for source in sources("people"):
        count, share = percent(row.agent for row in people(source))
        missed += share > FALSE_POSITIVES
        lines.append(f"| {source.title} | {count:,} | {share:.2f} |")
    lines.append("")
    return missed


def labels(lines: list[str]) -> None:
    lines += ["## Device, system, browser", ""]
    lines += ["Where the list has a label of its own. `other` is a value that differs, `empty` none at all.", ""]
    lines += ["| list | column | agents | same, % | other, % | empty, % |", "|---|---|---:|---:|---:|---:|"]
    columns: list[tuple[str, Callable[[Labelled], str | None]]] = [
        ("device_type", lambda row: DEVICES.get(row.device)),
        ("os_name", lambda row: SYSTEMS.get(row.system)),
        ("browser_name", lambda row: BROWSERS.get(row.browser, row.browser) or None),
    ]
    for source in sources("people"):
        rows = [(row, agent_columns(read_agent(row.agent))) for row in people(source)]
        for column, label in columns:
            pairs = [(wanted, found.get(column)) for row, found in rows if (wanted := label(row)) is not None]
            if not pairs:
                continue
            same = sum(wanted == found for wanted, found in pairs)
            empty = sum(found is None for _, found in pairs)
            shares = (100 * part / len(pairs) for part in (same, len(pairs) - same - empty, empty))
            cells = " | ".join(f"{share:.2f}" for share in shares)
            lines.append(f"| {source.title} | `{column}` | {len(pairs):,} | {cells} |")
    lines.append("")


def sites(lines: list[str]) -> None:
    lines += ["## Referrers", ""]
    lines += [
        "Held against lists that are not used (they rest on one under the GPL), dead sites of long ago included.",
        "",
    ]
    lines += ["| list | medium | hosts | same, % | another, % | `other`, % |", "|---|---|---:|---:|---:|---:|"]
    for source in sources("referrers"):
        hosts = referrers(source)
        for medium in MEDIA:
            found = [classify(host, None)[0] for host, wanted in hosts.items() if wanted == medium]
            same, unknown = (100 * found.count(name) / len(found) for name in (medium, "other"))
            cells = f"{same:.2f} | {abs(100 - same - unknown):.2f} | {unknown:.2f}"
            lines.append(f"| {source.title} | {medium} | {len(found):,} | {cells} |")
        found = [classify(host, None)[0] for host, wanted in hosts.items() if wanted == "unknown"]
        wrong = 100 * sum(name in MEDIA for name in found) / len(found)
        lines.append(f"| {source.title} | none (a trap) | {len(found):,} | {100 - wrong:.2f} | {wrong:.2f} | |")
    lines.append("")


def speed(lines: list[str]) -> int:
    """CPU time of one agent that was never seen: bot, device, browser and system."""
    lines += [
        "## Speed",
        "",
        f"CPU microseconds for an agent that was never seen, all columns; goal {MICROSECONDS:.0f}.",
        "",
    ]
    lines += ["| list | agents | µs, median of 5 rounds |", "|---|---:|---:|"]
    lists: list[tuple[Source, list[str]]] = [(one, [row.agent for row in people(one)]) for one in sources("people")]
    lists += [(one, crawlers(one)) for one in sources("crawlers")]
    missed = 0
    for source, agents in lists:
        if len(agents) < 500:
            continue
        for agent in agents[:500]:
            is_bot(agent)
        rounds = []
        for _ in range(5):
            start = time.process_time()
            for agent in agents:
                is_bot(agent)
            rounds.append((time.process_time() - start) / len(agents) * 1e6)
        missed += median(rounds) > MICROSECONDS
        lines.append(f"| {source.title} | {len(agents):,} | {median(rounds):.1f} |")
    lines.append("")
    return missed


def more(lines: list[str], folder: Path) -> None:
    lines += [MORE, "", f"On {datetime.now(UTC):%Y-%m-%d}."]
    lines += [
        "From public repositories, by `--lists`; the rules were written with an eye on some of them, so they show what",
        "is reached, not what is promised. Lists of people's agents have robots among them.",
        "",
        "| list | agents | called robots, % |",
        "|---|---:|---:|",
    ]
    for path in sorted(folder.glob("crawl-*.json")) + sorted(folder.glob("people-*.json")):
        count, share = percent(json.loads(path.read_text("utf-8")))
        lines.append(f"| {path.stem} | {count:,} | {share:.2f} |")
    lines.append("")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    sys.exit(main(Path(arguments[1]) if arguments[:1] == ["--lists"] else None))
