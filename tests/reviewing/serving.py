"""What tests of the review page share: a server in a process of its own, and a browser that opens its page."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.forked import PATIENCE_S, command, forked

ADDRESS = re.compile(r"http://\S+")
PATIENCE_MS = 1000 * PATIENCE_S
"""The same for a browser, whose own 30 s are few where the machine is busy."""


def launched(playwright: Any) -> Any:
    """The browser, started."""
    return playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"], timeout=PATIENCE_MS)


def chromium() -> str:
    """The browser of the tests; where there is none they are skipped, but not in CI, which installs it."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None and os.environ.get("CI"):
        pytest.fail("no chromium: CI installs it before the tests")
    if found is None:
        pytest.skip("no chromium here: install it (chromium on Debian) to test the review page")
    return found


@dataclass
class Server:
    """A running ``geobfdt review``; answers as a page would ask for them."""

    process: subprocess.Popen[bytes] | Forked
    address: str
    output: Path
    cookie: str = field(default="", init=False)

    @property
    def token(self) -> str:
        return parse_qs(urlsplit(self.address).query)["token"][0]

    @property
    def root(self) -> str:
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"

    def get(self, path: str) -> bytes:
        return self._answer(urllib.request.Request(self.root + path))

    def json(self, path: str) -> Any:
        return json.loads(self.get(path))

    def post(self, path: str, body: object) -> Any:
        headers = {"Content-Type": "application/json", "X-Geobfdt-Token": self.token, "Origin": self.root}
        return json.loads(self._answer(urllib.request.Request(self.root + path, json.dumps(body).encode(), headers)))

    def _answer(self, request: urllib.request.Request) -> bytes:
        if not self.cookie:
            with urllib.request.urlopen(self.address, timeout=PATIENCE_S) as first:
                self.cookie = first.headers["Set-Cookie"].split(";")[0]
        request.add_header("Cookie", self.cookie)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{request.full_url}: {error.code} {error.read().decode()}") from None

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """The exit status of a server that is asked to end."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE_S)


_SERVING = ("uvicorn", "geobfdt.cli.app", "geobfdt.reviewing.opening", "geobfdt.reviewing.server")
"""What a server loads, which a forked one has from its start."""


class Forked:
    """A forked server, which is asked and told what one is that was started."""

    def __init__(self, folder: Path, output: Path, arguments: Sequence[object]) -> None:
        def work() -> None:
            _heeding_interrupts()
            os.chdir(folder)
            command("review", *arguments, "--no-open")()

        for module in _SERVING:
            import_module(module)
        output.unlink(missing_ok=True)
        self._process = forked(work, said=output)

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        assert self._process.exitcode is not None, "it has not ended"
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    def kill(self) -> None:
        self._process.kill()


@contextmanager
def serving(folder: Path, *arguments: object, fork: bool = False) -> Iterator[Server]:
    """``geobfdt review`` with these arguments, until the block ends; its output goes to a file, since a pipe that its
    children inherit would never close. Forked it is there at once.
    """
    output = folder / "server.txt"
    process = Forked(folder, output, arguments) if fork else _started(folder, output, arguments)
    try:
        yield Server(process, _address(process, output), output)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _started(folder: Path, output: Path, arguments: Sequence[object]) -> subprocess.Popen[bytes]:
    started = [sys.executable, "-m", "geobfdt", "review", *map(str, arguments), "--no-open"]
    with output.open("wb") as file:
        return subprocess.Popen(
            started, cwd=folder, stdout=file, stderr=file, stdin=subprocess.DEVNULL, preexec_fn=_heeding_interrupts
        )


def _heeding_interrupts() -> None:
    """A shell has what it runs in the background ignore Ctrl+C, tests and their servers with it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _address(process: subprocess.Popen[bytes] | Forked, output: Path) -> str:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        text = output.read_text(errors="replace") if output.exists() else ""
        if (found := ADDRESS.search(text)) is not None and text[found.end() :]:
            return found[0]
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise AssertionError(f"the server gave no address:\n{output.read_text(errors='replace')}")


@dataclass
class Opened:
    """The page in a browser, with what it asked for and complained of."""

    page: Any
    asked: list[str]
    complaints: list[str]

    def ready(self) -> None:
        """Wait until the log is there, and with the last of the panels the one that is open."""
        self.page.wait_for_function("() => window.geobfdt && window.geobfdt.store.log && window.geobfdt.store.panel")
        self.still()

    def still(self) -> None:
        """Wait for two frames: in the first the log learns what room it has, and bars are drawn that follow the store;
        a busy machine may take a second for either.
        """
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def store(self, expression: str) -> Any:
        """The value of an expression in which ``store`` and ``view`` are those of the page."""
        return self.page.evaluate(f"() => {{ const {{store, view}} = window.geobfdt; return ({expression}); }}")

    def row(self, number: int) -> dict[str, Any]:
        return dict(self.store(f"store.rows.get({number})"))

    def pixel(self, azimuth_deg: float, depth_m: float, panel: int = 1) -> tuple[float, float]:
        """Where in the page a point of the wall is drawn."""
        self.still()
        at = self.store(f"view.pixelOf({panel}, {azimuth_deg!r}, {depth_m!r})")
        return at["x"], at["y"]

    def drag(self, start: tuple[float, float], by: tuple[float, float]) -> None:
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        for part in (0.3, 0.6, 1.0):  # as a hand does, not in one jump
            mouse.move(start[0] + part * by[0], start[1] + part * by[1])
        mouse.up()

    def settled(self, edits: int) -> None:
        """Wait until the server has answered so many edits."""
        self.page.wait_for_function("n => window.geobfdt.store.edits >= n", arg=edits)


@contextmanager
def opened(browser: Any, server: Server, size: Sequence[int] = (1600, 1000)) -> Iterator[Opened]:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.set_default_timeout(PATIENCE_MS)
    seen = Opened(page, [], [])
    page.on("request", lambda request: seen.asked.append(request.url))
    page.on("console", lambda line: seen.complaints.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    try:
        page.goto(server.address)
        seen.ready()
        yield seen
    finally:
        page.close()
