"""Pasted numbers and pasted contacts: small imports from a text in a JSON body."""

import asyncio
from collections.abc import Collection
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from enlist_ingest.api.bodies import json_body, read_json
from enlist_ingest.api.dependencies import Authenticated, OpenedIngest
from enlist_ingest.api.imports import wanted_import
from enlist_ingest.api.once import OnceRoute
from enlist_ingest.api.options import said_options
from enlist_ingest.api.views import ImportView
from enlist_ingest.receiving import open_receiving
from enlist_ingest.service import Ingest
from enlist_ingest.upload import Caller
from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.encodings import Encoding
from enlist_rules.options import Header
from enlist_rules.pasted import SEPARATOR, numbers_table
from enlist_shared.ids import ImportId
from enlist_shared.options import ImportOptions, Source

_LAYOUT: Final = ("encoding", "header", "mapping", "separator", "sheet", "unmapped")
_TEXT: Final = {"encoding": Encoding.UTF_8}
_SAID_BESIDE: Final = ("encoding", "header", "separator", "sheet")


class _Paste(BaseModel):
    model_config = ConfigDict(extra="forbid")

    options: dict[str, Any] = Field(default={}, description="ImportOptions")


class PastedNumbers(_Paste):
    """Numbers, one a line; the layout is known, so options about it are refused."""

    numbers: str = Field(
        description="one a line; commas, semicolons and tabs separate where all parts are numbers"
    )

    def with_layout(self) -> dict[str, Any]:
        """The options of the import; `options` if they are about the layout."""
        _refuse(self.options, _LAYOUT)
        return self.options | _TEXT | {"header": Header.PRESENT, "separator": SEPARATOR}


class PastedContacts(_Paste):
    """Rows of details, as a person has them in a spreadsheet or a message."""

    text: str
    separator: Annotated[str, StringConstraints(min_length=1, max_length=1)] | None = Field(
        default=None, description="any one character; null: found"
    )
    header: Header = Header.AUTO
    columns: list[str | None] | None = Field(
        default=None,
        description="what each column is, from the first: a field, custom.<name>, name, lists or "
        "skip; null: found. In place of options.mapping",
    )

    def with_layout(self) -> dict[str, Any]:
        """The options of the import; `options` if they say what stands beside them."""
        _refuse(self.options, (*_SAID_BESIDE, *(["mapping"] if self.columns else [])))
        said: dict[str, Any] = _TEXT | {"header": self.header}
        if self.separator is not None:
            said["separator"] = self.separator
        if self.columns:
            said["mapping"] = {str(n): field for n, field in enumerate(self.columns) if field}
        return self.options | said


router = APIRouter(prefix="/v1/imports", tags=["imports"], route_class=OnceRoute)


@router.post("/numbers", status_code=202, openapi_extra=json_body(PastedNumbers))
async def paste_numbers(
    request: Request, response: Response, caller: Authenticated, ingest: OpenedIngest
) -> ImportView:
    """Import pasted numbers; the layout of the text is known. Larger than 10 MB: 413."""
    paste = await read_json(request, PastedNumbers, ingest.settings.max_paste_bytes)
    options = await said_options(caller.account_id, ingest.store, paste.with_layout())
    table = await asyncio.to_thread(numbers_table, paste.numbers)
    import_id = await _accept(ingest, caller, Source.NUMBERS, table, options)
    response.headers["Location"] = f"/v1/imports/{import_id}"
    return await wanted_import(import_id, caller, ingest)


@router.post("/contacts", status_code=202, openapi_extra=json_body(PastedContacts))
async def paste_contacts(
    request: Request, response: Response, caller: Authenticated, ingest: OpenedIngest
) -> ImportView:
    """Import pasted rows, read like a file that holds them. Larger than 10 MB: 413."""
    paste = await read_json(request, PastedContacts, ingest.settings.max_paste_bytes)
    options = await said_options(caller.account_id, ingest.store, paste.with_layout())
    table = paste.text.encode()
    import_id = await _accept(ingest, caller, Source.CONTACTS, table, options)
    response.headers["Location"] = f"/v1/imports/{import_id}"
    return await wanted_import(import_id, caller, ingest)


async def _accept(
    ingest: Ingest, caller: Caller, way: Source, table: bytes, options: ImportOptions
) -> ImportId:
    async with open_receiving(ingest, caller, way) as receiving:
        receiving.describe(None, options)
        await receiving.take(table)
        return await receiving.accept()


def _refuse(options: dict[str, Any], names: Collection[str]) -> None:
    said = sorted({*names} & options.keys())
    if said:
        raise PermanentFailure(Code.OPTIONS, f"in a paste these have no place: {', '.join(said)}")
