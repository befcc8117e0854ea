"""Whom to text: the audience of a list, and of numbers that somebody already has."""

from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile
from typing import Annotated, Final, Self

import polars as pl
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.concurrency import run_in_threadpool

from enlist_ingest.api.bodies import json_body, read_json
from enlist_ingest.api.dependencies import Authenticated, OpenedIngest
from enlist_ingest.api.once import OnceRoute
from enlist_ingest.api.problems import Problem, ProblemCode
from enlist_rules.codes import Code
from enlist_rules.numbers import NUMBER_TYPES, REGIONS, NumberReader
from enlist_rules.options import NumberRules
from enlist_shared.consent import ConsentState
from enlist_shared.ids import ListId
from enlist_shared.options import Channel, Region

NDJSON: Final = "application/x-ndjson"
MOST_NUMBERS: Final = 10_000
_CHECK_BYTES: Final = 1_048_576
_BLOCK: Final = 65_536
_LARGEST_ID: Final = 2**63 - 1
Number = Annotated[str, Field(max_length=255)]


class AudienceCheck(BaseModel):
    """Numbers in any spelling; national ones are of the default region, else the account's."""

    model_config = ConfigDict(extra="forbid")

    numbers: list[Number] = Field(min_length=1, max_length=MOST_NUMBERS)
    channel: Channel = Channel.PHONE
    default_region: Region | None = None

    @model_validator(mode="after")
    def _region_is_known(self) -> Self:
        if self.default_region is not None and self.default_region not in REGIONS:
            raise ValueError("default_region is not a region with numbers")
        return self


class CheckedNumber(BaseModel):
    """One of the numbers that were asked about, in their order: read, or not with a `code`."""

    given: str
    number: str | None
    code: Code | None
    consent: str | None = Field(description="opted_in, opted_out or unknown; null with a code")


class CheckedAudience(BaseModel):
    """`recipients` are the distinct numbers that may be texted: none of them has opted out."""

    channel: Channel
    recipients: list[str]
    checked: list[CheckedNumber]


router = APIRouter(prefix="/v1", tags=["audience"], route_class=OnceRoute)


@router.get(
    "/lists/{list_id}/audience",
    response_class=StreamingResponse,
    responses={200: {"content": {NDJSON: {"schema": {"type": "string"}}}}},
)
async def list_audience(
    list_id: Annotated[int, Path(ge=1, le=_LARGEST_ID)],
    caller: Authenticated,
    ingest: OpenedIngest,
    channel: Annotated[Channel, Query()] = Channel.PHONE,
) -> StreamingResponse:
    """Whom to text on a channel, as NDJSON: `{number, contact_id, first_name, last_name, consent}`
    a line, by number, and at the end `{counts: {members, recipients, opted_out, shared_numbers,
    unreachable}}`. Without that last line something was cut off."""
    file = await ingest.audiences.of_list(caller.account_id, ListId(list_id), channel)
    if file is None:
        raise Problem(404, ProblemCode.NOT_FOUND, "The account has no list with this id.")
    return StreamingResponse(
        _blocks(file), media_type=NDJSON, headers={"Cache-Control": "no-store"}
    )


@router.post("/audience/check", openapi_extra=json_body(AudienceCheck))
async def check_audience(
    request: Request, caller: Authenticated, ingest: OpenedIngest
) -> CheckedAudience:
    """Which of up to 10,000 numbers may be texted on a channel."""
    asked = await read_json(request, AudienceCheck, _CHECK_BYTES)
    region = asked.default_region or caller.default_region
    read = await run_in_threadpool(_read, asked.numbers, region)
    numbers = read["number"].drop_nulls().unique(maintain_order=True).to_list()
    known = await ingest.audiences.consents_of(caller.account_id, asked.channel, numbers)
    checked = [
        CheckedNumber(
            given=given,
            number=number,
            code=code,
            consent=None if number is None else known.get(number, "unknown"),
        )
        for given, number, code in zip(asked.numbers, read["number"], read["code"], strict=True)
    ]
    out = {number for number, state in known.items() if state is ConsentState.OPTED_OUT}
    recipients = [number for number in numbers if number not in out]
    return CheckedAudience(channel=asked.channel, recipients=recipients, checked=checked)


def _read(numbers: list[str], region: str) -> pl.DataFrame:
    """As an import would with `convert_national`, and any type of number."""
    reader = NumberReader(NumberRules(region, convert_national=True, number_types=NUMBER_TYPES))
    return reader.read(pl.Series(numbers, dtype=pl.String), None)


async def _blocks(file: SpooledTemporaryFile[bytes]) -> AsyncIterator[bytes]:
    with file:
        while block := await run_in_threadpool(file.read, _BLOCK):
            yield block
