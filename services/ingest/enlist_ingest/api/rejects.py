"""Rejects and warnings of an import as files, to be corrected and uploaded again."""

from collections.abc import AsyncIterator
from enum import StrEnum
from pathlib import PurePath
from typing import Annotated, Final

import polars as pl
from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from enlist_ingest.api.dependencies import Authenticated, OpenedIngest
from enlist_ingest.api.downloads import CSV, XLSX, download
from enlist_ingest.api.imports import WantedImport
from enlist_ingest.api.problems import Problem, ProblemCode
from enlist_ingest.api.views import ImportView
from enlist_ingest.results import Results
from enlist_ingest.returned_files import csv_file, xlsx_file
from enlist_shared.ids import ImportId
from enlist_shared.states import Status

_BEFORE_MERGING: Final = frozenset(
    {Status.RECEIVING, Status.ACCEPTED, Status.SPLITTING, Status.NORMALIZING}
)
_BEFORE_THE_END: Final = _BEFORE_MERGING | {
    Status.FORECASTING,
    Status.AWAITING_APPROVAL,
    Status.MERGING,
}


class Told(StrEnum):
    """What a file tells: why records were not taken, or what was not taken as it stood."""

    REJECTS = "rejects"
    WARNINGS = "warnings"


async def read_results(
    wanted: WantedImport, caller: Authenticated, ingest: OpenedIngest
) -> Results | None:
    """What is known of the records of the import that the path names."""
    return await ingest.results.find(caller.account_id, ImportId(wanted.import_id))


FoundResults = Annotated[Results | None, Depends(read_results)]
router = APIRouter(prefix="/v1/imports", tags=["results"])


@router.get("/{import_id}/{told}.csv", response_class=StreamingResponse)
async def download_csv(told: Told, wanted: WantedImport, found: FoundResults) -> StreamingResponse:
    """The records with what is told about them, as CSV in UTF-8 with the importer's separator."""
    results = _ready(found, told)
    file = csv_file(_rows(results, told), results.shape, results.line_break)
    return await download(file, CSV, f"{_stem(wanted)}-{told}.csv")


@router.get("/{import_id}/{told}.xlsx", response_class=StreamingResponse)
async def download_xlsx(told: Told, wanted: WantedImport, found: FoundResults) -> StreamingResponse:
    """The same as a workbook whose cells are all text."""
    results = _ready(found, told)
    file = xlsx_file(_rows(results, told), results.shape, told)
    return await download(file, XLSX, f"{_stem(wanted)}-{told}.xlsx")


def _rows(results: Results, told: Told) -> AsyncIterator[pl.DataFrame]:
    return results.rejected_rows() if told is Told.REJECTS else results.warned_rows()


def _ready(results: Results | None, told: Told) -> Results:
    """The results, if all that the file tells is known."""
    too_early = _BEFORE_MERGING if told is Told.REJECTS else _BEFORE_THE_END
    if results is None:
        raise Problem(404, ProblemCode.NOT_FOUND, "No record of this import has been read.")
    if results.status in too_early:
        later = f"The {told} are not all known yet. Ask again when the import has gone on."
        raise Problem(409, ProblemCode.IN_FLIGHT, later, {"Retry-After": "2"})
    return results


def _stem(wanted: ImportView) -> str:
    return PurePath(wanted.file_name or wanted.source).stem or str(wanted.source)
