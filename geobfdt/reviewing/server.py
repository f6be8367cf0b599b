"""The review page over HTTP on this machine: thin routes over a session, and the life of the server."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geobfdt.errors import InputError, missing_extra, reason_of
from geobfdt.reviewing.edits import NotNowError
from geobfdt.reviewing.guard import Guard, Keys
from geobfdt.reviewing.plain import finite
from geobfdt.reviewing.session import Session

if TYPE_CHECKING:
    import uvicorn
    from starlette.requests import Request
    from starlette.responses import Response

_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
TOKEN_PLACE = "{token}"
"""In index.html, where the page's token goes."""
_ASK_AGAIN = "private, no-cache"
"""A browser keeps tiles, but asks whether they are of this review: on the same port there may have been another."""


def page_files() -> dict[str, Any]:
    """The files of the page by their names; none other is ever opened."""
    folder = resources.files("geobfdt.reviewing.page")
    return {path.name: path for path in folder.iterdir() if Path(path.name).suffix in _TYPES}


class Routes:
    """What is answered to each path; everything that takes time runs in a thread of its own."""

    def __init__(self, session: Session, keys: Keys) -> None:
        self.session, self.keys = session, keys
        self._files = page_files()

    async def page(self, request: Request) -> Response:
        from starlette.responses import HTMLResponse

        text = resources.files("geobfdt.reviewing.page").joinpath("index.html").read_text(encoding="utf-8")
        return HTMLResponse(text.replace(TOKEN_PLACE, self.keys.token))

    async def module(self, request: Request) -> Response:
        from starlette.responses import Response

        name = request.path_params["name"]
        if name not in self._files:
            return _error(404, f"the page has no part {name[:60]}")
        return Response(self._files[name].read_bytes(), media_type=_TYPES[Path(name).suffix])

    async def tile(self, request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import Response

        given = request.path_params
        place = given["look"], given["level"], given["index"]
        tag = self._tag(request)
        if request.headers.get("If-None-Match") == tag:
            return Response(status_code=304, headers={"ETag": tag})
        tile = await run_in_threadpool(self.session.tiles.tile, *place, request.query_params.get("map", "brown"))
        if tile.final:
            headers = {"Cache-Control": _ASK_AGAIN, "ETag": tag}
        else:
            headers = {"Cache-Control": "no-store", "X-Geobfdt-Provisional": "1"}
        return Response(tile.png, media_type="image/png", headers=headers)

    def _tag(self, request: Request) -> str:
        """What a final tile of this very server is known by."""
        return (
            f'"{hashlib.sha256(f"{self.keys.token} {request.url.path}?{request.url.query}".encode()).hexdigest()[:32]}"'
        )

    async def ready(self, request: Request) -> Response:
        return await _answer(lambda: {"ready": self.session.tiles.pyramid.ready})

    async def state(self, request: Request) -> Response:
        return await _answer(self.session.state)

    async def layers(self, request: Request) -> Response:
        return await _answer(lambda: {"layers": self.session.layers()})

    async def curve(self, request: Request) -> Response:
        asked = Asked(request)
        stretch = asked.number("top_m"), asked.number("base_m"), round(asked.number("points", 1000))
        return await _answer(lambda: self.session.curve(request.path_params["number"], *stretch))

    async def hole(self, request: Request) -> Response:
        asked = Asked(request)
        stretch = asked.number("top_m"), asked.number("base_m")
        return await _answer(lambda: self.session.hole(*stretch))

    async def compare(self, request: Request) -> Response:
        asked = Asked(request)
        tolerance_m, where = asked.number("tolerance_m", 0.08), asked.word("where", "reviewed")
        if where not in ("reviewed", "all"):
            raise InputError(f"where: must be reviewed or all, found {where[:40]!r}")
        sets, criterion = (asked.word("ref"), asked.word("est")), asked.word("criterion", "depth")
        return await _answer(lambda: self.session.compare(*sets, tolerance_m, criterion, reviewed=where == "reviewed"))

    async def agreement(self, request: Request) -> Response:
        asked = Asked(request)
        ref, est = asked.word("ref"), asked.word("est")
        return await _answer(lambda: self.session.agreement(ref, est))

    async def teaching(self, request: Request) -> Response:
        return await _answer(self.session.teaching)

    async def edit(self, request: Request) -> Response:
        return await _posted(request, self.session.edit)

    async def snap(self, request: Request) -> Response:
        return await _posted(request, self.session.snap)

    async def teach(self, request: Request) -> Response:
        return await _posted(request, self.session.teach)

    async def save(self, request: Request) -> Response:
        return await _posted(request, self.session.save)


def check_extra() -> None:
    """Raise :class:`InputError` where Starlette or uvicorn is missing."""
    for package in ("starlette", "uvicorn"):
        try:
            found = importlib.util.find_spec(package)
        except ValueError:  # as Python says where somebody has put nothing in its place
            found = None
        if found is None:
            raise missing_extra("the review page", "review")


def app_of(session: Session, keys: Keys, *, framed: bool = False) -> Guard:
    """The application that serves a session, behind its guard. Errors as :func:`check_extra`."""
    check_extra()
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.routing import Route

    routes = Routes(session, keys)
    app = Starlette(
        routes=[
            Route("/", routes.page),
            Route("/page/{name}", routes.module),
            Route("/api/state", routes.state),
            Route("/api/layers", routes.layers),
            Route("/api/tiles/{look}/{level:int}/{index:int}.png", routes.tile),
            Route("/api/tiles", routes.ready),
            Route("/api/curves/{number:int}", routes.curve),
            Route("/api/hole", routes.hole),
            Route("/api/compare", routes.compare),
            Route("/api/agreement", routes.agreement),
            Route("/api/teach", routes.teaching),
            Route("/api/edit", routes.edit, methods=["POST"]),
            Route("/api/snap", routes.snap, methods=["POST"]),
            Route("/api/teach", routes.teach, methods=["POST"]),
            Route("/api/save", routes.save, methods=["POST"]),
        ],
        exception_handlers={InputError: _told, HTTPException: _plain, Exception: _defect},
    )
    return Guard(app, keys, framed)


class Asked:
    """What stands behind the question mark of an address."""

    def __init__(self, request: Request) -> None:
        self._given = request.query_params

    def word(self, name: str, otherwise: str | None = None) -> str:
        found = self._given.get(name, otherwise)
        if found is None:
            raise InputError(f"{name}: is missing")
        return str(found)

    def number(self, name: str, otherwise: float | None = None) -> float:
        found = self.word(name, None if otherwise is None else str(otherwise))
        try:
            return float(found)
        except ValueError:
            raise InputError(f"{name}: must be a number, found {found[:40]!r}") from None


async def _posted(request: Request, answer: Callable[[Any], dict[str, Any]]) -> Response:
    try:
        said = json.loads(await request.body())
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise InputError("the body must be an object in JSON")
    return await _answer(lambda: answer(said))


async def _answer(made: Callable[[], dict[str, Any]]) -> Response:
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import Response

    def text() -> str:
        return json.dumps(finite(made()), ensure_ascii=False, allow_nan=False)

    return Response(await run_in_threadpool(text), media_type="application/json")


async def _told(request: Request, error: Exception) -> Response:
    return _error(409 if isinstance(error, NotNowError) else 422, str(error))


async def _plain(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    return _error(status, "there is nothing at this address" if status == 404 else "this cannot be asked so")


async def _defect(request: Request, error: Exception) -> Response:
    return _error(500, f"the server failed ({reason_of(error)}); what it answered before is on the disk")


def _error(status: int, sentence: str) -> Response:
    from starlette.responses import JSONResponse

    return JSONResponse({"error": sentence}, status)


@contextlib.contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """A socket of this machine alone that already takes connections; of port 0, whichever is free."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(128)
        except (OSError, OverflowError) as error:
            reason = (getattr(error, "strerror", None) or str(error)).lower()
            raise InputError(f"--port {port}: cannot be listened on ({reason}); choose another one, or 0") from None
        yield listener


def server_of(app: Guard) -> uvicorn.Server:
    """A server of an application. Errors as :func:`check_extra`."""
    check_extra()
    import uvicorn

    class Server(uvicorn.Server):
        """One that leaves signals to whoever runs it."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    config = uvicorn.Config(
        app,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=3,
    )
    return Server(config)


@contextlib.contextmanager
def ended_by_signals(server: uvicorn.Server) -> Iterator[None]:
    """Ctrl+C, SIGTERM and SIGHUP ask the server to end, which is no error: everything is on the disk."""

    def stop(number: int, frame: object) -> None:
        server.should_exit = True

    before = {}
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # under nohup it lives on
                before[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
