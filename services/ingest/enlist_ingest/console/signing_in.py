"""Signing in and out.

A local stack prints a link whose fragment holds the key: a browser sends no fragment to a server,
and the page takes it away at once. Elsewhere the person types an API key.
"""

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from enlist_ingest.console.forms import SEE_OTHER, read_form
from enlist_ingest.console.pages import page
from enlist_ingest.console.sessions import COOKIE, Sessions, remember, signed_in
from enlist_ingest.upload import Caller

FORM_BYTES: Final = 4_096

router = APIRouter(include_in_schema=False)


class SignInNeededError(Exception):
    """A page was asked for by somebody who is not signed in."""

    def __init__(self, wanted: str) -> None:
        super().__init__("sign in")
        self.wanted = wanted


async def visitor(request: Request) -> Caller:
    """Who looks at a page.

    Raises:
        SignInNeededError: nobody is signed in, or the session has ended.
    """
    caller = await signed_in(request)
    if caller is None:
        raise SignInNeededError(request.url.path)
    return caller


Visitor = Annotated[Caller, Depends(visitor)]


async def ask_to_sign_in(request: Request, error: Exception) -> Response:
    """Lead to the sign-in page, also out of a request that htmx or a script made."""
    wanted = error.wanted if isinstance(error, SignInNeededError) else "/"
    where = f"/sign-in?next={quote(wanted)}"
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"HX-Redirect": where})
    return RedirectResponse(where, SEE_OTHER)


@router.get("/sign-in")
async def show_sign_in(request: Request, next: str = "/") -> Response:  # noqa: A002 - as in the URL
    """The page that asks for a key."""
    return page(request, "sign_in.html", next=_inside(next), refused=False)


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Open a session with a key."""
    form = await read_form(request, FORM_BYTES)
    wanted = _inside(form.get("next", "/"))
    sessions: Sessions = request.app.state.sessions
    token = await sessions.open(form.text("api_key"))
    if token is None:
        return page(request, "sign_in.html", status=401, next=wanted, refused=True)
    answer = RedirectResponse(wanted, SEE_OTHER)
    remember(answer, request, token)
    return answer


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """End the session, here and in the database."""
    token = request.cookies.get(COOKIE)
    if token is not None and await signed_in(request) is not None:
        sessions: Sessions = request.app.state.sessions
        await sessions.close(token)
    answer = RedirectResponse("/sign-in", SEE_OTHER)
    answer.delete_cookie(COOKIE)
    return answer


def _inside(wanted: str) -> str:
    """A path of ours: never another site's."""
    return wanted if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) else "/"
