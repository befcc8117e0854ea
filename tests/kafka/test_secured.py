"""Apache Kafka behind TLS and a password: the settings reach every client that there is."""

import subprocess
from pathlib import Path

import pytest
from aiokafka.errors import KafkaError
from pydantic import SecretStr
from tests.fixtures.kafka import running_kafka
from tests.fixtures.stack import FINELY_CUT, IMPATIENT, stack_with
from tests.pipeline.checks import balances
from tests.pipeline.test_redelivery import some_contacts

from enlist.embedded.own_servers import prepare_kafka
from enlist.embedded.program import NotStartedError
from enlist_shared.topic_creation import create_topics

PROPERTIES = """
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
listener.name.clients.plain.sasl.jaas.config=\
  org.apache.kafka.common.security.plain.PlainLoginModule required \
  username="enlist" password="s4sl" user_enlist="s4sl";
listener.name.clients.ssl.keystore.type=PEM
listener.name.clients.ssl.keystore.location={both}
listener.name.clients.ssl.truststore.type=PEM
listener.name.clients.ssl.truststore.location={cert}
"""
NAME = "/CN=127.0.0.1"


def certificate(folder: Path) -> tuple[Path, Path]:
    """A key with its own certificate for 127.0.0.1, and the certificate alone."""
    key, cert, both = folder / "key.pem", folder / "cert.pem", folder / "both.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
            *("-subj", NAME, "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(cert)),
        ],
        check=True,
        capture_output=True,
    )
    both.write_text(key.read_text() + cert.read_text())
    return both, cert


@pytest.mark.timeout(180)
async def test_an_import_through_sasl_and_tls(tmp_path: Path) -> None:
    """With the password an import completes; with a wrong one the broker is named, not it."""
    both, cert = certificate(tmp_path)
    node = running_kafka(
        PROPERTIES.format(both=both, cert=cert),
        security_protocol="SASL_SSL",
        sasl_mechanism="PLAIN",
        sasl_username="enlist",
        sasl_password=SecretStr("s4sl"),
        ssl_cafile=cert,
    )
    async with node as kafka:
        assert await create_topics(kafka.settings, 1) == []
        wrong = kafka.settings.model_copy(update={"sasl_password": SecretStr("wrong")})
        with pytest.raises(NotStartedError, match=kafka.settings.bootstrap_servers) as told:
            await prepare_kafka(wrong, 1)
        assert isinstance(told.value.__cause__, KafkaError)
        async with (
            stack_with(IMPATIENT | FINELY_CUT, kafka.settings) as stack,
            stack.tenant() as tenant,
        ):
            found = await tenant.import_file(some_contacts(60), seconds=60)
            assert found["status"] == "completed"
            balances(found)
