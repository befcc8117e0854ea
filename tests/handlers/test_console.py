"""The console: who is let in, and what its pages say."""

import re
from typing import Final
from uuid import uuid4

import asyncpg
import httpx2
import pytest
from tests.fixtures.console import browser, keyed
from tests.fixtures.database import Database, connected
from tests.fixtures.ingest import TEN, api_client, ingest_settings, upload

from enlist_ingest.console.pages import HEADERS
from enlist_ingest.console.reads import changed_fields
from enlist_ingest.console.sessions import COOKIE
from enlist_ingest.contacts_filter import beginnings
from enlist_shared.accounts import create_account
from enlist_shared.settings import S3Settings

__all__ = ["browser", "keyed"]

PAGES: Final = (
    "/import/upload",
    "/import/numbers",
    "/import/contacts",
    "/imports",
    "/lists",
    "/contacts",
    "/contacts/new",
    "/opt-outs",
    "/opt-outs/numbers",
    "/opt-outs/upload",
    "/keywords",
)
FOREIGN: Final = {"Sec-Fetch-Site": "cross-site"}


@pytest.mark.parametrize("path", [*PAGES, f"/imports/{uuid4()}"])
async def test_nobody_looks_without_signing_in(keyed: httpx2.AsyncClient, path: str) -> None:
    """Each page leads to the sign-in page, and from there back."""
    del keyed.headers["Authorization"]
    answer = await keyed.get(path)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/sign-in?next={path}",
    )


async def test_a_key_that_is_not_good_opens_nothing(keyed: httpx2.AsyncClient) -> None:
    """The page says so and sets no cookie."""
    del keyed.headers["Authorization"]
    answer = await keyed.post("/sign-in", data={"api_key": "enl_wrong"})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert "not known" in answer.text


@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/\\evil.example"])
async def test_signing_in_leads_to_no_other_site(keyed: httpx2.AsyncClient, wanted: str) -> None:
    """Where the person wanted to go is a path of ours, or the first page."""
    key = keyed.headers.pop("Authorization").removeprefix("Bearer ")
    answer = await keyed.post("/sign-in", data={"api_key": key, "next": wanted})
    assert answer.headers["location"] == "/"


async def test_the_cookie_is_for_this_site_alone(
    browser: httpx2.AsyncClient, observer: asyncpg.Connection
) -> None:
    """No script reads it, no other site sends it, and the database holds only its hash."""
    token = browser.cookies[COOKIE]
    assert [row["session_hash"] for row in await observer.fetch("SELECT * FROM sessions")] != [
        token.encode()
    ]
    answer = await browser.post("/v1/imports/numbers", json={"numbers": "1"}, headers=FOREIGN)
    assert answer.status_code == 401
    key = {"api_key": "enl_x"}
    assert "set-cookie" not in (await browser.post("/sign-in", data=key)).headers


