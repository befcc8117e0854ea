"""`Idempotency-Key`: a request that is sent again is not done again."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import asyncpg
import httpx2
import pytest
from tests.fixtures.database import Database, connected
from tests.fixtures.ingest import TEN, api_client, ingest_settings, stored_keys

from enlist_ingest.api.once import read_key
from enlist_ingest.api.problems import Problem
from enlist_ingest.idempotency import IdempotencyKeys
from enlist_shared.accounts import create_account
from enlist_shared.settings import S3Settings

KEY: Final = '"8e03978e-40d5-43dd-bc93-6894a57f9324"'
FORM: Final = {"Content-Type": "multipart/form-data; boundary=edge", "Idempotency-Key": KEY}
HEAD: Final = (
    b'--edge\r\nContent-Disposition: form-data; name="file"; filename="people.csv"\r\n\r\n'
)
END: Final = b"\r\n--edge--\r\n"
OTHERS: Final = {
    "another file": {"body": TEN + b"+447700900999,Zoe\n"},
    "other options": {"options": '{"lists": ["Others"]}'},
    "another name": {"name": "friends.csv"},
}


@dataclass(frozen=True, slots=True)
class Tenant:
    """A client of the API for an account, and what lies in the ledger."""

    http: httpx2.AsyncClient
    rows: asyncpg.Connection

    async def send(
        self, body: bytes = TEN, options: str = "{}", name: str = "people.csv", key: str = KEY
    ) -> httpx2.Response:
        """Upload a file under a key, in a form whose boundary is new each time."""
        return await self.http.post(
            "/v1/imports/file",
            data={"options": options},
            files={"file": (name, body, "text/csv")},
            headers={"Idempotency-Key": key},
        )

    async def send_slowly(self, gate: asyncio.Event, *blocks: bytes) -> httpx2.Response:
        """Upload a file, the blocks after the head only when the gate is open."""

        async def body() -> AsyncIterator[bytes]:
            yield HEAD
            await gate.wait()
            for block in blocks:
                yield block

        return await self.http.post("/v1/imports/file", content=body(), headers=FORM)

    async def imports(self) -> int:
        return int(await self.rows.fetchval("SELECT count(*) FROM imports"))

    async def held(self) -> None:
        """Wait until the key is held."""
        while not await self.rows.fetchval("SELECT count(*) FROM idempotency_keys"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.fixture
async def tenant(
    database: Database, s3_settings: S3Settings, observer: asyncpg.Connection
) -> AsyncIterator[Tenant]:
    async with connected(database.dsn("enlist_owner")) as owner:
        _, key = await create_account(owner, "test")
    role = database.settings("enlist_ingest")
    async with api_client(ingest_settings(role, s3_settings, max_bytes=10_000), key) as client:
        yield Tenant(client, observer)


def said(answer: httpx2.Response) -> tuple[int, Any]:
    """The status and the code of a problem."""
    return answer.status_code, answer.json().get("code")


async def test_the_same_again_gets_the_same_answer(tenant: Tenant, s3_settings: S3Settings) -> None:
    """One import, the answer to the byte, and nothing of the repeat in S3."""
    first = await tenant.send()
    kept = stored_keys(s3_settings)
    again = await tenant.send(key=KEY.strip('"'))
    assert (first.status_code, again.status_code) == (202, 202)
    assert (again.content, again.headers["location"]) == (first.content, first.headers["location"])
    assert [each.headers.get("idempotent-replayed") for each in (first, again)] == [None, "true"]
    assert (await tenant.imports(), stored_keys(s3_settings)) == (1, kept)


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
async def test_a_key_is_for_one_request(
    tenant: Tenant, s3_settings: S3Settings, other: dict[str, Any]
) -> None:
    """Another file, name or options under a used key are refused; nothing of them is kept."""
    await tenant.send()
    kept = stored_keys(s3_settings)
    assert said(await tenant.send(**other)) == (422, "idempotency_reused")
    assert (await tenant.imports(), stored_keys(s3_settings)) == (1, kept)


async def test_a_key_is_its_accounts_own(
    tenant: Tenant, database: Database, s3_settings: S3Settings
) -> None:
    """Another account's equal key means another import, and nothing is told of the first."""
    first = await tenant.send()
    async with connected(database.dsn("enlist_owner")) as owner:
        _, key = await create_account(owner, "other")
    role = database.settings("enlist_ingest")
    async with api_client(ingest_settings(role, s3_settings), key) as client:
        other = await Tenant(client, tenant.rows).send()
    assert other.status_code == 202
    assert other.json()["import_id"] != first.json()["import_id"]
    assert await tenant.imports() == 2


