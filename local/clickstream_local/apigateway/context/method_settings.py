"""Which of a stage's settings is for a method."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from clickstream_local.common.model import MethodSetting


class MethodSettings:
    """Settings by method; the narrowest wins: one method, a path's methods, all methods of a kind, all methods."""

    def __init__(self, settings: Iterable[MethodSetting], wanted: Callable[[MethodSetting], bool]) -> None:
        self._settings = {
            (setting.http_method, setting.resource_path): setting
            # The first of two for the same method stays.
            for setting in reversed(tuple(settings))
            if wanted(setting)
        }

    def find(self, http_method: str, resource_path: str) -> MethodSetting | None:
        """The setting of a method, or None."""
        candidates = ((http_method, resource_path), ("*", resource_path), (http_method, "/*"), ("*", "/*"))
        return next((self._settings[key] for key in candidates if key in self._settings), None)
