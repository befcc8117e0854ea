"""Servers of one's own in place of the embedded ones, each on its own.

Flags say where they are; everything else (credentials, bucket, SASL and TLS) is said by the same
variables that the services read, `ENLIST_KAFKA__…`, `ENLIST_S3__…`, `ENLIST_POSTGRES__…`.
"""

import asyncio
from typing import Any, Final, Self

from aiokafka.errors import KafkaError
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import model_validator
from pydantic_settings import SettingsConfigDict

from enlist.embedded.program import NotStartedError
from enlist_shared.objectstore import make_bucket
from enlist_shared.settings import (
    PREFIX,
    EnvironmentSettings,
    KafkaSettings,
    PostgresSettings,
    S3Settings,
)
from enlist_shared.topic_creation import create_topics

ADDRESSES: Final = {"kafka": "bootstrap_servers", "s3": "endpoint", "postgres": "dsn"}


class OwnServers(EnvironmentSettings):
    """The servers that somebody else runs; None is one that the stack has to start."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, hide_input_in_errors=True
    )

    kafka: KafkaSettings | None = None
    s3: S3Settings | None = None
    postgres: PostgresSettings | None = None

    @classmethod
    def named(cls, kafka: str | None, s3: str | None, postgres: str | None) -> Self:
        """By flags, which go before variables.

        Raises:
            ValidationError: a server is named, but not all that it takes to use it.
            SettingsError: a secret is said twice, or its file cannot be read.
        """
        flags = {"kafka": kafka, "s3": s3, "postgres": postgres}
        given = {name: {ADDRESSES[name]: flag} for name, flag in flags.items() if flag is not None}
        return cls(**given)  # type: ignore[arg-type]

    @model_validator(mode="before")
    @classmethod
    def _only_with_an_address(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Without its address a group only tunes how the services use the embedded server."""
        return {
            name: group
            for name, group in values.items()
            if not isinstance(group, dict) or ADDRESSES[name] in group
        }


ALL_EMBEDDED: Final = OwnServers.model_construct()


async def prepare_kafka(settings: KafkaSettings, partitions: int) -> None:
    """Make the topics that are missing; NotStartedError says why that is impossible."""
    try:
        await create_topics(settings, partitions)
    except (KafkaError, OSError) as error:
        raise NotStartedError(f"Kafka at {settings.bootstrap_servers}: {error}") from error


async def prepare_s3(settings: S3Settings) -> None:
    """Make the bucket if it is missing; NotStartedError says why that is impossible."""
    try:
        await asyncio.to_thread(make_bucket, settings)
    except (BotoCoreError, ClientError) as error:
        where = f"bucket {settings.bucket} at {settings.endpoint}"
        raise NotStartedError(f"S3, {where}: {error}") from error
