"""The console's place in the application: pages, assets, and what errors look like."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from enlist_ingest.console import (
    bring_pages,
    contact_forms,
    contact_pages,
    import_pages,
    keyword_pages,
    list_pages,
    opt_out_pages,
    signing_in,
)
from enlist_ingest.console.missing import NothingHereError
from enlist_ingest.console.pages import page
from enlist_ingest.console.signing_in import SignInNeededError, ask_to_sign_in

ASSETS: Final = Path(__file__).parent / "assets"


def add_console(app: FastAPI) -> None:
    """Serve the console beside the API; `app.state` has `ingest`, `sessions` and `reads`."""
    for pages in (
        signing_in,
        bring_pages,
        import_pages,
        list_pages,
        contact_forms,
        contact_pages,
        opt_out_pages,
        keyword_pages,
    ):
        app.include_router(pages.router)
    app.add_api_route("/", to_the_import_page, include_in_schema=False)
    app.mount("/console", StaticFiles(directory=ASSETS))
    app.add_exception_handler(SignInNeededError, ask_to_sign_in)
    app.add_exception_handler(NothingHereError, _nothing_here)


async def to_the_import_page() -> Response:
    """What most people come for."""
    return RedirectResponse("/import")


async def _nothing_here(request: Request, _error: Exception) -> Response:
    return page(request, "missing.html", status=404)
