"""The pages of lists: made, looked at, renamed, deleted, and what is done to many members."""

from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from enlist_ingest.api.dependencies import OpenedIngest
from enlist_ingest.api.lists import ListNamed
from enlist_ingest.api.problems import Problem
from enlist_ingest.console.forms import Form, lead_to, read_as, read_form, words_of
from enlist_ingest.console.missing import NothingHereError
from enlist_ingest.console.notes import FAULTS
from enlist_ingest.console.pages import page
from enlist_ingest.console.questions import Question
from enlist_ingest.console.reads import Cursor, Id, OpenedReads, page_of
from enlist_ingest.console.signing_in import Visitor
from enlist_ingest.contacts_filter import ContactFilter
from enlist_ingest.lists import ListExistsError, NoListError
from enlist_ingest.tasks import Order, TaskKind
from enlist_rules.identity import name_key
from enlist_shared.ids import ListId

router = APIRouter(include_in_schema=False)


async def shown_task(
    visitor: Visitor, ingest: OpenedIngest, task: Annotated[UUID | None, Query()] = None
) -> asyncpg.Record | None:
    """The work on many contacts that the page was led to, if it was."""
    return None if task is None else await ingest.tasks.find(visitor.account_id, task)


ShownTask = Annotated[asyncpg.Record | None, Depends(shown_task)]


@router.get("/lists")
async def show_lists(
    request: Request, visitor: Visitor, reads: OpenedReads, task: ShownTask
) -> Response:
    """All lists, with how many contacts are on each."""
    return page(
        request, "lists.html", lists=await reads.lists(visitor.account_id), typed="", task=task
    )


@router.post("/lists")
async def make_list(
    request: Request, visitor: Visitor, ingest: OpenedIngest, reads: OpenedReads
) -> Response:
    """Make a list."""
    form = await read_form(request)
    fault = FAULTS["list_taken"]
    try:
        name = read_as(ListNamed, {"name": form.text("name")}).name
        list_id = await ingest.lists.make(visitor.account_id, name)
        return lead_to(f"/lists/{list_id}", said="list_made")
    except Problem as refusal:
        fault = words_of(refusal)
    except ListExistsError:
        pass
    lists = await reads.lists(visitor.account_id)
    shown = {"lists": lists, "typed": form.text("name"), "task": None, "fault": fault}
    return page(request, "lists.html", 422, **shown)


@router.get("/lists/{list_id}")
async def show_list(
    request: Request,
    list_id: Id,
    visitor: Visitor,
    reads: OpenedReads,
    task: ShownTask,
    cursor: Cursor = None,
) -> Response:
    """The members of a list, newest first."""
    found = await reads.one_list(visitor.account_id, list_id)
    if found is None:
        raise NothingHereError
    members = ContactFilter(list_id=ListId(list_id))
    shown = await page_of(reads, visitor.account_id, members, cursor)
    return page(
        request,
        "list.html",
        list=found,
        contacts=shown.rows,
        older=shown.next and shown.next.said(),
        newest=cursor is None,
        task=task,
    )


@router.post("/lists/{list_id}/rename")
async def rename_list(
    request: Request, list_id: Id, visitor: Visitor, ingest: OpenedIngest
) -> Response:
    """Give a list another name."""
    form = await read_form(request)
    try:
        name = read_as(ListNamed, {"name": form.text("name")}).name
        await ingest.lists.rename(visitor.account_id, list_id, name)
    except Problem:
        return lead_to(f"/lists/{list_id}", fault="no_list_named")
    except ListExistsError:
        return lead_to(f"/lists/{list_id}", fault="list_taken")
    except NoListError:
        raise NothingHereError from None
    return lead_to(f"/lists/{list_id}", said="list_renamed")


@router.post("/lists/{list_id}/delete")
async def delete_list(
    request: Request, list_id: Id, visitor: Visitor, ingest: OpenedIngest
) -> Response:
    """Delete a list: it is gone at once, its memberships go in the background."""
    form = await read_form(request)
    with_contacts = form.text("contacts") == "delete"
    try:
        task_id = await ingest.lists.delete(
            visitor.account_id, list_id, visitor.name, with_contacts=with_contacts
        )
    except NoListError:
        raise NothingHereError from None
    return lead_to("/lists", task=task_id)


@router.post("/contacts/lists")
async def change_memberships(
    request: Request, visitor: Visitor, ingest: OpenedIngest, reads: OpenedReads
) -> Response:
    """Put contacts on a list or take them off: those that are chosen, or all that were found."""
    form = await read_form(request)
    asked = Question.of(form)
    back = f"/lists/{asked.list}" if form.text("page") == "list" else f"/contacts?{asked.query}"
    chosen = form.ids("contact")
    everybody = form.text("whom") == "all"
    kind = TaskKind.REMOVE if form.text("do") == "remove" else TaskKind.ADD
    if not everybody and not chosen:
        return lead_to(back, fault="nobody_chosen")
    try:
        list_id = await named_list(form, kind, visitor, ingest, reads)
    except Problem:
        return lead_to(back, fault="no_list_named")
    if list_id is None:
        return lead_to(back, fault="list_unknown")
    wanted = asked.wanted(visitor.default_region)
    order = Order(kind, list_id, wanted, None if everybody else chosen)
    task = await ingest.tasks.begin(visitor.account_id, order, visitor.name)
    return lead_to(back, task=task["task_id"])


@router.get("/tasks/{task_id}")
async def follow_task(
    request: Request, task_id: UUID, visitor: Visitor, ingest: OpenedIngest
) -> Response:
    """How far work on many contacts has come, as the part of a page to replace."""
    task = await ingest.tasks.find(visitor.account_id, task_id)
    if task is None:
        raise NothingHereError
    return page(request, "_task.html", task=task)


async def named_list(
    form: Form, kind: TaskKind, visitor: Visitor, ingest: OpenedIngest, reads: OpenedReads
) -> ListId | None:
    """The list that a form names: made if contacts are to join it and it is new.

    Raises:
        Problem: the name is none.
    """
    name = read_as(ListNamed, {"name": form.text("list_name")}).name
    if kind is TaskKind.ADD:
        return (await ingest.lists.chosen(visitor.account_id, [name]))[0]
    known = await reads.list_names(visitor.account_id)
    keys = {name_key(each): ListId(list_id) for list_id, each in known.items()}
    return keys.get(name_key(name))
