"""Direct to storage: presigned uploads, and imports of what lies in the bucket."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx2
import pytest
from tests.fixtures.database import Database, connected
from tests.fixtures.ingest import TEN, api_client, ingest_settings, stored_keys

from enlist_ingest.stored_uploads import upload_key
from enlist_rules.codes import PermanentFailure
from enlist_shared.accounts import create_account
from enlist_shared.ids import AccountId, ObjectKey
from enlist_shared.objectstore import ObjectStore, open_objectstore
from enlist_shared.settings import S3Settings

MAX_BYTES: Final = 30_000_000


@dataclass(frozen=True, slots=True)
class Tenant:
    """An account, its client of the API, and one of the bucket that has no credentials."""

    account_id: AccountId
    http: httpx2.AsyncClient
    bucket: httpx2.AsyncClient

    def key(self, name: str) -> ObjectKey:
        return ObjectKey(f"uploads/{self.account_id}/{name}")

    async def plan(self, size: Any) -> httpx2.Response:
        return await self.http.post("/v1/uploads", json={"size": size})

    async def import_object(self, object_key: str, **beside: Any) -> httpx2.Response:
        wanted = {"object_key": object_key, **beside}
        return await self.http.post("/v1/imports/object", json=wanted)


@pytest.fixture
async def tenant(database: Database, s3_settings: S3Settings) -> AsyncIterator[Tenant]:
    async with connected(database.dsn("enlist_owner")) as owner:
        account_id, key = await create_account(owner, "test")
    role = database.settings("enlist_ingest")
    settings = ingest_settings(role, s3_settings, max_bytes=MAX_BYTES)
    async with (
        api_client(settings, key) as http,
        httpx2.AsyncClient(trust_env=False) as bucket,
    ):
        yield Tenant(account_id, http, bucket)


async def test_a_file_goes_to_the_bucket_and_is_imported(
    tenant: Tenant, observer: asyncpg.Connection, objectstore: ObjectStore
) -> None:
    """Ask, PUT, import: the import's own copy is what was put, and it is split in place."""
    planned = (await tenant.plan(len(TEN))).json()
    put = await tenant.bucket.request(
        planned["method"], planned["url"], content=TEN, headers=planned["headers"]
    )
    assert put.status_code == 200
    answer = await tenant.import_object(
        planned["object_key"], options={"lists": ["Friends"]}, file_name="C:\\tmp\\people.csv"
    )
    said = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (
        202,
        f"/v1/imports/{said['import_id']}",
    )
    names = ("source", "status", "file_name", "size", "lists")
    assert {name: said[name] for name in names} == {
        "source": "object",
        "status": "normalizing",
        "file_name": "people.csv",
        "size": len(TEN),
        "lists": ["Friends"],
    }
    row = await observer.fetchrow("SELECT lane, sha256, source_key FROM imports")
    assert row is not None
    assert (row["lane"], row["sha256"]) == ("small", sha256(TEN).digest())
    assert await objectstore.get(ObjectKey(row["source_key"])) == TEN


