"""The upstream service that other teams copy: run as it is, on the broker of the stack."""

import sys
from uuid import uuid4

from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from docs.generating.headers import header_schema
from docs.generating.schemas import schema
from tests.fixtures.stack import Stack
from tests.fixtures.tenant import Tenant
from tests.fixtures.topics import Message
from tests.pipeline.test_contracts import faults
from tests.pipeline.test_examples import EXAMPLES, WAIT, environment, finished

from enlist_shared.contracts import CONTRACTS
from enlist_shared.ids import ObjectKey
from enlist_shared.topics import Topic

TOPIC = Topic.UPLOAD_REQUESTED
REQUEST_IMPORT = (sys.executable, str(EXAMPLES / "request_import.py"))


def heard(tenant: Tenant, topic: Topic) -> list[Message]:
    """What was said of the tenant on a topic."""
    account = str(tenant.account_id)
    return [m for m in tenant.topics.heard if m.topic == topic and m.data["account_id"] == account]


async def test_an_upstream_service_asks_for_imports(stack: Stack, tenant: Tenant) -> None:
    """Each request is one import, however often it is said; an object that is absent is told."""
    account = str(tenant.account_id)
    key = f"uploads/{account}/people.csv"
    await tenant.objects.put(ObjectKey(key), b"phone,first_name\n+447911123456,Ann\n")
    order, absent = f"order-{uuid4()}", f"order-{uuid4()}"
    asked = ((key, order), (key, order), (f"uploads/{account}/nothing.csv", absent))
    for arguments in asked:
        await finished([*REQUEST_IMPORT, account, *arguments], environment(stack))
    failed, completed = Topic.IMPORT_FAILED, Topic.IMPORT_COMPLETED
    await tenant.topics.until(
        lambda: bool(heard(tenant, failed) and heard(tenant, completed)), WAIT
    )
    assert [m.data["counts"]["created"] for m in heard(tenant, completed)] == [1]
    assert [m.data["code"] for m in heard(tenant, failed)] == ["source_missing"]
    requests = heard(tenant, TOPIC)
    assert [m.data["request_id"] for m in requests] == [order, order, absent]
    for message in requests:
        headers = {name: value.decode() for name, value in message.headers}
        assert faults(message.data, schema(TOPIC)) == []
        assert faults(headers, header_schema(TOPIC, CONTRACTS[TOPIC])) == []
        event = from_binary_event(KafkaMessage(dict(message.headers), message.key, message.value))
        assert (event.get_type(), event.get_data()) == (TOPIC, message.data)
