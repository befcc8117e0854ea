"""Who has opted out, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from enlist_ingest.api.consents import ConsentView, Limit
from enlist_ingest.api.dependencies import Authenticated, OpenedIngest
from enlist_ingest.api.problems import Problem, ProblemCode
from enlist_ingest.consents import NOW, OptOutCursor
from enlist_shared.options import Channel


class OptOut(ConsentView):
    """A number that has opted out on a channel; nobody with it need be a contact."""

    number: str


class OptOutsPage(BaseModel):
    """Opt-outs that hold now, the latest first."""

    opt_outs: list[OptOut]
    next_cursor: str | None = Field(description="where the next page begins; null on the last one")


router = APIRouter(prefix="/v1/opt-outs", tags=["consent"])


@router.get("")
async def list_opt_outs(
    caller: Authenticated,
    ingest: OpenedIngest,
    channel: Channel | None = None,
    cursor: Annotated[str | None, Query(max_length=100, description="`next_cursor`")] = None,
    limit: Limit = 50,
) -> OptOutsPage:
    """Who has opted out, on one channel or on any, the latest first."""
    try:
        after = NOW if cursor is None else OptOutCursor.read(cursor)
    except ValueError:
        raise Problem(422, ProblemCode.PARAMETERS, "This cursor is of no page.") from None
    rows = await ingest.consents.opted_out(caller.account_id, channel, after, limit + 1)
    shown = [OptOut.of(row) for row in rows[:limit]]
    last = shown[-1] if len(rows) > limit else None
    place = last and OptOutCursor(last.effective_at, last.number, last.channel).said()
    return OptOutsPage(opt_outs=shown, next_cursor=place)