async def test_a_url_is_for_one_object_of_one_size(tenant: Tenant, s3_settings: S3Settings) -> None:
    """Another length, another key, another method are refused by the server; 15 minutes."""
    answer = await tenant.plan(len(TEN))
    planned = answer.json()
    url, key = planned["url"], planned["object_key"]
    assert (answer.status_code, key.rpartition("/")[0]) == (201, f"uploads/{tenant.account_id}")
    assert parse_qs(urlsplit(url).query)["X-Amz-Expires"] == ["900"]
    left = datetime.fromisoformat(planned["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)
    foreign = url.replace(key, f"{key}2")
    refused = [
        await tenant.bucket.put(url, content=TEN + b"\n"),
        await tenant.bucket.put(url, content=TEN[:-1]),
        await tenant.bucket.put(foreign, content=TEN),
        await tenant.bucket.get(url),
    ]
    assert [each.status_code for each in refused] == [403] * 4
    assert stored_keys(s3_settings) == []


@pytest.mark.parametrize(
    ("size", "status", "code"),
    [(MAX_BYTES + 1, 413, "too_large"), (0, 422, "parameters"), ("many", 422, "parameters")],
)
async def test_a_plan_has_a_size_that_may_be(
    tenant: Tenant, size: Any, status: int, code: str
) -> None:
    """Nobody gets a URL for more than may be imported, or for nothing."""
    answer = await tenant.plan(size)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_urls_name_the_host_that_clients_reach(s3_settings: S3Settings) -> None:
    """The public endpoint is signed for, wherever the service itself finds the server."""
    public = s3_settings.model_copy(update={"public_endpoint": "https://files.example:8443"})
    async with open_objectstore(public) as store:
        url = urlsplit(store.presigned_put(ObjectKey("uploads/a/b"), 5, 900))
    assert (url.scheme, url.netloc) == ("https", "files.example:8443")
    assert url.path == f"/{s3_settings.bucket}/uploads/a/b"


async def test_what_is_put_there_later_is_never_read(
    tenant: Tenant, observer: asyncpg.Connection, objectstore: ObjectStore
) -> None:
    """An upload that is overwritten while it is copied gives one version, whole."""
    one, other = (TEN * 90_000)[:25_000_000], b"phone\n" + b"+447700900999\n" * 1_500_000
    key = tenant.key("people.csv")
    await objectstore.put(key, one)
    asked, _ = await asyncio.gather(tenant.import_object(key), objectstore.put(key, other))
    assert asked.status_code == 202
    await objectstore.put(key, b"phone\n+447700900998\n")
    row = await observer.fetchrow("SELECT sha256, size, source_key FROM imports")
    assert row is not None
    assert row["sha256"] in {sha256(each).digest() for each in (one, other)}
    copy = await objectstore.get(ObjectKey(row["source_key"]))
    assert (len(copy), sha256(copy).digest()) == (row["size"], row["sha256"])


async def test_these_requests_may_be_sent_again(
    tenant: Tenant, observer: asyncpg.Connection, objectstore: ObjectStore
) -> None:
    """Under one Idempotency-Key a plan is one URL and an object one import; routes are apart."""
    key = tenant.key("people.csv")
    await objectstore.put(key, TEN)
    tenant.http.headers["Idempotency-Key"] = "again"
    plans = [await tenant.plan(5) for _ in range(2)]
    imports = [await tenant.import_object(key) for _ in range(2)]
    assert [each.status_code for each in (*plans, *imports)] == [201, 201, 202, 202]
    assert plans[0].content == plans[1].content
    assert imports[0].content == imports[1].content
    assert (await tenant.plan(6)).json()["code"] == "idempotency_reused"
    assert await observer.fetchval("SELECT count(*) FROM imports") == 1


REFUSED: Final[dict[str, tuple[str, dict[str, Any], int, str]]] = {
    "nothing there": ("nobody.csv", {}, 422, "source_missing"),
    "another account": ("../01890a5d-ac96-774b-bcce-b302099a8057/a", {}, 422, "source_missing"),
    "too large": ("large.csv", {}, 413, "too_large"),
    "options": ("small.csv", {"options": {"chanel": "phone"}}, 422, "options"),
    "unknown list": ("small.csv", {"options": {"lists": [7]}}, 422, "list_unknown"),
    "foreign field": ("small.csv", {"region": "GB"}, 422, "parameters"),
}


@pytest.mark.parametrize(("name", "beside", "status", "code"), REFUSED.values(), ids=REFUSED)
async def test_what_cannot_be_imported_is_refused(
    tenant: Tenant,
    observer: asyncpg.Connection,
    objectstore: ObjectStore,
    name: str,
    beside: dict[str, Any],
    status: int,
    code: str,
) -> None:
    """The answer has the code, and there is no import."""
    if name == "large.csv":
        await objectstore.put(tenant.key(name), bytes(MAX_BYTES + 1))
    elif name == "small.csv":
        await objectstore.put(tenant.key(name), TEN)
    answer = await tenant.import_object(tenant.key(name), **beside)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await observer.fetchval("SELECT count(*) FROM imports") == 0


ACCOUNT: Final = AccountId("01890a5d-ac96-774b-bcce-b302099a8057")  # type: ignore[arg-type]
PLAIN: Final = ["a", "a/b.csv", "with space.csv", "100%25.csv", "50%", "客户 名单.csv", "…", "a..b"]
TRICKS: Final = [
    "", "/a", "a/", "a//b", ".", "..", "../b", "a/../b", "a/./b", "%2e%2e/b", "%252e%252e%252fb",
    "..%2fb", "a%2f..%2fb", "..\\b", "%5c..%5cb", "a\0", "a\nb", "a%0ab", "\ud800", "k" * 1_000,
]  # fmt: skip


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_key_names_an_upload(name: str) -> None:
    """Whatever a file may be called."""
    key = f"uploads/{ACCOUNT}/{name}"
    assert upload_key(ACCOUNT, key) == key


@pytest.mark.parametrize(
    "key",
    [
        *(f"uploads/{ACCOUNT}/{name}" for name in TRICKS),
        f"{ACCOUNT}/imports/{ACCOUNT}/source",
        f"uploads/{ACCOUNT}0/a",
        f"uploads/{str(ACCOUNT).upper()}/a",
        f"/uploads/{ACCOUNT}/a",
        f"Uploads/{ACCOUNT}/a",
        f"uploads/01890a5d-ac96-774b-bcce-b302099a8058/../{ACCOUNT}/a",
    ],
)
def test_no_other_key_is_read(key: str) -> None:
    """Nothing outside the account's own folder, by no way of writing it, and no key too long."""
    with pytest.raises(PermanentFailure) as refused:
        upload_key(ACCOUNT, key)
    assert refused.value.code == "source_missing"
