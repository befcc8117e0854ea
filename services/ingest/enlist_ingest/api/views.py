"""An import as the API shows it."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

import asyncpg
from pydantic import BaseModel, Field

from enlist_shared.events import Counts, Progress
from enlist_shared.options import Channel, Source
from enlist_shared.states import FINAL, Status


class ColumnView(BaseModel):
    """What a column of the file was taken for."""

    column: str = Field(description="the header's cell, or a made-up name without a header")
    field: str = Field(description="a field, `custom.<name>`, `name`, `lists` or `skip`")


class DetectedView(BaseModel):
    """How the file was read, once it is split."""

    encoding: str
    encoding_confidence: float | None = Field(
        default=None, description="from 0 to 1; 1 when it was said, or marked in the file"
    )
    separator: str
    line_break: str | None = Field(default=None, description="what ends most of the first rows")
    header: bool = Field(description="whether there is a header row")
    preamble_rows: int | None = Field(
        default=None, description="rows above the header, not counted"
    )
    mapping: list[ColumnView]
    sheet: str | None = Field(default=None, description="of a workbook: the one that was read")
    other_sheets: list[str] | None = Field(default=None, description="what else the workbook has")


class ErrorView(BaseModel):
    """Why an import failed."""

    code: str
    message: str


class SeenBefore(BaseModel):
    """The latest import of the same content in the 30 days before, if it did not fail."""

    import_id: UUID
    at: datetime


class ImportView(BaseModel):
    """An import: `records = created + updated + unchanged + duplicate + rejected + unprocessed`."""

    import_id: UUID
    account_id: UUID
    source: Source
    status: Status
    file_name: str | None
    size: int = Field(description="bytes")
    counts: Counts
    reasons: dict[str, int] = Field(description="rejected records by code")
    warning_reasons: dict[str, int] = Field(description="warnings by code")
    lists: list[int | str] = Field(description="ids once merging begins; before, as given")
    channel: Channel
    options: dict[str, Any] = Field(description="as given")
    detected: DetectedView | None
    error: ErrorView | None
    seen_before: SeenBefore | None
    correlation_id: str | None
    requested_by: str | None = Field(description="the name of the API key; null for an event")
    accepted_at: datetime
    completed_at: datetime | None
    progress: Progress

    @classmethod
    def of(cls, row: asyncpg.Record) -> Self:
        """The view of a row of `imports` with `waiting`."""
        said = dict(row)
        code = said["error_code"]
        return cls(
            **{name: said[name] for name in cls.model_fields if name in said},
            counts=Counts.model_validate(said),
            lists=said["list_ids"] or said["options"].get("lists", []),
            error=code and ErrorView(code=code, message=said["error_message"] or ""),
            progress=Progress.model_validate(said),
        )

    @property
    def final(self) -> bool:
        """Whether it stays as it is, unless somebody asks for more."""
        return self.status in FINAL


class ImportsPage(BaseModel):
    """Imports, newest first."""

    imports: list[ImportView]
    next_cursor: str | None = Field(description="where the next page begins; null on the last one")
