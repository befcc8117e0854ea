"""Questions to the API: who may ask, what is answered, how errors look."""

import json
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import httpx2
import pytest
from pydantic import SecretStr
from tests.fixtures.database import Database, connected
from tests.fixtures.ingest import TEN, api_client, ingest_settings, upload

from enlist_ingest.api import dependencies
from enlist_shared.accounts import create_account
from enlist_shared.settings import S3Settings


@pytest.fixture
async def client(database: Database, s3_settings: S3Settings) -> AsyncIterator[httpx2.AsyncClient]:
    async with connected(database.dsn("enlist_owner")) as owner:
        _, key = await create_account(owner, "test")
    settings = ingest_settings(database.settings("enlist_ingest"), s3_settings)
    async with api_client(settings, key) as client:
        yield client


@pytest.mark.parametrize("path", ["/v1/imports", f"/v1/imports/{uuid4()}"])
@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer enl_nobody"}])
async def test_nobody_asks_without_a_key(
    client: httpx2.AsyncClient, path: str, header: dict[str, str]
) -> None:
    """Without a key, or with one that is not known: 401 as a problem."""
    del client.headers["Authorization"]
    answer = await client.get(path, headers=header)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_revoked_key_is_refused_soon(
    client: httpx2.AsyncClient, observer: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key is remembered for some seconds at most; then its revocation counts."""
    monkeypatch.setattr(dependencies, "REMEMBERED_SECONDS", 0.0)
    assert (await client.get("/v1/imports")).status_code == 200
    await observer.execute("UPDATE api_keys SET revoked_at = now()")
    assert (await client.get("/v1/imports")).status_code == 401


async def test_an_import_of_another_account_is_not_found(
    client: httpx2.AsyncClient, database: Database
) -> None:
    """Somebody else's import is neither shown, listed nor followed."""
    import_id = (await upload(client, TEN)).json()["import_id"]
    async with connected(database.dsn("enlist_owner")) as owner:
        _, key = await create_account(owner, "other")
    other = {"Authorization": f"Bearer {key}"}
    for path in (f"/v1/imports/{import_id}", f"/v1/imports/{import_id}/events"):
        answer = await client.get(path, headers=other)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await client.get("/v1/imports", headers=other)).json() == {
        "imports": [],
        "next_cursor": None,
    }


async def test_imports_are_paged_newest_first(client: httpx2.AsyncClient) -> None:
    """Pages hold every import once, the newest first, and the last one says so."""
    made = [(await upload(client, TEN)).json()["import_id"] for _ in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    for size in (2, 2, 1):
        parameters = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/v1/imports", params=parameters)).json()
        assert len(page["imports"]) == size
        seen += [each["import_id"] for each in page["imports"]]
        cursor = page["next_cursor"]
    assert (seen, cursor) == (made[::-1], None)


async def test_following_an_import_ends_with_its_final_state(client: httpx2.AsyncClient) -> None:
    """A finished import is said once, in the form that a question gets, and the stream ends."""
    said = (await upload(client, b"%PDF-1.7\n")).json()
    answer = await client.get(f"/v1/imports/{said['import_id']}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    kind, data = answer.text.strip().splitlines()
    assert kind == "event: progress"
    assert json.loads(data.removeprefix("data: ")) == said


async def test_units_that_wait_are_shown(
    client: httpx2.AsyncClient, observer: asyncpg.Connection
) -> None:
    """`waiting` counts the units that back off before another try."""
    path = (await upload(client, TEN)).headers["location"]
    assert (await client.get(path)).json()["progress"]["waiting"] == 0
    await observer.execute("UPDATE units SET retry_at = now() + interval '1 minute'")
    assert (await client.get(path)).json()["progress"]["waiting"] == 1


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/imports/no-uuid", 422, "parameters"),
        ("GET", "/v1/imports?limit=0", 422, "parameters"),
        ("GET", "/v1/imports?cursor=x", 422, "parameters"),
        ("DELETE", "/v1/imports", 405, "method_not_allowed"),
        ("GET", "/v1/nothing", 404, "not_found"),
        ("POST", "/v1/imports/file", 415, "media_type"),
    ],
)
async def test_errors_are_problems(
    client: httpx2.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    """Whatever is wrong with a request, the answer is a problem with status and code."""
    answer = await client.request(method, path)
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert set(problem) == {"type", "title", "status", "code", "detail"}


async def test_a_server_that_is_away_is_a_503(
    database: Database, s3_settings: S3Settings, client: httpx2.AsyncClient
) -> None:
    """Without its bucket the API lives, is not ready, and says that trying again may help."""
    assert (await client.get("/health/ready")).status_code == 204
    away = s3_settings.model_copy(update={"secret_key": SecretStr("wrong")})
    settings = ingest_settings(database.settings("enlist_ingest"), away)
    key = client.headers["Authorization"].removeprefix("Bearer ")
    async with api_client(settings, key) as cut_off:
        assert (await cut_off.get("/health/live")).status_code == 204
        assert (await cut_off.get("/health/ready")).status_code == 503
        answer = await upload(cut_off, TEN)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_the_documentation_needs_no_other_host(client: httpx2.AsyncClient) -> None:
    """The page and what it loads come from here, and every reference in OpenAPI leads somewhere."""
    page = (await client.get("/docs")).text
    assert "://" not in page
    assert (await client.get("/docs/assets/swagger-ui-bundle.js")).status_code == 200
    document = await client.get("/openapi.json")
    named = {part.split('"')[0] for part in document.text.split("#/components/schemas/")[1:]}
    assert named <= document.json()["components"]["schemas"].keys()
