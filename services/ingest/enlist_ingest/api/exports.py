"""Contacts as files, of a list or of the filter of the search."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from enlist_ingest.api.contacts import WantedContacts
from enlist_ingest.api.dependencies import Authenticated, OpenedIngest
from enlist_ingest.api.downloads import CSV, XLSX, download
from enlist_ingest.api.lists import ListView, show_list
from enlist_ingest.contacts_filter import ContactFilter
from enlist_ingest.exports import Export
from enlist_shared.ids import ListId

FoundList = Annotated[ListView, Depends(show_list)]


async def of_contacts(
    wanted: WantedContacts, caller: Authenticated, ingest: OpenedIngest
) -> Export:
    """The contacts that the query means."""
    return await ingest.exports.begin(caller.account_id, wanted)


async def of_list(found: FoundList, caller: Authenticated, ingest: OpenedIngest) -> Export:
    """The contacts of the list that the path names."""
    members = ContactFilter(list_id=ListId(found.list_id))
    return await ingest.exports.begin(caller.account_id, members)


router = APIRouter(prefix="/v1", tags=["exports"])


@router.get("/contacts/export.csv", response_class=StreamingResponse)
async def export_csv(export: Annotated[Export, Depends(of_contacts)]) -> StreamingResponse:
    """Contacts as CSV that can be imported again, with the filter of the search, by number."""
    return await download(export.csv(), CSV, "contacts.csv")


@router.get("/contacts/export.xlsx", response_class=StreamingResponse)
async def export_xlsx(export: Annotated[Export, Depends(of_contacts)]) -> StreamingResponse:
    """The same as a workbook whose cells are all text."""
    return await download(export.xlsx(), XLSX, "contacts.xlsx")


@router.get("/lists/{list_id}/export.csv", response_class=StreamingResponse)
async def export_list_csv(
    found: FoundList, export: Annotated[Export, Depends(of_list)]
) -> StreamingResponse:
    """The contacts of a list as CSV that can be imported again, newest first."""
    return await download(export.csv(), CSV, f"{found.name}.csv")


@router.get("/lists/{list_id}/export.xlsx", response_class=StreamingResponse)
async def export_list_xlsx(
    found: FoundList, export: Annotated[Export, Depends(of_list)]
) -> StreamingResponse:
    """The same as a workbook whose cells are all text."""
    return await download(export.xlsx(), XLSX, f"{found.name}.xlsx")
