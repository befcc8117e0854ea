"""Files that reach the bucket by themselves, through the whole of Enlist."""

import json
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from tests.fixtures.stack import FINELY_CUT, IMPATIENT, Stack, stack_with
from tests.fixtures.tenant import Tenant
from tests.fixtures.uploads import upload_event, uploaded_key
from tests.model.account import Account
from tests.pipeline.checks import balances, is_confirmed, result_of, without_outcomes
from tests.pipeline.test_kills import WAIT, deaths
from tests.pipeline.test_redelivery import some_contacts

from enlist_shared.topics import Topic


async def say(stack: Stack, tenant: Tenant, times: int = 1) -> None:
    """Say, as an upstream service, that the account's file is there."""
    event = json.dumps(upload_event(tenant.account_id, correlation_id="c-7")).encode()
    async with AIOKafkaProducer(bootstrap_servers=stack.ready.kafka) as producer:
        for _ in range(times):
            await producer.send_and_wait(Topic.UPLOAD_REQUESTED, event, key=b"any")


async def only_import(tenant: Tenant) -> dict[str, Any]:
    """The account's only import, once it has ended."""

    def ends() -> list[str]:
        return [
            each.data["import_id"]
            for each in tenant.topics.heard
            if each.topic in (Topic.IMPORT_COMPLETED, Topic.IMPORT_FAILED)
            and each.data["account_id"] == str(tenant.account_id)
        ]

    await tenant.topics.until(lambda: bool(ends()), WAIT)
    page = (await tenant.http.get("/v1/imports")).json()
    assert [each["import_id"] for each in page["imports"]] == ends()[:1]
    found: dict[str, Any] = page["imports"][0]
    return found


@pytest.mark.supervised
@pytest.mark.timeout(150)
@pytest.mark.parametrize(("point", "rows"), [("ingest.entered", 5), ("ingest.copied", 60)])
async def test_ingest_is_killed_in_the_middle(point: str, rows: int) -> None:
    """Killed once over an upload event that is sent three times: one import, as if nothing was."""
    cut = FINELY_CUT if rows > 5 else {}
    async with stack_with(IMPATIENT | cut) as stack, stack.tenant() as tenant:
        data, account = some_contacts(rows), Account()
        expected = account.import_file(data, {})
        await tenant.objects.put(uploaded_key(tenant.account_id), data)
        with stack.deadly(f"{point}:0"):
            await say(stack, tenant, times=3)
            found = await only_import(tenant)
        assert deaths(stack, "split") == 1
        assert (found["source"], found["file_name"]) == ("event", "people.csv")
        assert result_of(found) == without_outcomes(expected)
        assert await tenant.contacts() == account.contacts
        await is_confirmed(tenant, found)


async def test_a_file_goes_past_the_api(tenant: Tenant) -> None:
    """Planned, put into the bucket by whoever has the URL, imported."""
    data = some_contacts(20)
    planned = (await tenant.http.post("/v1/uploads", json={"size": len(data)})).json()
    put = await tenant.http.request(
        planned["method"],
        planned["url"],
        content=data,
        headers=planned["headers"] | {"Authorization": ""},
    )
    assert put.status_code == 200
    wanted = {"object_key": planned["object_key"], "file_name": "people.csv"}
    asked = await tenant.http.post("/v1/imports/object", json=wanted)
    found = await tenant.ended(asked.json()["import_id"])
    assert (found["source"], found["status"], found["counts"]["records"]) == (
        "object",
        "completed",
        20,
    )
    balances(found)
