"""A real Chromium, driven over its debugging pipe: open a page, look at it, click."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.requirements import absent

_BINARY = shutil.which("chromium") or shutil.which("chromium-browser")
_QUIET = ("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")


class Page:
    """One open page."""

    def __init__(self, browser: Chromium, target: str, session: str) -> None:
        self._browser = browser
        self._target = target
        self._session = session

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression; a promise is waited for."""
        options = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = self._browser.call("Runtime.evaluate", options, self._session)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait_until(self, expression: str, seconds: float = 30) -> None:
        """Look again and again until a JavaScript expression is true."""
        deadline = time.monotonic() + seconds
        while not self._is_true(expression):
            if time.monotonic() > deadline:
                pytest.fail(f"{expression} is still not true; the page says: {self.text('body')}")
            time.sleep(0.05)

    def _is_true(self, expression: str) -> bool:
        try:
            return bool(self.evaluate(f"Boolean({expression})"))
        except AssertionError as error:
            if "Inspected target navigated" not in str(error):
                raise
            return False  # asked between two pages

    def text(self, selector: str) -> str:
        """The text of an element."""
        return str(self.evaluate(f"document.querySelector({json.dumps(selector)}).textContent"))

    def click(self, selector: str) -> None:
        """Click an element."""
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")

    def type(self, text: str) -> None:
        """Write where the focus is, as a keyboard does."""
        self._browser.call("Input.insertText", {"text": text}, self._session)

    def resize(self, width: int, height: int) -> None:
        """Give the page another size, in CSS pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self._browser.call("Emulation.setDeviceMetricsOverride", size, self._session)

    def close(self) -> None:
        """Close the tab, and return when it is gone: one whose next page is just loading forgets that it was asked."""
        deadline = time.monotonic() + 30
        while self._browser.has(self._target):
            assert time.monotonic() < deadline, "the tab does not close"
            with contextlib.suppress(AssertionError):
                self._browser.call("Target.closeTarget", {"targetId": self._target})
            time.sleep(0.02)


class Chromium:
    """A browser that is told what to do on its debugging pipe: JSON texts that end in a NUL byte."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands = os.fdopen(commands, "wb")
        self._answers = os.fdopen(answers, "rb")
        self._rest = b""
        self._count = 0

    def open(self, url: str) -> Page:
        """Open a page in a tab of its own."""
        target = self.call("Target.createTarget", {"url": url})["targetId"]
        session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        page = Page(self, target, session)
        page.wait_until("document.readyState === 'complete' && location.href !== 'about:blank'")
        return page

    def call(self, method: str, parameters: dict[str, Any], session: str | None = None) -> dict[str, Any]:
        """A command of the DevTools protocol and its result."""
        self._count += 1
        command = {"id": self._count, "method": method, "params": parameters}
        if session is not None:
            command["sessionId"] = session
        self._commands.write(json.dumps(command).encode() + b"\0")
        self._commands.flush()
        while True:
            answer = self._read()
            if answer.get("id") == self._count:
                assert "error" not in answer, answer["error"]
                result: dict[str, Any] = answer["result"]
                return result

    def has(self, target: str) -> bool:
        """Whether a tab is open."""
        return any(one["targetId"] == target for one in self.call("Target.getTargets", {})["targetInfos"])

    def close(self) -> None:
        """Let go of the pipes; the browser then ends."""
        self._commands.close()
        self._answers.close()

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            piece = self._answers.raw.read(65536)
            assert piece, "the browser has ended"
            self._rest += piece
        text, _, self._rest = self._rest.partition(b"\0")
        answer: dict[str, Any] = json.loads(text)
        return answer


@contextlib.contextmanager
def chromium(profile: Path) -> Iterator[Chromium]:
    """A running browser; where there is none the test is skipped, and fails in CI."""
    if _BINARY is None:
        absent("chromium is not installed", "on Debian, apt-get install chromium")
    their_commands, our_commands = os.pipe()
    our_answers, their_answers = os.pipe()
    # The browser reads commands from descriptor 3 and answers on 4; the shell puts them there.
    start = f'exec "$@" 3<&{their_commands} 4>&{their_answers}'
    command = ["bash", "-c", start, "bash", _BINARY, "--headless", "--no-sandbox", "--disable-gpu", *_QUIET]
    command += ["--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(
        command, pass_fds=(their_commands, their_answers), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(their_commands)
    os.close(their_answers)
    browser = Chromium(our_commands, our_answers)
    try:
        yield browser
    finally:
        with contextlib.suppress(AssertionError, OSError):
            browser.call("Browser.close", {})
        browser.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
