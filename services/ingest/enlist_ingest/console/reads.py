"""What the console asks of lists and contacts: the reads of the API, and words for people."""

from typing import Annotated, Final

from fastapi import Depends, Path, Query, Request

from enlist_ingest.api.contact_views import LARGEST_ID
from enlist_ingest.console.missing import NothingHereError
from enlist_ingest.contacts_filter import ContactFilter
from enlist_ingest.contacts_reads import Reads
from enlist_ingest.contacts_search import CursorError, Page
from enlist_rules.fields import STORED
from enlist_shared.ids import AccountId

PAGE: Final = 50
_BITS: Final = {1 << bit: str(field) for bit, field in enumerate(STORED)}
_OTHER_BITS: Final = {1 << 14: "custom fields", 1 << 15: "channels"}


def opened_reads(request: Request) -> Reads:
    """What the application opened when it started."""
    reads: Reads = request.app.state.reads
    return reads


OpenedReads = Annotated[Reads, Depends(opened_reads)]
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Cursor = Annotated[str | None, Query(max_length=2_000, description="where the page begins")]


async def page_of(
    reads: Reads, account_id: AccountId, wanted: ContactFilter, cursor: str | None
) -> Page:
    """A page of contacts; a cursor of another search leads nowhere."""
    try:
        return await reads.page(account_id, wanted, cursor, PAGE)
    except CursorError:
        raise NothingHereError from None


def changed_fields(fields: int) -> list[str]:
    """The names of the fields that a change entry's bits stand for."""
    names = {**_BITS, **_OTHER_BITS}
    return [name.replace("_", " ") for bit, name in names.items() if fields & bit]
