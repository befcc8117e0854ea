"""The words that people text to opt in, to join a list, or to opt out."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from enlist_ingest.api.dependencies import OpenedIngest
from enlist_ingest.api.keywords import NewKeyword, keep_keyword
from enlist_ingest.console.forms import REFUSALS, Form, lead_to, read_as, read_form, words_of
from enlist_ingest.console.missing import NothingHereError
from enlist_ingest.console.pages import page
from enlist_ingest.console.signing_in import Visitor
from enlist_ingest.service import Ingest
from enlist_ingest.upload import Caller
from enlist_rules.keywords import START_WORDS, STOP_WORDS

router = APIRouter(include_in_schema=False)


@router.get("/keywords")
async def show_keywords(request: Request, visitor: Visitor, ingest: OpenedIngest) -> Response:
    """The account's own words, and those that everybody has."""
    return await _page(request, visitor, ingest, Form())


@router.post("/keywords")
async def add_keyword(request: Request, visitor: Visitor, ingest: OpenedIngest) -> Response:
    """Add a word."""
    form = await read_form(request)
    names = ["keyword", "number", "effect"]
    if form.get("effect", "join") == "join":
        names.append("list")
    said = {name: form.text(name) for name in names if form.text(name)}
    try:
        await keep_keyword(read_as(NewKeyword, said), visitor, ingest)
    except REFUSALS as refusal:
        return await _page(request, visitor, ingest, form, fault=words_of(refusal))
    return lead_to("/keywords", said="keyword_added")


@router.post("/keywords/{keyword_id}/remove")
async def remove_keyword(keyword_id: UUID, visitor: Visitor, ingest: OpenedIngest) -> Response:
    """Remove a word; who has joined its list stays."""
    if not await ingest.keywords.remove(visitor.account_id, keyword_id):
        raise NothingHereError
    return lead_to("/keywords", said="keyword_removed")


async def _page(
    request: Request, visitor: Caller, ingest: Ingest, typed: Form, **said: object
) -> Response:
    return page(
        request,
        "keywords.html",
        422 if said else 200,
        keywords=await ingest.keywords.all(visitor.account_id),
        lists=await ingest.reads.list_names(visitor.account_id),
        stop_words=sorted(STOP_WORDS),
        start_words=sorted(START_WORDS),
        typed=typed,
        **said,
    )
