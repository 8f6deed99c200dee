"""Takes the public lists out of their packages and makes the module that the transform reads: ``make enrichment``.

A newer version of a list is a changed pin in ``sources.toml``; what then differs is in the diff of ``lists/public``.
"""

from __future__ import annotations

import json

from compile_lists import LICENCES, LISTS, write_module
from packages import patterns, sources


def main() -> None:
    """Write the lists, their licences and the module."""
    for source in sources("compiled"):
        text = json.dumps(patterns(source), indent=0, ensure_ascii=False)
        (LISTS / "public" / f"{source.name}.json").write_text(f"{text}\n", "utf-8")
        (LICENCES / f"{source.name}.txt").write_bytes((source.folder() / source.text).read_bytes())
        print(f"{source.title}: {len(patterns(source))} patterns")
    write_module()


if __name__ == "__main__":
    main()
