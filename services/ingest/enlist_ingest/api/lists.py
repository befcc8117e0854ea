"""Lists over HTTP: made, renamed, deleted, and what is done to their members in bulk."""

from datetime import datetime
from typing import Annotated, Final, Literal, Self
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from enlist_ingest.api.bodies import json_body, read_json
from enlist_ingest.api.contact_views import LARGEST_ID, CustomName, Id, ListName
from enlist_ingest.api.dependencies import Authenticated, OpenedIngest
from enlist_ingest.api.forms import OPTIONS_BYTES
from enlist_ingest.api.once import OnceRoute
from enlist_ingest.api.problems import Problem, ProblemCode
from enlist_ingest.contacts_filter import ContactFilter, WantedConsent
from enlist_ingest.lists import ListExistsError, NoListError
from enlist_ingest.tasks import Order, TaskKind
from enlist_ingest.upload import Caller
from enlist_rules.identity import name_key
from enlist_shared.ids import ListId
from enlist_shared.options import Channel

ListNumber = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Beginning = Annotated[str, Field(max_length=255, pattern=r"^[^\x00]*$")]
MOST_IDS: Final = 10_000


class ListNamed(BaseModel):
    """A list's name: one per account, whatever its case."""

    model_config = ConfigDict(extra="forbid")

    name: ListName


class ListView(BaseModel):
    """A list, and how many contacts are on it."""

    list_id: int
    name: str
    contacts: int
    created_at: datetime
    created_import: UUID | None = Field(description="the import that made it; null by hand")

    @classmethod
    def of(cls, row: asyncpg.Record) -> Self:
        return cls(**dict(row) | {"contacts": row["members"]})


class ListsPage(BaseModel):
    """Lists by name."""

    lists: list[ListView]
    next_cursor: str | None = Field(description="where the next page begins; null on the last one")


class FilterBody(BaseModel):
    """The filter of the search; nothing said means every contact."""

    model_config = ConfigDict(extra="forbid")

    number: Beginning | None = None
    name: Beginning | None = None
    email: Beginning | None = None
    list_id: Id | None = Field(default=None, alias="list")
    channel: Channel | None = None
    consent: WantedConsent | None = None
    custom: dict[CustomName, Beginning] = Field(default={}, max_length=50)


class Members(BaseModel):
    """Whom it concerns: these contacts, or all that meet a filter."""

    model_config = ConfigDict(extra="forbid")

    contact_ids: list[Id] | None = Field(default=None, max_length=MOST_IDS)
    filter: FilterBody | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.contact_ids is None) == (self.filter is None):
            raise ValueError("say contact_ids or filter")
        return self


class TaskView(BaseModel):
    """Work that goes on after its request; it has ended when `ended_at` says when."""

    task_id: UUID
    kind: TaskKind
    list_id: int
    memberships: int = Field(description="added or removed so far")
    contacts: int = Field(description="deleted so far")
    requested_by: str | None
    created_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, row: asyncpg.Record) -> Self:
        return cls(**{name: row[name] for name in cls.model_fields})


router = APIRouter(prefix="/v1/lists", tags=["lists"], route_class=OnceRoute)
tasks = APIRouter(prefix="/v1/tasks", tags=["lists"])


@router.post("", status_code=201, openapi_extra=json_body(ListNamed))
async def make_list(request: Request, caller: Authenticated, ingest: OpenedIngest) -> ListView:
    """Make a list."""
    said = await read_json(request, ListNamed, OPTIONS_BYTES)
    try:
        list_id = await ingest.lists.make(caller.account_id, said.name)
    except ListExistsError as exists:
        raise _taken(exists) from None
    return await show_list(list_id, caller, ingest)


