"""A preview as the API shows it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal, Self
from uuid import UUID

import asyncpg
from pydantic import BaseModel, Field

from enlist_ingest.api.views import SeenBefore
from enlist_ingest.previewed import Looked
from enlist_rules.alternatives import Reason, alternatives, reason
from enlist_rules.codes import EXPLANATIONS, Code, PermanentFailure
from enlist_rules.forecasting import Forecast, Record
from enlist_rules.mapping import chosen_columns
from enlist_rules.options import Header
from enlist_rules.previewing import Preview
from enlist_shared.options import ImportOptions

SAMPLES: Final = 5
Level = Literal["file", "record", "field"]


class ProfileView(BaseModel):
    """A saved mapping with its options, and the header that it is for."""

    profile_id: UUID
    name: str
    columns: list[str]
    options: dict[str, Any]
    created_at: datetime

    @classmethod
    def of(cls, row: asyncpg.Record) -> Self:
        return cls.model_validate(dict(row))


class NoteView(BaseModel):
    """What is said of a cell, of a record, or of all of it."""

    code: str
    field: str | None = None
    message: str

    @classmethod
    def of(cls, level: Level, code: str, field: str | None = None) -> Self:
        return cls(code=code, field=field, message=EXPLANATIONS[level, Code(code)].message)


class DetectedView(BaseModel):
    """How the text is read, and how sure that is, from 0 to 1; 1 is also what was said."""

    encoding: str
    encoding_confidence: float
    separator: str
    separator_confidence: float
    header: bool = Field(description="whether there is a header row")
    header_confidence: float
    preamble_rows: int = Field(description="rows above the header, which are not counted")
    sheet: str | None = Field(description="that was read; null for what is no workbook")
    other_sheets: list[str] = Field(description="names for options.sheet")


class ColumnView(BaseModel):
    """What a column is taken for, and what else it may be."""

    index: int = Field(description="from 0; a key of options.mapping")
    column: str = Field(description="the header's cell, or a made-up name without a header")
    field: str | None = Field(description="null while the columns cannot be mapped")
    reason: Reason
    alternatives: list[str] = Field(description="the likelier first")
    samples: list[str] = Field(description="the first different values, as they stand")


class RecordView(BaseModel):
    """A record as it stands and as it would be stored."""

    record: int
    cells: list[str | None] = Field(description="one a column; empty if the row cannot be read")
    stored: dict[str, str] = Field(description="empty if it is rejected")
    rejected: NoteView | None
    suggestion: str | None = Field(description="the only number that the cell can mean")
    warnings: list[NoteView]

    @classmethod
    def of(cls, record: Record) -> Self:
        code = record.code
        return cls(
            record=record.record,
            cells=list(record.cells),
            stored=dict(record.stored),
            rejected=None if code is None else NoteView.of("record", code, record.field),
            suggestion=record.suggestion,
            warnings=[NoteView.of("field", code, field) for code, field in record.warnings],
        )


class PreviewCounts(BaseModel):
    """`records = forwarded + rejected`, of what was read; `duplicate` ones are forwarded."""

    records: int
    forwarded: int
    duplicate: int
    rejected: int
    warnings: int


class PreviewView(BaseModel):
    """How an import would read this; nothing of it was written."""

    file_name: str | None
    whole: bool = Field(description="all of it was read; otherwise the first megabyte")
    detected: DetectedView
    columns: list[ColumnView]
    error: NoteView | None = Field(description="why the columns cannot be mapped yet")
    records: list[RecordView] = Field(description="the first 50")
    counts: PreviewCounts
    reasons: dict[str, int] = Field(description="rejected records by code")
    warning_reasons: dict[str, int] = Field(description="warnings by code")
    options: dict[str, Any] = Field(description="options that say just this reading")
    profile: ProfileView | None = Field(description="the profile whose header this is")
    seen_before: SeenBefore | None = Field(description="only where all of it was seen")


def _detected(looked: Looked, options: ImportOptions) -> DetectedView:
    """What was found; what the person said is certain."""
    preview, said = looked.preview, options.separator is not None
    layout = preview.layout
    return DetectedView(
        encoding=layout.dialect.encoding,
        encoding_confidence=round(layout.dialect.confidence, 3),
        separator=layout.dialect.separator,
        separator_confidence=1.0 if said else round(preview.agreement, 3),
        header=layout.has_header,
        header_confidence=_header_confidence(preview, options),
        preamble_rows=layout.preamble_rows,
        sheet=looked.sheet,
        other_sheets=list(looked.other_sheets),
    )


def _header_confidence(preview: Preview, options: ImportOptions) -> float:
    """A first row without a header's names is one, unless it cannot be read as a record."""
    if options.header is not Header.AUTO or preview.layout.has_header:
        return 1.0
    first = preview.forecast.records[:1] if preview.forecast else []
    return 0.9 if first and first[0].code is None else 0.5


