"""Chromium without a window, led through a pipe by its own protocol: pages opened, asked and pressed."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
OPTIONS = ("--headless", "--disable-gpu", "--no-sandbox", "--no-first-run", "--remote-debugging-pipe")
# Whatever a page asks of another host fails, and is seen among the requests.
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND"
# The browser reads from file 3 and writes to file 4.
BEGIN = """import os, sys
for given, spare in zip(sys.argv[1:3], (98, 99)):
    os.dup2(int(given), spare)
for wanted, spare in ((3, 98), (4, 99)):
    os.dup2(spare, wanted)
os.execv(sys.argv[3], sys.argv[3:])"""


def found() -> str | None:
    """Return where a browser is."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """A browser with one page; what happened since `open` is in `events`."""

    def __init__(self, folder: Path, wait: float = 60.0) -> None:
        ours, theirs = os.pipe(), os.pipe()
        self.reads, self.writes, self.wait = theirs[0], ours[1], wait
        command = [found(), *OPTIONS, OFFLINE, f"--user-data-dir={folder}", "about:blank"]
        start = [sys.executable, "-S", "-c", BEGIN, str(ours[0]), str(theirs[1]), *command]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(start, pass_fds=(ours[0], theirs[1]), **quiet)
        os.close(ours[0])
        os.close(theirs[1])
        self.left, self.events, self.count, self.session = b"", [], 0, None
        page = next(one for one in self.call("Target.getTargets")["targetInfos"] if one["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for part in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{part}.enable")
        self.call("Page.setLifecycleEventsEnabled", enabled=True)

    def close(self) -> None:
        """End the browser."""
        self.session = None
        try:
            self.call("Browser.close")
        finally:
            os.close(self.reads)
            os.close(self.writes)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def call(self, method: str, **parameters):
        """Return what the browser answers."""
        self.count += 1
        own = {"id": self.count, "method": method, "params": parameters}
        self._send(own | ({"sessionId": self.session} if self.session else {}))
        while True:
            answer = self._next()
            if answer.get("id") == self.count:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            self.events.append(answer)

    def dress(self, scheme: str) -> None:
        """Ask for light or dark."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, address: str, *, scheme: str = "light", width: int = 1280, height: int = 900) -> None:
        """Open a page, and wait until all of it is there."""
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **screen)
        self.dress(scheme)
        self.events = []
        loader = self.call("Page.navigate", url=address)["loaderId"]
        self.until("Page.lifecycleEvent", lambda one: (one["loaderId"], one["name"]) == (loader, "load"))

    def until(self, method: str, done: Callable[[dict], bool]) -> None:
        """Wait for an event."""
        while not any(map(done, self.happened(method))):
            self.events.append(self._next())

    def ask(self, script: str):
        """Return the value of a script, awaited."""
        options = {"awaitPromise": True, "returnByValue": True}
        answer = self.call("Runtime.evaluate", expression=script, **options)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key: str, code: int, text: str = "") -> None:
        """Press a key, which writes a text, and let it go."""
        own = {"key": key, "code": key, "windowsVirtualKeyCode": code, "text": text}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, **own)

    def happened(self, method: str) -> list[dict]:
        """Return what was told of one kind of event since the page was opened."""
        return [one["params"] for one in self.events if one["method"] == method]

    def _send(self, message: dict) -> None:
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.writes, data) :]

    def _next(self) -> dict:
        """Return the next message; they end in a zero."""
        end = time.monotonic() + self.wait
        while b"\0" not in self.left:
            ready = select.select([self.reads], [], [], max(0.0, end - time.monotonic()))[0]
            assert ready, f"the browser said nothing for {self.wait:g} s"
            piece = os.read(self.reads, 1 << 20)
            assert piece, "the browser has gone"
            self.left += piece
        message, _, self.left = self.left.partition(b"\0")
        return json.loads(message)
