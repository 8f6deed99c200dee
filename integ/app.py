"""The app that ``make integ`` deploys: ``python -m integ.app``.

Context: ``suffix`` (part of the stacks' names), ``logging-role`` (a value of :class:`~integ.names.LoggingRole`).
"""

from __future__ import annotations

import aws_cdk as cdk

from integ.core_stack import CoreStack
from integ.edges_stack import EdgesStack
from integ.names import LoggingRole, stack_names


def build(app: cdk.App) -> tuple[CoreStack, EdgesStack]:
    """Put both stacks into an app, by its context."""
    logging_role = LoggingRole(app.node.try_get_context("logging-role") or LoggingRole.THERE.value)
    core, edges = stack_names(app.node.try_get_context("suffix") or "synth")
    return CoreStack(app, core, logging_role=logging_role), EdgesStack(app, edges, logging_role=logging_role)


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