def _columns(preview: Preview, mapping: Mapping[str, str]) -> list[ColumnView]:
    """The columns in the order of the file."""
    columns, has_header = preview.columns, preview.layout.has_header
    chosen = {} if preview.refusal else chosen_columns(columns.names, mapping)
    return [
        ColumnView(
            index=index,
            column=name,
            field=None if preview.refusal else columns.targets[index],
            reason=Reason.NONE
            if preview.refusal
            else reason(columns, index, chosen=index in chosen, has_header=has_header),
            alternatives=alternatives(columns, index),
            samples=_samples(preview, index),
        )
        for index, name in enumerate(columns.names)
    ]


def _samples(preview: Preview, index: int) -> list[str]:
    values = (row[index] for row in preview.sample)
    return list(dict.fromkeys(value for value in values if value and value.strip()))[:SAMPLES]


def _options(looked: Looked, options: ImportOptions) -> dict[str, Any]:
    """The options as given, with all that was found said: an import with them reads the same."""
    preview, layout = looked.preview, looked.preview.layout
    found: dict[str, Any] = {
        "encoding": layout.dialect.encoding,
        "separator": layout.dialect.separator,
    }
    if looked.sheet is not None:
        found["sheet"] = looked.sheet
    if layout.preamble_rows == 0:  # above which `present` would take the first row for the header
        found["header"] = Header.PRESENT if layout.has_header else Header.ABSENT
    if preview.refusal is None:
        found["mapping"] = {str(index): field for index, field in enumerate(layout.mapping)}
    return options.model_dump(mode="json", exclude_unset=True) | found


def _error(refusal: PermanentFailure) -> NoteView:
    note = NoteView.of("file", refusal.code)
    detail = f" ({refusal.detail})" if refusal.detail else ""
    return note.model_copy(update={"message": note.message + detail})


def preview_view(
    looked: Looked,
    options: ImportOptions,
    *,
    file_name: str | None,
    whole: bool,
    profile: ProfileView | None,
    seen_before: SeenBefore | None,
) -> PreviewView:
    """All that a preview says."""
    preview = looked.preview
    forecast, refusal = preview.forecast, preview.refusal
    return PreviewView(
        file_name=file_name,
        whole=whole,
        detected=_detected(looked, options),
        columns=_columns(preview, options.mapping or {}),
        error=_error(refusal) if refusal else None,
        records=[RecordView.of(record) for record in forecast.records] if forecast else [],
        counts=PreviewCounts(records=preview.records, **_counts(forecast)),
        reasons=dict(forecast.reasons) if forecast else {},
        warning_reasons=dict(forecast.warning_reasons) if forecast else {},
        options=_options(looked, options),
        profile=profile,
        seen_before=seen_before,
    )


def _counts(forecast: Forecast | None) -> dict[str, int]:
    names = ("forwarded", "duplicate", "rejected", "warnings")
    return {name: getattr(forecast, name, 0) for name in names}
