"""What goes wrong while an assembly is read."""

from __future__ import annotations


class AssemblyError(Exception):
    """The cloud assembly, or a template in it, cannot be run; the message says what and where."""
