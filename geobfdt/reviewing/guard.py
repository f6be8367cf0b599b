"""Who may ask: this machine alone, with the token that the server printed, from the page that it gave out."""

from __future__ import annotations

import hmac
import json
import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST_BODY = 1_000_000
"""Bytes; an edit of all picks of a long well takes a tenth of it."""
_LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?", re.IGNORECASE)
"""Whatever the port: through SSH another one may stand for ours."""
TOKEN_HEADER = "x-geobfdt-token"


def _secret() -> str:
    return secrets.token_urlsafe(24)


@dataclass(frozen=True)
class Keys:
    """What lets in: the token of the address, which becomes a cookie and which the page sends back as a header: that no
    other page can do.
    """

    port: int
    token: str = field(default_factory=_secret)

    @property
    def cookie(self) -> str:
        """Its name: cookies are shared by all ports of a host, and a second review must not lock out the first."""
        return f"geobfdt_review_{self.port}"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/?token={self.token}"


@dataclass(frozen=True)
class _RefusedError(Exception):
    status: int
    sentence: str


@dataclass(frozen=True)
class Guard:
    """Refuses a foreign Host (421), a foreign Origin, a missing or wrong token, and a POST without the page's own token
    (403), and a body that is too large (413); everything that is answered gets the headers that shut the rest out.

    framed  the page may be shown inside a notebook of this machine
    """

    app: App
    keys: Keys
    framed: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send) if scope["type"] == "lifespan" else None
        headers = _headers_of(scope)
        fresh = False

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self._headers(message, fresh=fresh)]
            await send(message)

        try:
            fresh = self._check(scope, headers)
            body = await _body(receive, headers) if scope["method"] == "POST" else b""
        except _RefusedError as refused:
            return await _answer(guarded, refused)
        await self.app(scope, _replayed(body, receive), guarded)

    def _check(self, scope: Scope, headers: dict[str, str]) -> bool:
        """Whether the address brought the token; raises what is refused."""
        host = headers.get("host", "")
        if not _LOOPBACK.fullmatch(host):
            raise _RefusedError(421, "this review answers on this machine alone; open the address that it printed")
        if headers.get("origin", f"http://{host}").lower() != f"http://{host}".lower():
            raise _RefusedError(403, "another page asks, which may not; open the address that the review printed")
        if scope["path"] != "/" and headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            raise _RefusedError(403, "another page asks, which may not; open the address that the review printed")
        tokens = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [])
        if tokens and scope["path"] == "/":  # goes before a cookie, which may be of an earlier review on this port
            if not _same(tokens[0], self.keys.token):
                raise _RefusedError(403, "the token in the address is not that of this review; open what it printed")
            return True
        if not _same(_cookies(headers.get("cookie", "")).get(self.keys.cookie, ""), self.keys.token):
            raise _RefusedError(403, "the address lacks the token of this review; open the one that it printed")
        if scope["method"] not in ("GET", "HEAD") and not _same(headers.get(TOKEN_HEADER, ""), self.keys.token):
            raise _RefusedError(403, "the page is not of this review; load it again from the address that it printed")
        return False

    def _headers(self, message: Message, *, fresh: bool) -> list[tuple[bytes, bytes]]:
        given = {name.lower() for name, _ in message.get("headers", [])}
        ancestors = "http://localhost:* http://127.0.0.1:*" if self.framed else "'none'"
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
            f"base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
        )
        headers = {
            "content-security-policy": policy,
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
            "cache-control": "no-store",
        }
        if not self.framed:
            headers["x-frame-options"] = "DENY"
        if fresh:
            headers["set-cookie"] = f"{self.keys.cookie}={self.keys.token}; HttpOnly; SameSite=Strict; Path=/"
        return [(name.encode(), value.encode()) for name, value in headers.items() if name.encode() not in given]


def _headers_of(scope: Scope) -> dict[str, str]:
    """By names in lower case; one that is there twice says both, which is no host and no origin."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}; {value}" if name in headers else value
    return headers


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), secret.encode())


def _cookies(header: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return {name: value for name, _, value in pairs}


async def _body(receive: Receive, headers: dict[str, str]) -> bytes:
    """All of a body, as long as it is not too large: its header may say something else than what comes."""
    too_large = _RefusedError(413, f"a request has more than {LARGEST_BODY} bytes; change fewer picks at once")
    length = headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit() or len(length) > 12 or int(length) > LARGEST_BODY:
        raise too_large
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST_BODY:
            raise too_large
        if not message.get("more_body"):
            return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def _answer(send: Send, refused: _RefusedError) -> None:
    body = json.dumps({"error": refused.sentence}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