async def test_of_many_at_once_one_makes_an_import(tenant: Tenant) -> None:
    """Those that come while it runs are told so; afterwards they get its import."""
    answers = await asyncio.gather(*(tenant.send() for _ in range(8)))
    accepted = {each.json()["import_id"] for each in answers if each.status_code == 202}
    others = {said(each) for each in answers if each.status_code != 202}
    assert len(accepted) == 1
    assert others <= {(409, "idempotency_running")}
    assert {(await tenant.send()).json()["import_id"]} == accepted
    assert await tenant.imports() == 1


async def test_while_the_first_runs_it_is_409(tenant: Tenant) -> None:
    """The second is refused before its body is read, with a time to come again."""
    gate = asyncio.Event()
    first = asyncio.create_task(tenant.send_slowly(gate, TEN, END))
    await tenant.held()
    second = await tenant.send()
    gate.set()
    assert said(second) == (409, "idempotency_running")
    assert second.headers["retry-after"] == "1"
    assert (await first).status_code == 202


REFUSED: Final = {
    "broken form": (400, TEN),
    "too large": (413, TEN * 100 + END),
    "no key of the API": (401, TEN + END),
}


@pytest.mark.parametrize(("status", "body"), REFUSED.values(), ids=REFUSED)
async def test_a_refusal_frees_the_key(tenant: Tenant, status: int, body: bytes) -> None:
    """What was refused was not done: the same key may be used for what was meant."""
    foreign = {"Authorization": "Bearer enl_other"} if status == 401 else {}
    refused = await tenant.http.post(
        "/v1/imports/file", content=HEAD + body, headers=FORM | foreign
    )
    assert refused.status_code == status
    assert await tenant.rows.fetchval("SELECT count(*) FROM idempotency_keys") == 0
    assert (await tenant.send()).status_code == 202


async def test_a_killed_process_frees_the_key(tenant: Tenant) -> None:
    """A run whose lease ran out is over: the next one goes, and the first can no longer end."""
    gate = asyncio.Event()
    first = asyncio.create_task(tenant.send_slowly(gate, TEN, END))
    await tenant.held()
    await tenant.rows.execute("UPDATE idempotency_keys SET lease_until = now()")
    second = await tenant.send()
    gate.set()
    assert second.status_code == 202
    assert said(await first) == (409, "idempotency_running")
    assert await tenant.imports() == 1


async def test_an_answer_that_was_never_made_is_made_for_the_next(tenant: Tenant) -> None:
    """A process that dies between accepting and answering has made the only import there is."""
    first = await tenant.send()
    await tenant.rows.execute(
        "UPDATE idempotency_keys SET status = NULL, location = NULL, body = NULL"
    )
    for _ in range(2):
        again = await tenant.send()
        assert (again.status_code, again.json()) == (202, first.json())
        assert again.headers["location"] == first.headers["location"]
    assert await tenant.imports() == 1


async def test_keys_are_forgotten_after_a_day(tenant: Tenant, ingest_pool: asyncpg.Pool) -> None:
    """A key older than 24 hours is as new, and the rows of old ones go."""
    await tenant.send()
    await tenant.send(key="young")
    age = "UPDATE idempotency_keys SET created_at = now() - $1::interval WHERE key <> 'young'"
    await tenant.rows.execute(age, timedelta(hours=25))
    assert (await tenant.send(body=TEN + b"+447700900999,Zoe\n")).status_code == 202
    await tenant.rows.execute(age, timedelta(hours=25))
    assert await IdempotencyKeys(ingest_pool, 15.0).prune() == 1
    kept = await tenant.rows.fetch("SELECT key FROM idempotency_keys")
    assert [row["key"] for row in kept] == ["young"]


@pytest.mark.parametrize(
    ("values", "key"),
    [
        (['"a key"'], "a key"),
        ([r'"a \"key\" \\"'], r'a "key" \ '.strip()),
        (["8e03978e-40d5"], "8e03978e-40d5"),
        (["k" * 255], "k" * 255),
        (["k" * 256], None),
        ([""], None),
        (['""'], None),
        (['"open'], None),
        (["two words"], None),
        (["käse"], None),
        (["one", "two"], None),
    ],
)
def test_a_key_is_one_string(values: list[str], key: str | None) -> None:
    """A structured string or a bare one, of 1 to 255 visible characters; all else is 400."""
    if key is not None:
        assert read_key(values) == key
        return
    with pytest.raises(Problem) as refused:
        read_key(values)
    assert (refused.value.details.status, refused.value.details.code) == (400, "idempotency_key")
