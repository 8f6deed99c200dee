"""Reads a cloud assembly (``cdk.out``) into the resources that the local runtime runs."""

from __future__ import annotations

from clickstream_local.assembly.cloud_assembly import load_stacks, load_templates
from clickstream_local.assembly.errors import AssemblyError

__all__ = ["AssemblyError", "load_stacks", "load_templates"]
