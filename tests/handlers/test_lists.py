"""Lists: made, renamed, deleted; members added and removed in bulk; work that goes on."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2
import pytest
from tests.fixtures.database import Database, connected
from tests.fixtures.ingest import api_client, ingest_settings

from enlist_ingest.lists import Lists
from enlist_ingest.tasks import BATCH, Order, TaskKind, Tasks
from enlist_shared.accounts import create_account
from enlist_shared.ids import AccountId
from enlist_shared.settings import S3Settings

CROWD = 2 * BATCH + 100
FILL = """
WITH made AS (
  INSERT INTO contacts (account_id, contact_id, phone_number, channels, custom, created_seq,
    changed_seq)
  SELECT account_id, nextval('contact_ids'), '+44740' || lpad(n::text, 7, '0'), 1,
    jsonb_build_object('odd', (n % 2)::text), 0, 0
  FROM accounts CROSS JOIN generate_series(1, $2::int) AS n
  RETURNING account_id, contact_id
)
INSERT INTO memberships (account_id, list_id, contact_id, added_seq)
SELECT account_id, $1, contact_id, 0 FROM made
"""


@pytest.fixture
async def client(database: Database, s3_settings: S3Settings) -> AsyncIterator[httpx2.AsyncClient]:
    async with connected(database.dsn("enlist_owner")) as owner:
        _, key = await create_account(owner, "test")
    settings = ingest_settings(database.settings("enlist_ingest"), s3_settings)
    async with api_client(settings, key) as client:
        yield client


async def make(client: httpx2.AsyncClient, name: str) -> int:
    answer = await client.post("/v1/lists", json={"name": name})
    assert answer.status_code == 201, answer.text
    list_id: int = answer.json()["list_id"]
    return list_id


async def size(client: httpx2.AsyncClient, list_id: int) -> int:
    answer = await client.get(f"/v1/lists/{list_id}")
    assert answer.status_code == 200, answer.text
    contacts: int = answer.json()["contacts"]
    return contacts


async def ended(client: httpx2.AsyncClient, pool: asyncpg.Pool, task_id: str) -> dict[str, Any]:
    """The task at its end; the application works on it, too."""
    while True:
        await Tasks(pool).work()
        task: dict[str, Any] = (await client.get(f"/v1/tasks/{task_id}")).json()
        if task["ended_at"]:
            return task


async def test_a_name_is_one_lists_whatever_its_case(client: httpx2.AsyncClient) -> None:
    """Made once, renamed into other letters of its own, free again when its list is deleted."""
    news = await make(client, " News ")
    vip = await make(client, "VIP")
    taken = await client.post("/v1/lists", json={"name": "NEWS"})
    assert (taken.status_code, taken.json()["code"]) == (409, "conflict")
    assert str(news) in taken.json()["detail"]
    renamed = [await client.patch(f"/v1/lists/{vip}", json={"name": n}) for n in ("news", "Vip")]
    assert [answer.status_code for answer in renamed] == [409, 200]
    page = (await client.get("/v1/lists", params={"limit": 1})).json()
    rest = (await client.get("/v1/lists", params={"cursor": page["next_cursor"]})).json()
    assert [each["name"] for each in (*page["lists"], *rest["lists"])] == ["News", "Vip"]
    assert rest["next_cursor"] is None
    assert (await client.delete(f"/v1/lists/{news}")).status_code == 202
    assert (await client.get(f"/v1/lists/{news}")).status_code == 404
    assert await make(client, "news") > vip


@pytest.mark.parametrize("name", ["", " ", "N" * 256, "a\0b", None, 7])
async def test_a_list_has_a_name(client: httpx2.AsyncClient, name: object) -> None:
    """Of 1 to 255 characters; anything else is refused."""
    answer = await client.post("/v1/lists", json={"name": name})
    assert (answer.status_code, answer.json()["code"]) == (422, "parameters")


async def test_a_list_belongs_to_its_account(
    client: httpx2.AsyncClient, database: Database
) -> None:
    """Another account neither sees, nor renames, nor fills, nor deletes it."""
    path = f"/v1/lists/{await make(client, 'News')}"
    async with connected(database.dsn("enlist_owner")) as owner:
        _, key = await create_account(owner, "other")
    client.headers["Authorization"] = f"Bearer {key}"
    answers = [
        await client.get(path),
        await client.patch(path, json={"name": "Ours"}),
        await client.delete(path),
        await client.post(f"{path}/add", json={"filter": {}}),
        await client.get(f"/v1/tasks/{uuid4()}"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5
    await make(client, "News")


@pytest.mark.parametrize("contacts", ["keep", "delete"])
async def test_a_large_list_is_deleted_in_the_background(
    client: httpx2.AsyncClient, observer: asyncpg.Connection, ingest_pool: asyncpg.Pool,
    contacts: str,
) -> None:  # fmt: skip
    """It is gone at once; its memberships follow, with those who are on no other list if asked."""
    old, other = await make(client, "Old"), await make(client, "Other")
    await observer.execute(FILL, old, CROWD)
    added = await client.post(f"/v1/lists/{other}/add", json={"filter": {"number": "+44740000000"}})
    assert (added.status_code, added.json()["memberships"]) == (200, 9)

    answer = await client.delete(f"/v1/lists/{old}", params={"contacts": contacts})
    assert (answer.status_code, answer.json()["ended_at"]) == (202, None)
    assert (await client.get(f"/v1/lists/{old}")).status_code == 404
    assert answer.headers["location"] == f"/v1/tasks/{answer.json()['task_id']}"
    task = await ended(client, ingest_pool, answer.json()["task_id"])
    gone = {"keep": 0, "delete": CROWD - 9}[contacts]
    assert (task["memberships"], task["contacts"]) == (CROWD, gone)
    assert await observer.fetchval("SELECT count(*) FROM contacts") == CROWD - gone
    assert await observer.fetchval("SELECT count(*) FROM deletions") == gone
    assert await observer.fetchval("SELECT count(*) FROM removals") == 0
    assert await size(client, other) == 9


async def test_who_joins_a_list_while_it_is_deleted_leaves_it(
    observer: asyncpg.Connection, ingest_pool: asyncpg.Pool, account_id: AccountId
) -> None:
    """An import that took the list for a living one may still write: nothing of it stays."""
    lists, tasks = Lists(ingest_pool), Tasks(ingest_pool)
    old = await lists.make(account_id, "Old")
    await observer.execute(FILL, old, BATCH + 1)
    task_id = await lists.delete(account_id, old, None, with_contacts=False)
    assert await tasks.go_on(account_id, task_id)
    await observer.execute(
        "INSERT INTO memberships SELECT account_id, $1, max(contact_id), NULL, 0 FROM contacts "
        "GROUP BY account_id",
        old,
    )
    assert [await tasks.go_on(account_id, task_id) for _ in range(3)] == [True, False, False]
    assert await observer.fetchval("SELECT count(*) FROM memberships") == 0
    task = await tasks.find(account_id, task_id)
    assert task is not None
    assert (task["memberships"], task["ended_at"] is None) == (BATCH + 2, False)


async def test_members_by_filter_and_by_id(
    client: httpx2.AsyncClient, observer: asyncpg.Connection, ingest_pool: asyncpg.Pool
) -> None:
    """Many in the background, few at once; what is taken off is kept as it was."""
    everybody, odd = await make(client, "Everybody"), await make(client, "Odd")
    await observer.execute(FILL, everybody, CROWD)
    filtered = {"filter": {"custom": {"odd": "1"}, "list": everybody}}
    answer = await client.post(f"/v1/lists/{odd}/add", json=filtered)
    assert (answer.status_code, answer.json()["ended_at"]) == (202, None)
    task = await ended(client, ingest_pool, answer.json()["task_id"])
    assert task["memberships"] == CROWD // 2
    assert await size(client, odd) == CROWD // 2
    members = (await client.get("/v1/contacts", params={"list": odd, "limit": 3})).json()
    chosen = [each["contact_id"] for each in members["contacts"]]
    for _ in range(2):
        answer = await client.post(f"/v1/lists/{odd}/remove", json={"contact_ids": chosen})
        assert answer.status_code == 200
    assert answer.json()["memberships"] == 0
    assert await size(client, odd) == CROWD // 2 - 3
    removed = await observer.fetch("SELECT contact_id, list_id, import_id FROM removals")
    assert {tuple(row) for row in removed} == {(each, odd, None) for each in chosen}
    seqs = await observer.fetch("SELECT added_seq FROM memberships WHERE list_id = $1", odd)
    assert min(row["added_seq"] for row in seqs) > 0


@pytest.mark.parametrize("body", [{}, {"contact_ids": [1], "filter": {}}, {"contact_ids": [0]}])
async def test_whom_it_concerns_is_said_once(
    client: httpx2.AsyncClient, body: dict[str, object]
) -> None:
    """Ids or a filter, one of both."""
    path = f"/v1/lists/{await make(client, 'News')}/add"
    answer = await client.post(path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "parameters")


async def test_a_deleted_list_ends_what_fills_it(
    observer: asyncpg.Connection, ingest_pool: asyncpg.Pool, account_id: AccountId
) -> None:
    """Contacts are added to a list as long as there is one."""
    lists, tasks = Lists(ingest_pool), Tasks(ingest_pool)
    full, old = [await lists.make(account_id, name) for name in ("Full", "Old")]
    await observer.execute(FILL, full, BATCH + 1)
    filling = await tasks.begin(account_id, Order(TaskKind.ADD, old), None)
    await lists.delete(account_id, old, None, with_contacts=False)
    await tasks.work()
    task = await tasks.find(account_id, filling["task_id"])
    assert task is not None
    assert (task["memberships"], task["ended_at"] is None) == (BATCH, False)
    rows = await observer.fetch("SELECT list_id, count(*) FROM memberships GROUP BY list_id")
    assert [tuple(row) for row in rows] == [(full, BATCH + 1)]
