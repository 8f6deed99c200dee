"""Bundles the tracker: types from the schema, a type check, and two files. Run it with ``make tracker``."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from pathlib import Path

from event_types import CHECKOUT, event_types, limits, read_schema

TRACKER = CHECKOUT / "tracker"
TOOLS = CHECKOUT / "tools/tracker/node_modules/.bin"
PUBLIC_TYPES = ("core.d.ts", "event.d.ts", "options.d.ts", "tracker.d.ts")
SERVED = {
    "clickstream.js": CHECKOUT / "local/clickstream_local/live/site.js",
    "debug.mjs": CHECKOUT / "local/clickstream_local/live/debug.mjs",
}
"""Copies in the wheel: for the demo shop, and for `clickstream tracker`. Lists of trackers name `/clickstream.js`."""
BUILT = {
    "clickstream.js": ("script", "iife"),
    "clickstream.mjs": ("tracker", "esm"),
    "clickstream.cjs": ("tracker", "cjs"),
    "core.mjs": ("core", "esm"),
    "core.cjs": ("core", "cjs"),
    "debug.mjs": ("debug", "esm"),
}
"""Source and module format of each file: for a script tag, for bundlers, without automatic events, for developers."""
_BUNDLE = ("--bundle", "--minify-syntax", "--target=es2022", "--legal-comments=none", "--log-level=warning")
_MINIFY = ("--compress", "passes=3,unsafe,ecma=2022,toplevel", "--mangle", "toplevel", "--ecma", "2022")


def bundle(target: Path) -> None:
    """Write the files of ``BUILT`` and ``types/`` into a folder."""
    _run(TOOLS / "tsc", "-p", "tsconfig.json", "--outDir", str(target / "types"))
    for path in list((target / "types").iterdir()):
        if path.name in PUBLIC_TYPES:
            # For `require`: the same types, as a CommonJS file's.
            text = path.read_text(encoding="utf-8").replace('.js"', '.cjs"')
            path.with_suffix("").with_suffix(".d.cts").write_text(text, encoding="utf-8")
        elif path.suffix == ".ts":
            path.unlink()
    for name, (source, form) in BUILT.items():
        file = str(target / name)
        how = (*_BUNDLE, "--external:./debug.mjs", f"--format={form}", f"--outfile={file}")
        _run(TOOLS / "esbuild", f"src/{source}.ts", *how)
        _run(TOOLS / "terser", file, *_MINIFY, *(["--module"] if form == "esm" else []), "--output", file)


def _run(*command: str | Path) -> None:
    subprocess.run([*map(str, command)], cwd=TRACKER, check=True)


def main() -> None:
    """Write the types, build in place, and give the demo shop its copy."""
    schema = read_schema()
    (TRACKER / "src/event.ts").write_text(event_types(schema), encoding="utf-8")
    (TRACKER / "src/limits.ts").write_text(limits(schema), encoding="utf-8")
    bundle(TRACKER)
    for name, copy in SERVED.items():
        shutil.copyfile(TRACKER / name, copy)
    for name in BUILT:
        data = (TRACKER / name).read_bytes()
        print(f"{name}: {len(data):,} bytes, {len(gzip.compress(data, 9, mtime=0)):,} with gzip -9")


if __name__ == "__main__":
    main()
