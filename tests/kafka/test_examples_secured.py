"""The examples reach a broker behind TLS and a password by their environment alone."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from docs.generating.examples import example
from pydantic import SecretStr
from tests.fixtures.kafka import running_kafka
from tests.kafka.test_java import JARS
from tests.kafka.test_secured import PROPERTIES, certificate
from tests.pipeline.test_examples import EXAMPLES, WAIT, finished, kept, running
from tests.pipeline.test_request_import import REQUEST_IMPORT

from enlist.embedded.waiting import wait_for
from enlist_shared.broker import cloud_event
from enlist_shared.settings import KafkaSettings
from enlist_shared.topic_creation import connection
from enlist_shared.topics import Topic

EVENT: Final = UUID("01890a5d-ac96-774b-bcce-b302099a8059")
SAID: Final = example(Topic.IMPORT_COMPLETED)
PASSWORD: Final = {"KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "KAFKA_SASL_MECHANISM": "PLAIN"}
PYTHON: Final = {"KAFKA_SASL_PLAIN_USERNAME": "enlist", "KAFKA_SASL_PLAIN_PASSWORD": "s4sl"}
MODULE: Final = "org.apache.kafka.common.security.plain.PlainLoginModule"
JAVA: Final = {
    "KAFKA_SASL_JAAS_CONFIG": f'{MODULE} required username="enlist" password="s4sl";',
    "KAFKA_SSL_TRUSTSTORE_TYPE": "PEM",
}


@asynccontextmanager
async def secured(folder: Path) -> AsyncIterator[tuple[KafkaSettings, Path]]:
    """A broker that asks for a password behind TLS, and the certificate that it shows."""
    both, cert = certificate(folder)
    node = running_kafka(
        PROPERTIES.format(both=both, cert=cert),
        security_protocol="SASL_SSL",
        sasl_mechanism="PLAIN",
        sasl_username="enlist",
        sasl_password=SecretStr("s4sl"),
        ssl_cafile=cert,
    )
    async with node as kafka:
        yield kafka.settings, cert


async def confirm(settings: KafkaSettings) -> None:
    """Say the example of a confirmation."""
    headers = cloud_event(Topic.IMPORT_COMPLETED, EVENT, SAID["import_id"], datetime.now(UTC))
    async with AIOKafkaProducer(**connection(settings)) as producer:
        await producer.send_and_wait(
            Topic.IMPORT_COMPLETED,
            json.dumps(SAID).encode(),
            headers=[(name, value.encode()) for name, value in headers.items()],
        )


@pytest.mark.timeout(180)
async def test_the_examples_by_sasl_and_tls(tmp_path: Path) -> None:
    """Both subscribers get a confirmation, and an upload event arrives."""
    database, folder = tmp_path / "imports.db", tmp_path / "confirmations"
    python = [sys.executable, str(EXAMPLES / "on_confirmation.py"), str(database)]
    source = EXAMPLES / "java" / "OnConfirmation.java"
    java = ["java", "-cp", f"{JARS}/*", str(source), str(folder)]

    async def both_have_it() -> bool:
        has = database.exists() and kept(database, SAID["import_id"])
        return bool(has) and (folder / f"{EVENT}.json").exists()

    async with secured(tmp_path) as (settings, cert):
        reached = PASSWORD | {"KAFKA_BOOTSTRAP_SERVERS": settings.bootstrap_servers}
        by_python = reached | PYTHON | {"KAFKA_SSL_CAFILE": str(cert)}
        by_java = reached | JAVA | {"KAFKA_SSL_TRUSTSTORE_LOCATION": str(cert)}
        await confirm(settings)
        async with running(python, by_python), running(java, by_java):
            await wait_for(both_have_it, WAIT)
            await finished([*REQUEST_IMPORT, "account", "key", "request"], by_python)
            reader = AIOKafkaConsumer(
                Topic.UPLOAD_REQUESTED, auto_offset_reset="earliest", **connection(settings)
            )
            async with reader:
                message = await asyncio.wait_for(reader.getone(), WAIT)
    assert kept(database, SAID["import_id"]) == [
        (SAID["import_id"], "enlist.import.completed.v1", SAID["counts"]["created"])
    ]
    assert json.loads((folder / f"{EVENT}.json").read_bytes()) == SAID
    assert json.loads(message.value)["request_id"] == "request"