@router.get("")
async def list_lists(
    caller: Authenticated,
    ingest: OpenedIngest,
    cursor: Annotated[
        str | None, Query(max_length=1_000, pattern=r"^[^\x00]*$", description="`next_cursor`")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ListsPage:
    """The account's lists by name, a page at a time."""
    rows = await ingest.reads.lists(caller.account_id, cursor, limit + 1)
    lists = [ListView.of(row) for row in rows[:limit]]
    more = len(rows) > limit
    return ListsPage(lists=lists, next_cursor=name_key(lists[-1].name) if more else None)


@router.get("/{list_id}")
async def show_list(list_id: ListNumber, caller: Authenticated, ingest: OpenedIngest) -> ListView:
    """One list."""
    row = await ingest.reads.one_list(caller.account_id, list_id)
    if row is None:
        raise no_list()
    return ListView.of(row)


@router.patch("/{list_id}", openapi_extra=json_body(ListNamed))
async def rename_list(
    request: Request, list_id: ListNumber, caller: Authenticated, ingest: OpenedIngest
) -> ListView:
    """Rename a list; imports that are under way go on with it."""
    said = await read_json(request, ListNamed, OPTIONS_BYTES)
    try:
        await ingest.lists.rename(caller.account_id, list_id, said.name)
    except NoListError:
        raise no_list() from None
    except ListExistsError as exists:
        raise _taken(exists) from None
    return await show_list(list_id, caller, ingest)


@router.delete("/{list_id}", status_code=202)
async def delete_list(
    response: Response,
    list_id: ListNumber,
    caller: Authenticated,
    ingest: OpenedIngest,
    contacts: Annotated[
        Literal["keep", "delete"], Query(description="of those that are on no other list")
    ] = "keep",
) -> TaskView:
    """Delete a list: it is gone at once, its memberships go in the background."""
    with_contacts = contacts == "delete"
    try:
        task_id = await ingest.lists.delete(
            caller.account_id, list_id, caller.name, with_contacts=with_contacts
        )
    except NoListError:
        raise no_list() from None
    response.headers["Location"] = f"/v1/tasks/{task_id}"
    return await show_task(task_id, caller, ingest)


@router.post("/{list_id}/add", openapi_extra=json_body(Members))
async def add_members(
    request: Request,
    response: Response,
    list_id: ListNumber,
    caller: Authenticated,
    ingest: OpenedIngest,
) -> TaskView:
    """Put contacts on a list: 200 when it is done, 202 when it goes on in the background."""
    order = await _order(request, TaskKind.ADD, list_id, caller, ingest)
    return await _begun(response, order, caller, ingest)


@router.post("/{list_id}/remove", openapi_extra=json_body(Members))
async def remove_members(
    request: Request,
    response: Response,
    list_id: ListNumber,
    caller: Authenticated,
    ingest: OpenedIngest,
) -> TaskView:
    """Take contacts off a list: 200 when it is done, 202 when it goes on in the background."""
    order = await _order(request, TaskKind.REMOVE, list_id, caller, ingest)
    return await _begun(response, order, caller, ingest)


@tasks.get("/{task_id}")
async def show_task(task_id: UUID, caller: Authenticated, ingest: OpenedIngest) -> TaskView:
    """How far work in the background has come."""
    row = await ingest.tasks.find(caller.account_id, task_id)
    if row is None:
        raise Problem(404, ProblemCode.NOT_FOUND, "The account has no task with this id.")
    return TaskView.of(row)


async def _order(
    request: Request, kind: TaskKind, list_id: int, caller: Caller, ingest: OpenedIngest
) -> Order:
    said = await read_json(request, Members, OPTIONS_BYTES)
    await show_list(list_id, caller, ingest)
    wanted = ContactFilter.of(
        said.filter.model_dump() if said.filter else {}, caller.default_region
    )
    ids = None if said.contact_ids is None else sorted({*said.contact_ids})
    return Order(kind, ListId(list_id), wanted, ids)


async def _begun(
    response: Response, order: Order, caller: Caller, ingest: OpenedIngest
) -> TaskView:
    task = TaskView.of(await ingest.tasks.begin(caller.account_id, order, caller.name))
    if task.ended_at is None:
        response.status_code = 202
        response.headers["Location"] = f"/v1/tasks/{task.task_id}"
    return task


def no_list() -> Problem:
    return Problem(404, ProblemCode.NOT_FOUND, "The account has no list with this id.")


def _taken(exists: ListExistsError) -> Problem:
    named = f" It is list {exists.list_id}." if exists.list_id else ""
    return Problem(409, ProblemCode.CONFLICT, f"The account has a list of this name.{named}")
