"""The import page: three tabs, and what each shows while the person chooses or types."""

from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from phonenumbers import country_code_for_region

from enlist_ingest.api.dependencies import OpenedIngest
from enlist_ingest.api.previews import make_preview
from enlist_ingest.api.problems import Problem, problem_of
from enlist_ingest.api.views import ImportView
from enlist_ingest.console.pages import page
from enlist_ingest.console.signing_in import Visitor
from enlist_ingest.previewed import TOO_LARGE_TO_LOOK_AT
from enlist_ingest.service import Ingest
from enlist_ingest.upload import Caller
from enlist_rules.codes import PermanentFailure
from enlist_rules.fields import LISTS, NAME, SKIP, Field
from enlist_rules.numbers import REGIONS
from enlist_shared.ids import ImportId

Way = Literal["upload", "numbers", "contacts"]
SEPARATORS: Final = ((",", "Comma"), (";", "Semicolon"), ("\t", "Tab"), ("|", "Pipe"))
ENCODINGS: Final = (
    "utf-8", "utf-16-le", "utf-16-be", "windows-1252", "iso-8859-1", "iso-8859-2", "iso-8859-15",
)  # fmt: skip
TARGETS: Final = (*map(str, Field), NAME, LISTS, SKIP)

router = APIRouter(include_in_schema=False)


@router.get("/import")
async def to_the_upload() -> Response:
    """The tab that most people need."""
    return RedirectResponse("/import/upload")


@router.get("/import/{way}")
async def show_import_page(
    request: Request,
    way: Way,
    visitor: Visitor,
    ingest: OpenedIngest,
    parent: Annotated[UUID | None, Query()] = None,
) -> Response:
    """A tab; `parent` is the import whose rejects are being corrected."""
    return await bring_page(request, way, visitor, ingest, parent=parent)


async def bring_page(
    request: Request,
    way: Way,
    visitor: Caller,
    ingest: Ingest,
    *,
    parent: UUID | None = None,
    opting_out: bool = False,
) -> Response:
    """The form of an import of contacts, or of people who have opted out."""
    rows = await ingest.store.imports(visitor.account_id, ImportId(parent)) if parent else []
    return page(
        request,
        "bring.html",
        kind=way,
        opting_out=opting_out,
        visitor=visitor,
        parent=ImportView.of(rows[0]) if rows else None,
        lists=await ingest.reads.list_names(visitor.account_id),
        regions=[(region, country_code_for_region(region)) for region in sorted(REGIONS)],
        separators=SEPARATORS,
        max_bytes=ingest.settings.max_bytes,
    )


@router.post("/import/preview/{way}")
async def show_preview(
    request: Request,
    way: Way,
    visitor: Visitor,
    ingest: OpenedIngest,
    size: Annotated[int | None, Query(ge=0)] = None,
) -> Response:
    """How the import would read it, as a part of the page; a refusal is one too."""
    try:
        view = await make_preview(request, visitor, ingest, size)
    except (PermanentFailure, Problem) as refusal:
        if isinstance(refusal, PermanentFailure) and refusal.detail == TOO_LARGE_TO_LOOK_AT:
            return page(request, "_later.html")
        return page(request, "_refused.html", detail=problem_of(refusal).details.detail)
    name = "_counted.html" if way == "numbers" else "_preview.html"
    return page(
        request,
        name,
        it=view,
        way=way,
        separators=SEPARATORS,
        encodings=ENCODINGS,
        targets=TARGETS,
        said=view.options,
    )
