from __future__ import annotations

from support.moto_server import s3, server

__all__ = ["s3", "server"]
