"""Looking at an input before it is imported: nothing of it is written anywhere."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any, Final, Self

from fastapi import APIRouter, Query, Request
from pydantic import Field, model_validator

from enlist_ingest.api.bodies import json_body, read_json
from enlist_ingest.api.dependencies import Authenticated, OpenedIngest
from enlist_ingest.api.forms import UploadForm
from enlist_ingest.api.options import read_options, said_options
from enlist_ingest.api.pastes import PastedContacts, PastedNumbers
from enlist_ingest.api.preview_views import PreviewView, ProfileView, preview_view
from enlist_ingest.api.uploads import FORM
from enlist_ingest.api.views import SeenBefore
from enlist_ingest.previewed import (
    Beginning,
    Beginnings,
    beginning_of,
    look_in_turn,
    stored_beginning,
)
from enlist_ingest.service import Ingest
from enlist_ingest.stored_uploads import upload_key
from enlist_ingest.upload import Caller
from enlist_rules.pasted import numbers_table
from enlist_shared.options import ImportOptions


class PreviewRequest(PastedContacts):
    """One of `text`, `numbers` and `object_key`, and what would be said with its import."""

    text: str = ""
    numbers: str | None = Field(default=None, description="as for pasted numbers")
    object_key: str | None = Field(default=None, description="under uploads/{account_id}/")

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if len(self.model_fields_set & {"text", "numbers", "object_key"}) != 1:
            raise ValueError("send one of text, numbers and object_key")
        return self

    def said(self) -> dict[str, Any]:
        """The options, with what stands beside them."""
        if self.numbers is not None:
            return PastedNumbers(numbers="", options=self.options).with_layout()
        return self.options if self.object_key is not None else self.with_layout()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be looked at, and how."""

    beginning: Beginning
    options: ImportOptions
    file_name: str | None = None


router = APIRouter(prefix="/v1/previews", tags=["previews"])
_CONTENTS = [each["requestBody"]["content"] for each in (FORM, json_body(PreviewRequest))]
EITHER: Final = {"requestBody": {"required": True, "content": _CONTENTS[0] | _CONTENTS[1]}}


@router.post("", openapi_extra=EITHER)
async def make_preview(
    request: Request,
    caller: Authenticated,
    ingest: OpenedIngest,
    size: Annotated[
        int | None, Query(ge=0, description="of the file, when only its beginning is sent")
    ] = None,
) -> PreviewView:
    """See how an import would read a file, a text, numbers or a stored object: its first megabyte.

    What is no contact file is refused as its import would be; columns that cannot be mapped are
    an `error` of the answer, so that they can be chosen. Nothing is written.
    """
    is_form = request.headers.get("content-type", "").startswith("multipart/")
    asked = await (
        _sent_file(request, caller, ingest, size) if is_form else _said(request, caller, ingest)
    )
    room = request.app.state.workbook_previews
    found = await look_in_turn(asked.beginning, asked.options, caller.default_region, room)
    columns = found.preview.layout.columns
    profile = await ingest.profiles.for_header(caller.account_id, columns)
    digest = asked.beginning.digest
    seen = digest and await ingest.profiles.seen_before(caller.account_id, digest)
    return preview_view(
        found,
        asked.options,
        file_name=asked.file_name,
        whole=asked.beginning.whole,
        profile=ProfileView.of(profile) if profile else None,
        seen_before=SeenBefore.model_validate(dict(seen)) if seen else None,
    )


async def _sent_file(request: Request, caller: Caller, ingest: Ingest, size: int | None) -> Asked:
    form, beginnings = UploadForm(request.headers), Beginnings(ingest.settings.max_bytes, size)
    async for block in request.stream():
        for piece in form.feed(block):
            beginnings.take(piece)
    form.finish()
    options = await read_options(caller.account_id, ingest.store, form.take_options())
    return Asked(beginnings.seen(), options, form.file_name)


async def _said(request: Request, caller: Caller, ingest: Ingest) -> Asked:
    limit = ingest.settings.max_paste_bytes
    asked = await read_json(request, PreviewRequest, limit)
    options = await said_options(caller.account_id, ingest.store, asked.said())
    if asked.object_key is not None:
        key = upload_key(caller.account_id, asked.object_key)
        return Asked(await stored_beginning(ingest.objects, key), options)
    text = asked.text.encode()
    if asked.numbers is not None:
        text = await asyncio.to_thread(numbers_table, asked.numbers)
    return Asked(beginning_of(text, ingest.settings.max_bytes), options)
