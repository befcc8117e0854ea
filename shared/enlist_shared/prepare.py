"""`python -m enlist_shared.prepare database | topics | bucket | account NAME`: before a deployment.

Each job may run again and changes nothing that is there already (`account` makes another one). A
server that does not answer yet is waited for. Settings come from the environment, as a service's.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import asyncpg
from aiokafka.errors import KafkaError
from botocore.exceptions import BotoCoreError
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from enlist_shared.accounts import create_account
from enlist_shared.migrations import (
    DATABASE,
    OWNER,
    ROLES,
    connected,
    prepare_database,
    role_dsn,
)
from enlist_shared.objectstore import make_bucket
from enlist_shared.settings import (
    PREFIX,
    EnvironmentSettings,
    KafkaSettings,
    PostgresSettings,
    S3Settings,
)
from enlist_shared.telemetry import configure_logging, logger
from enlist_shared.topic_creation import create_topics

T = TypeVar("T")
RETRY_SECONDS: Final = 1.0
# What a server says, or does not, while it starts.
ABSENT: Final = (OSError, asyncpg.CannotConnectNowError, KafkaError, BotoCoreError)


class RolePasswords(BaseModel):
    """The passwords of the database's roles."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    owner: SecretStr
    ingest: SecretStr
    normalize: SecretStr
    merge: SecretStr
    system: SecretStr

    def by_role(self) -> dict[str, str]:
        """`enlist_owner` and so on, each with its password."""
        return {
            role: getattr(self, role.removeprefix("enlist_")).get_secret_value() for role in ROLES
        }


class JobSettings(EnvironmentSettings):
    """What every job is told."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    wait_seconds: float = Field(default=60.0, ge=0, description="for a server that is not up yet")


class DatabaseSettings(JobSettings):
    """The role in `postgres.dsn` is an administrator, its database any that exists."""

    postgres: PostgresSettings
    roles: RolePasswords


class TopicsSettings(JobSettings):
    """The broker, and how many workers of a kind can share its work."""

    kafka: KafkaSettings
    partitions: int = Field(default=12, gt=0, description="of each topic that is made")


class BucketSettings(JobSettings):
    """The object store."""

    s3: S3Settings


async def database(settings: DatabaseSettings) -> str:
    """Make roles, the database `enlist` and its schema; the owner's DSN."""
    dsn, roles = settings.postgres.dsn.get_secret_value(), settings.roles.by_role()
    return await once_up(lambda: prepare_database(dsn, roles), settings.wait_seconds)


async def topics(settings: TopicsSettings) -> list[str]:
    """Make the topics that are missing; their names."""
    made = await once_up(
        lambda: create_topics(settings.kafka, settings.partitions), settings.wait_seconds
    )
    return [str(topic) for topic in made]


async def bucket(settings: BucketSettings) -> bool:
    """Make the bucket unless it is there; whether it was missing."""
    return await once_up(lambda: asyncio.to_thread(make_bucket, settings.s3), settings.wait_seconds)


async def account(settings: DatabaseSettings, name: str, default_region: str) -> dict[str, str]:
    """Make an account with one API key, which nobody can look up later."""
    dsn = role_dsn(
        settings.postgres.dsn.get_secret_value(),
        OWNER,
        settings.roles.owner.get_secret_value(),
        DATABASE,
    )
    async with connected(dsn) as owner:
        account_id, api_key = await create_account(owner, name, default_region)
    return {"account_id": str(account_id), "api_key": api_key}


async def once_up(step: Callable[[], Awaitable[T]], seconds: float) -> T:
    """The step's result; tried again while its server does not answer, for so long."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return await step()
        except ABSENT as error:
            if time.monotonic() > deadline:
                raise
            logger().info("server.awaited", error_class=type(error).__name__)
            await asyncio.sleep(RETRY_SECONDS)


def main() -> None:
    """Run the job that the command line names."""
    parser = argparse.ArgumentParser(prog="enlist_shared.prepare", description=__doc__)
    jobs = parser.add_subparsers(dest="job", required=True)
    for name, text in (("database", database), ("topics", topics), ("bucket", bucket)):
        jobs.add_parser(name, help=text.__doc__)
    one = jobs.add_parser("account", help=account.__doc__)
    one.add_argument("name")
    one.add_argument("--default-region", default="GB", help="ISO 3166-1 alpha-2")
    arguments = parser.parse_args()
    configure_logging(f"prepare-{arguments.job}", "info")
    asyncio.run(_run(arguments))


async def _run(arguments: argparse.Namespace) -> None:
    match arguments.job:
        case "database":
            await database(DatabaseSettings())
        case "topics":
            logger().info("topics.made", topics=await topics(TopicsSettings()))
        case "bucket":
            logger().info("bucket.made", made=await bucket(BucketSettings()))
        case "account":
            made = await account(DatabaseSettings(), arguments.name, arguments.default_region)
            print(json.dumps(made))  # noqa: T201 - the key is shown here, once, and in no log


if __name__ == "__main__":
    main()
