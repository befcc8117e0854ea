"""An account's own words: what a text that begins with one of them does."""

from datetime import datetime
from typing import Annotated, Final, Self
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from enlist_ingest.api.bodies import json_body, read_json
from enlist_ingest.api.dependencies import Authenticated, OpenedIngest
from enlist_ingest.api.once import OnceRoute
from enlist_ingest.api.problems import Problem, ProblemCode
from enlist_ingest.keywords import Keyword, KeywordTakenError, ListUnknownError
from enlist_ingest.service import Ingest
from enlist_ingest.upload import Caller
from enlist_rules.codes import Code
from enlist_rules.keywords import RESERVED, Effect, first_word
from enlist_rules.numbers import NUMBER_TYPES
from enlist_rules.numbers.inbound import virtual_number
from enlist_rules.numbers.specification import read_one
from enlist_rules.options import NumberRules
from enlist_shared.options import Name

_BODY_BYTES: Final = 65_536
_LARGEST_ID: Final = 2**63 - 1
ListName = Annotated[Name, Field(pattern=r"^[^\x00]*$")]
_ONE_WORD: Final = "A keyword is one word with a letter or a digit in it."
_RESERVED: Final = "Everybody's STOP and START words cannot be given another meaning."


class NewKeyword(BaseModel):
    """A word of one's own. `join` takes a number and a list; the others hold for all numbers
    unless they name one."""

    model_config = ConfigDict(extra="forbid")

    keyword: Annotated[str, Field(min_length=1, max_length=50)]
    number: Annotated[str, Field(max_length=255)] | None = Field(
        default=None, description="the virtual number or short code that is texted"
    )
    effect: Effect = Effect.JOIN
    list: ListName | Annotated[int, Field(ge=1, le=_LARGEST_ID)] | None = Field(
        default=None, description="the name of a list, made if it is new, or the id of one"
    )

    @model_validator(mode="after")
    def _join_has_both(self) -> Self:
        if self.effect is Effect.JOIN and (self.number is None or self.list is None):
            raise ValueError("join takes a number and a list")
        if self.effect is not Effect.JOIN and self.list is not None:
            raise ValueError(f"{self.effect} joins no list")
        return self


class KeywordView(BaseModel):
    """A word of the account; `matches` is how it is compared."""

    keyword_id: UUID
    keyword: str
    matches: str
    number: str | None = Field(description="null: whichever number is texted")
    effect: Effect
    list_id: int | None
    created_at: datetime

    @classmethod
    def of(cls, row: asyncpg.Record) -> Self:
        return cls.model_validate(dict(row) | {"matches": row["word_key"]})


class KeywordList(BaseModel):
    """All words of the account, and those that everybody has."""

    keywords: list[KeywordView]
    reserved: list[str]


router = APIRouter(prefix="/v1/keywords", tags=["consent"], route_class=OnceRoute)


@router.post("", status_code=201, openapi_extra=json_body(NewKeyword))
async def add_keyword(request: Request, caller: Authenticated, ingest: OpenedIngest) -> KeywordView:
    """Who texts the word to the number opts in and joins the list, or, as `effect` says, opts out
    or in."""
    asked = await read_json(request, NewKeyword, _BODY_BYTES)
    return await keep_keyword(asked, caller, ingest)


async def keep_keyword(asked: NewKeyword, caller: Caller, ingest: Ingest) -> KeywordView:
    """The word as it was added; what cannot be is a `Problem`."""
    number = None if asked.number is None else _number(asked.number, caller.default_region)
    keyword = Keyword(number, asked.keyword, _key(asked.keyword), asked.effect, asked.list)
    try:
        return KeywordView.of(await ingest.keywords.add(caller.account_id, keyword))
    except KeywordTakenError:
        taken = "The keyword stands for this number already. Remove it first."
        raise Problem(409, ProblemCode.KEYWORD_TAKEN, taken) from None
    except ListUnknownError:
        unknown = "The account has no list with this id."
        raise Problem(422, Code.LIST_UNKNOWN, unknown) from None


@router.get("")
async def list_keywords(caller: Authenticated, ingest: OpenedIngest) -> KeywordList:
    """All words of the account."""
    rows = await ingest.keywords.all(caller.account_id)
    return KeywordList(keywords=[KeywordView.of(row) for row in rows], reserved=sorted(RESERVED))


@router.delete("/{keyword_id}", status_code=204, response_class=Response)
async def remove_keyword(keyword_id: UUID, caller: Authenticated, ingest: OpenedIngest) -> None:
    """Remove a word; who has joined its list stays."""
    if not await ingest.keywords.remove(caller.account_id, keyword_id):
        raise Problem(404, ProblemCode.NOT_FOUND, "The account has no keyword with this id.")


def _key(keyword: str) -> str:
    word = first_word(keyword)
    if word is None or len(keyword.split()) != 1 or "\x00" in keyword:
        raise Problem(422, ProblemCode.PARAMETERS, _ONE_WORD)
    if word.whole in RESERVED:
        raise Problem(422, ProblemCode.KEYWORD_RESERVED, _RESERVED)
    return word.whole


def _number(text: str, region: str) -> str:
    rules = NumberRules(region, convert_national=True, number_types=NUMBER_TYPES)
    number = read_one(text, region, rules).number or virtual_number(text)
    if number is None:
        none = "The number is neither a phone number nor a short code of 3 to 8 digits."
        raise Problem(422, Code.PHONE_INVALID, none)
    return number
