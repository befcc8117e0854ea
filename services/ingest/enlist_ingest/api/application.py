"""The HTTP application: routes, errors, documentation."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

from fastapi import FastAPI

from enlist_ingest import __version__
from enlist_ingest.api import health, imports, uploads
from enlist_ingest.api.problems import MEDIA_TYPE, ProblemDetails, answer_every_error

DESCRIPTION: Final = """
Enlist brings contacts into an account: upload a file, follow the import, read its balance.

Every request carries an API key of the account (`Authorization: Bearer enl_…`). Every error is
`application/problem+json` with a `code` that never changes.
"""
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def make_application(lifespan: Lifespan, *, with_imports: bool) -> FastAPI:
    """The API, or, without imports, an application that answers for its health alone."""
    app = FastAPI(
        title="Enlist",
        summary="Contact imports at scale",
        description=DESCRIPTION,
        version=__version__,
        lifespan=lifespan,
        redoc_url=None,
    )
    answer_every_error(app)
    app.include_router(health.router)
    if with_imports:
        app.include_router(uploads.router, responses=PROBLEMS)
        app.include_router(imports.router, responses=PROBLEMS)
    return app


PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {
        "description": "The request cannot be met; `code` says why",
        "content": {MEDIA_TYPE: {"schema": ProblemDetails.model_json_schema()}},
    },
}
