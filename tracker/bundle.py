"""Bundles the tracker: types from the schema, a type check, and two files. Run it with ``make tracker``."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from pathlib import Path

from event_types import CHECKOUT, event_types, read_schema

TRACKER = CHECKOUT / "tracker"
TOOLS = CHECKOUT / "tools/tracker/node_modules/.bin"
PUBLIC_TYPES = ("event.d.ts", "options.d.ts", "tracker.d.ts")
SERVED = CHECKOUT / "local/clickstream_local/live/clickstream.js"
_BUNDLE = ("--bundle", "--minify", "--target=es2022", "--legal-comments=none", "--log-level=warning")


def bundle(target: Path) -> None:
    """Write ``clickstream.js`` (for a script tag), ``clickstream.mjs`` (for bundlers) and ``types/`` into a folder."""
    _run(TOOLS / "tsc", "-p", "tsconfig.json", "--outDir", str(target / "types"))
    for path in (target / "types").iterdir():
        if path.name not in PUBLIC_TYPES:
            path.unlink()
    _run(TOOLS / "esbuild", "src/script.ts", *_BUNDLE, "--format=iife", f"--outfile={target / 'clickstream.js'}")
    _run(TOOLS / "esbuild", "src/tracker.ts", *_BUNDLE, "--format=esm", f"--outfile={target / 'clickstream.mjs'}")


def _run(*command: str | Path) -> None:
    subprocess.run([*map(str, command)], cwd=TRACKER, check=True)


def main() -> None:
    """Write the types, build in place, and give the demo shop its copy."""
    (TRACKER / "src/event.ts").write_text(event_types(read_schema()), encoding="utf-8")
    bundle(TRACKER)
    shutil.copyfile(TRACKER / "clickstream.js", SERVED)
    for name in ("clickstream.js", "clickstream.mjs"):
        data = (TRACKER / name).read_bytes()
        print(f"{name}: {len(data):,} bytes, {len(gzip.compress(data, 9, mtime=0)):,} with gzip -9")


if __name__ == "__main__":
    main()