@pytest.mark.parametrize(
    "end",
    [
        "UPDATE sessions SET expires_at = now()",
        "UPDATE api_keys SET revoked_at = now()",
        "UPDATE api_keys SET expires_at = now()",
    ],
)
async def test_a_session_ends_with_its_time_or_its_key(
    browser: httpx2.AsyncClient, observer: asyncpg.Connection, end: str
) -> None:
    """Then pages ask to sign in again, parts of pages say so to htmx, and the API answers 401."""
    assert (await browser.get("/lists")).status_code == 200
    await observer.execute(end)
    assert (await browser.get("/lists")).status_code == 303
    part = await browser.get("/lists", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/sign-in?next=/lists")
    assert (await browser.get("/v1/imports")).status_code == 401


async def test_signing_out_ends_the_session(
    browser: httpx2.AsyncClient, observer: asyncpg.Connection
) -> None:
    """In the database, too: the cookie is worth nothing afterwards."""
    token = browser.cookies[COOKIE]
    await browser.post("/sign-out")
    assert await observer.fetchval("SELECT count(*) FROM sessions") == 0
    browser.cookies.set(COOKIE, token)
    assert (await browser.get("/lists")).status_code == 303


async def test_pages_run_no_foreign_code(browser: httpx2.AsyncClient) -> None:
    """Every page carries the policy, and holds no script, style or handler in itself."""
    for path in PAGES:
        page = await browser.get(path)
        assert page.status_code == 200, path
        assert {name: page.headers[name] for name in HEADERS} == dict(HEADERS)
        assert not any(part in page.text for part in ("<style", " style=", " onclick=", "http://"))


async def test_an_import_is_in_the_history_with_who_asked(browser: httpx2.AsyncClient) -> None:
    """With its file's name, escaped, and the name of the key."""
    answer = await browser.post(
        "/v1/imports/file", files={"file": ("<b>people.csv", TEN, "text/csv")}
    )
    import_id = answer.json()["import_id"]
    assert answer.json()["requested_by"] == "first key"
    history = (await browser.get("/imports")).text
    assert f'<a href="/imports/{import_id}">&lt;b&gt;people.csv</a>' in history
    assert "first key" in history
    assert "<progress" in (await browser.get(f"/imports/{import_id}")).text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["broken.csv", "people.csv"]),
        ("?state=&file=&list=", ["broken.csv", "people.csv"]),
        ("?state=failed", ["broken.csv"]),
        ("?state=under+way", ["people.csv"]),
        ("?file=EOPL", ["people.csv"]),
        ("?file=%25", []),
        ("?list=1", []),
    ],
)
async def test_the_history_shows_what_is_wanted(
    browser: httpx2.AsyncClient, query: str, names: list[str]
) -> None:
    """By state, part of the file's name in any case, and list."""
    for name, body in (("people.csv", TEN), ("broken.csv", b"hello")):
        await browser.post("/v1/imports/file", files={"file": (name, body, "text/csv")})
    page = (await browser.get(f"/imports{query}")).text
    assert re.findall(r"(\w+\.csv)</a>", page) == names


async def test_another_account_sees_nothing(
    browser: httpx2.AsyncClient, database: Database, s3_settings: S3Settings
) -> None:
    """An import, list or contact of somebody else is as good as missing."""
    async with connected(database.dsn("enlist_owner")) as owner:
        _, key = await create_account(owner, "other")
    settings = ingest_settings(database.settings("enlist_ingest"), s3_settings)
    async with api_client(settings, key) as other:
        import_id = (await upload(other, TEN)).json()["import_id"]
    missing = await browser.get(f"/imports/{uuid4()}")
    foreign = await browser.get(f"/imports/{import_id}")
    assert (foreign.status_code, foreign.text) == (404, missing.text)
    assert (await browser.get("/lists/1")).status_code == 404
    assert (await browser.get("/contacts/1")).status_code == 404
    assert (await browser.get("/contacts/1/edit")).status_code == 404
    for form in ("/contacts/1/delete", "/contacts/1/consent", "/lists/1/rename", "/lists/1/delete"):
        assert (await browser.post(form, data={"name": "x"})).status_code == 404
    assert (await browser.post(f"/keywords/{uuid4()}/remove")).status_code == 404


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("07400 123456", ["+447400123456"]),
        ("+44 7400-123456", ["+447400123456"]),
        ("447400123456", ["+447400123456"]),
        ("07700", ["+7700", "+447700"]),
        ("+4477", ["+4477"]),
        ("0", []),
        ("Ann", []),
    ],
)
def test_a_number_is_found_in_any_spelling(typed: str, expected: list[str]) -> None:
    """A whole number as an import would read it, a part of one as its beginning."""
    assert beginnings(typed, "GB") == expected


def test_changed_fields_have_names() -> None:
    """The bits of a change entry, in the order of the fields."""
    assert changed_fields(1 | 2 | 16384 | 32768 | 65536) == [
        "title",
        "first name",
        "custom fields",
        "channels",
    ]
