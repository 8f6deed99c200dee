"""The rights that the commands for a deployed pipeline need: read from the list of the calls they make."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

_CALLS = Path("aws") / "calls.json"


def rights_of(*grants: str) -> dict[str, list[str]]:
    """Return what each kind of resource has to allow for some grants: its actions, each once.

    The list lies beside the code that makes the calls, and is found without importing it.

    Parameters
    ----------
    grants:
        ``diagnose``, ``operate`` or both.
    """
    calls = json.loads((_commands_package() / _CALLS).read_text(encoding="utf-8"))
    found: dict[str, list[str]] = {}
    for call in calls:
        actions = found.setdefault(call["on"], [])
        if call["grant"] in grants and call["right"] not in actions:
            actions.append(call["right"])
    return {kind: actions for kind, actions in found.items() if actions}


def _commands_package() -> Path:
    spec = find_spec("clickstream_local")
    if spec is not None and spec.origin is not None:
        return Path(spec.origin).parent
    return Path(__file__).resolve().parents[3] / "local" / "clickstream_local"
