"""Makes the pipeline's topics on a broker that lacks some of them.

No service does this when it starts: whoever sets the system up does (`enlist up`, a job before a
deployment), because a topic made in passing has one partition and one replica.
"""

import ssl
from datetime import timedelta
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import NoError, TopicAlreadyExistsError, for_code

from enlist_shared.settings import KafkaSettings
from enlist_shared.topics import RETENTION, Topic

MOST_REPLICAS: Final = 3


async def create_topics(settings: KafkaSettings, partitions: int) -> list[Topic]:
    """Make the topics that are missing, and return them.

    Each has `partitions` partitions and as many replicas as there are brokers, at most three.
    Topics that exist stay as they are.

    Raises:
        KafkaError: the broker does not answer, or refuses a topic.
    """
    admin = AIOKafkaAdminClient(client_id=f"{settings.client_id}-topics", **connection(settings))
    await admin.start()
    try:
        there = set(await admin.list_topics())
        missing = [topic for topic in Topic if topic not in there]
        if missing:
            brokers = len((await admin.describe_cluster())["brokers"])
            replicas = min(MOST_REPLICAS, brokers)
            new = [
                NewTopic(str(topic), partitions, replicas, topic_configs=_configured(topic))
                for topic in missing
            ]
            _refuse_errors(await admin.create_topics(new))
        return missing
    finally:
        await admin.close()


def _configured(topic: Topic) -> dict[str, str]:
    kept = RETENTION.get(topic)
    return {} if kept is None else {"retention.ms": str(kept // timedelta(milliseconds=1))}


def connection(settings: KafkaSettings) -> dict[str, Any]:
    """How a client of aiokafka reaches the broker and says who it is."""
    arguments: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap_servers.split(","),
        "request_timeout_ms": settings.request_timeout_ms,
        "security_protocol": settings.security_protocol,
    }
    if settings.security_protocol.endswith("SSL"):
        arguments["ssl_context"] = ssl.create_default_context(cafile=settings.ssl_cafile)
    if settings.security_protocol.startswith("SASL") and settings.sasl_password is not None:
        arguments["sasl_mechanism"] = settings.sasl_mechanism
        arguments["sasl_plain_username"] = settings.sasl_username
        arguments["sasl_plain_password"] = settings.sasl_password.get_secret_value()
    return arguments


def _refuse_errors(answer: Any) -> None:  # noqa: ANN401 - aiokafka types no answer
    """The broker answers for each topic apart; aiokafka hands its refusals on as numbers."""
    for topic, code, *said in answer.topic_errors:
        error = for_code(code)
        if error not in (NoError, TopicAlreadyExistsError):  # somebody else may have made it
            raise error(f"the topic {topic} was not made: {next(iter(said), None) or ''}")
