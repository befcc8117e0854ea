"""Who is signed in: a cookie of 256 random bits, of which the database keeps the hash."""

from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Final

import asyncpg
from fastapi import Request, Response

from enlist_ingest.upload import Caller
from enlist_shared.accounts import hash_api_key

COOKIE: Final = "enlist_session"
LIFETIME: Final = timedelta(hours=12)
_SAME_SITE: Final = ("same-origin", "none")


class Sessions:
    """The sessions of the console; each is as good as the API key it was opened with."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def open(self, api_key: str) -> str | None:
        """Sign in; the token for the cookie, or None when the key is not good."""
        token = token_urlsafe(32)
        opened = await self._pool.fetchval(
            "SELECT enlist.open_session($1, $2, $3)", hash_api_key(api_key), _hash(token), LIFETIME
        )
        return token if opened else None

    async def caller(self, token: str) -> Caller | None:
        """Whose session this is; None when it has ended."""
        row = await self._pool.fetchrow("SELECT * FROM enlist.session($1)", _hash(token))
        return None if row is None else Caller(*row)

    async def close(self, token: str) -> None:
        """Sign out."""
        await self._pool.execute("SELECT enlist.close_session($1)", _hash(token))


async def signed_in(request: Request) -> Caller | None:
    """The account whose session the request carries, if it comes from a page of ours.

    `SameSite=Lax` keeps the cookie out of requests that other sites' pages make; a browser that
    says where the request comes from is believed besides.
    """
    token = request.cookies.get(COOKIE)
    if token is None or not _is_ours(request):
        return None
    sessions: Sessions = request.app.state.sessions
    return await sessions.caller(token)


def remember(response: Response, request: Request, token: str) -> None:
    """Give the browser its cookie: not for scripts, not for other sites."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LIFETIME.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def _is_ours(request: Request) -> bool:
    if request.method in {"GET", "HEAD"}:
        return True
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in _SAME_SITE
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
