"""The ``clickstream`` command."""

from __future__ import annotations

import os
from importlib import import_module

try:
    import click
except ImportError as error:
    raise SystemExit(
        f"clickstream: {error.name} is not installed; pip install 'cdk-clickstream[local]' brings it"
    ) from None

_COMMANDS = (
    "local",
    "demo",
    "send",
    "query",
    "errors",
    "verify",
    "replay",
    "transform",
    "cost",
    "plan",
    "tracker",
    "doctor",
)


class _Commands(click.Group):
    """Imports a command when it is asked for: `local` is to serve at once, and needs no DuckDB for it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        # Arrow looks at this when it is loaded. Its own allocators keep memory for later that buffers could hold.
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
        command: click.Command = getattr(import_module(f"clickstream_local.cli.{cmd_name}"), cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="cdk-clickstream")
def main() -> None:
    """Run a synthesized click-event pipeline on this machine: no AWS account, no Docker.

    Start with `clickstream demo`. Then `cdk synth` your own app and `clickstream local` it.
    """
