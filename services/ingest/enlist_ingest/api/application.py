"""The HTTP application: routes, errors, documentation."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from pydantic.json_schema import models_json_schema

from enlist_ingest import __version__
from enlist_ingest.api import (
    audience,
    cancelling,
    consents,
    contacts,
    exports,
    health,
    imports,
    keywords,
    lists,
    opt_outs,
    pastes,
    previews,
    profiles,
    records,
    rejects,
    stored,
    uploads,
)
from enlist_ingest.api.audience import AudienceCheck
from enlist_ingest.api.consents import ConsentCall, HandEntry
from enlist_ingest.api.contact_views import ContactChanges, NewContact
from enlist_ingest.api.keywords import NewKeyword
from enlist_ingest.api.lists import ListNamed, Members
from enlist_ingest.api.pastes import PastedContacts, PastedNumbers
from enlist_ingest.api.previews import PreviewRequest
from enlist_ingest.api.problems import PROBLEMS, ProblemDetails, answer_every_error
from enlist_ingest.api.profiles import NewProfile
from enlist_ingest.api.stored import PlannedUpload, StoredUpload
from enlist_ingest.console.mount import add_console
from enlist_shared.options import ImportOptions

DESCRIPTION: Final = """
Enlist brings contacts into an account: upload a file, follow the import, read its balance.

Every request carries an API key of the account (`Authorization: Bearer enl_…`). Every error is
`application/problem+json` with a `code` that never changes.
"""
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def make_application(lifespan: Lifespan, *, with_imports: bool) -> FastAPI:
    """The API, or, without imports, an application that answers for its health alone."""
    app: FastAPI = FastAPIOffline(
        title="Enlist",
        summary="Contact imports at scale",
        description=DESCRIPTION,
        version=__version__,
        lifespan=lifespan,
        docs_url="/docs",
        redoc_url=None,
        static_url="/docs/assets",
    )
    app.state.stopping = lambda: False
    answer_every_error(app)
    app.include_router(health.router)
    if with_imports:
        app.include_router(uploads.router, responses=PROBLEMS)
        app.include_router(stored.router, responses=PROBLEMS)
        app.include_router(pastes.router, responses=PROBLEMS)
        app.include_router(previews.router, responses=PROBLEMS)
        app.include_router(profiles.router, responses=PROBLEMS)
        app.include_router(rejects.router, responses=PROBLEMS)
        app.include_router(records.router, responses=PROBLEMS)
        app.include_router(imports.router, responses=PROBLEMS)
        app.include_router(cancelling.router, responses=PROBLEMS)
        app.include_router(consents.router, responses=PROBLEMS)
        app.include_router(opt_outs.router, responses=PROBLEMS)
        app.include_router(keywords.router, responses=PROBLEMS)
        app.include_router(audience.router, responses=PROBLEMS)
        app.include_router(exports.router, responses=PROBLEMS)
        app.include_router(contacts.router, responses=PROBLEMS)
        app.include_router(lists.router, responses=PROBLEMS)
        app.include_router(lists.tasks, responses=PROBLEMS)
        add_console(app)
        _describe_by_hand(app)
    return app


def _describe_by_hand(app: FastAPI) -> None:
    """Add the models that no route declares, as the form and the problems refer to them."""
    generate = app.openapi

    def described() -> dict[str, Any]:
        document = generate()
        _, models = models_json_schema(
            [
                (ImportOptions, "validation"),
                (AudienceCheck, "validation"),
                (ConsentCall, "validation"),
                (ContactChanges, "validation"),
                (HandEntry, "validation"),
                (ListNamed, "validation"),
                (Members, "validation"),
                (NewContact, "validation"),
                (NewKeyword, "validation"),
                (PastedContacts, "validation"),
                (PastedNumbers, "validation"),
                (NewProfile, "validation"),
                (PlannedUpload, "validation"),
                (PreviewRequest, "validation"),
                (StoredUpload, "validation"),
                (ProblemDetails, "serialization"),
            ],
            ref_template="#/components/schemas/{model}",
        )
        document["components"]["schemas"].update(models["$defs"])
        return document

    app.openapi = described  # type: ignore[method-assign]
