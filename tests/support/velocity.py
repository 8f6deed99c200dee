"""Apache Velocity 1.7 with Jayway JsonPath and json-smart, the engine that ours is measured against.

The jars come from the Debian packages ``velocity`` and ``libjsonpath-java``. The printed forms of this stack agree with
what API Gateway itself printed (facts/api-gateway.md#mapping-templates).
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

JARS = Path("/usr/share/java")
NAMES = (
    "velocity",
    "commons-lang",
    "commons-collections3",
    "json-path",
    "json-smart",
    "accessors-smart",
    "asm",
    "slf4j-api",
)


class Velocity:
    """One Java process that renders template after template."""

    def __init__(self) -> None:
        classpath = ":".join(str(JARS / f"{name}.jar") for name in NAMES)
        source = str(Path(__file__).with_name("VelocityOracle.java"))
        self._process = subprocess.Popen(
            ["java", "-XX:TieredStopAtLevel=1", "-cp", classpath, source],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )

    def render(self, template: str, **request: Any) -> str | None:
        """What Velocity prints, or None when it refuses the template or fails in it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"template": template, **request}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline()).get("out")

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)
