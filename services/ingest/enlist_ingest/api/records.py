"""Every record of an import and its outcome, a page at a time."""

from enum import StrEnum
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from enlist_ingest.api.preview_views import NoteView
from enlist_ingest.api.rejects import FoundResults
from enlist_ingest.records import Wanted, page_of
from enlist_rules.codes import Code
from enlist_rules.rows import NOTES
from enlist_shared.states import FINAL


class Outcome(StrEnum):
    """What became of a record."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    UNPROCESSED = "unprocessed"


class RecordOutcome(BaseModel):
    """A record: `code` and `field` where it is rejected, `warnings` where it is not."""

    record: int
    outcome: Outcome
    code: Code | None
    field: str | None
    warnings: list[NoteView]

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        notes = [note.partition(":") for note in (row["warnings"] or "").split(NOTES) if note]
        warnings = [NoteView.of("field", code, field or None) for code, _, field in notes]
        return cls(**row | {"warnings": warnings})


class RecordsPage(BaseModel):
    """Records by number."""

    records: list[RecordOutcome]
    next_cursor: int | None = Field(description="where the next page begins; null on the last one")
    final: bool = Field(description="no outcome changes any more; before, unknown is unprocessed")


router = APIRouter(prefix="/v1/imports", tags=["results"])


@router.get("/{import_id}/records")
async def list_records(
    found: FoundResults,
    outcome: Outcome | None = None,
    code: Annotated[Code | None, Query(description="of a reject or of a warning")] = None,
    cursor: Annotated[int, Query(ge=0, description="a page's `next_cursor`")] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> RecordsPage:
    """All records, or those of an outcome or a code, also while the import is in flight: what is
    not known yet is `unprocessed`. Before it is split there are none."""
    if found is None:
        return RecordsPage(records=[], next_cursor=None, final=False)
    page = await page_of(found, Wanted(cursor, limit + 1, outcome, code))
    records = [RecordOutcome.of(row) for row in page.head(limit).iter_rows(named=True)]
    more = page.height > limit
    return RecordsPage(
        records=records,
        next_cursor=records[-1].record if more else None,
        final=found.status in FINAL,
    )
