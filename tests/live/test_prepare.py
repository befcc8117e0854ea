"""The jobs before a deployment, on servers that nobody prepared."""

from collections.abc import AsyncIterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder
from pydantic import SecretStr
from tests.fixtures.database import connected

from enlist.embedded.broker import PARTITIONS
from enlist.embedded.waiting import free_port
from enlist_shared import prepare
from enlist_shared.migrations import DATABASE, DATABASE_FOLDER, prepare_database, role_dsn
from enlist_shared.prepare import (
    BucketSettings,
    DatabaseSettings,
    JobSettings,
    RolePasswords,
    TopicsSettings,
)
from enlist_shared.settings import KafkaSettings, PostgresSettings, S3Settings

SHARED = Path(prepare.__file__).parents[1]


@pytest.fixture
async def settings(superuser: str) -> AsyncIterator[DatabaseSettings]:
    """An administrator's; the database that the job makes is gone after the test."""
    names = ("owner", "ingest", "normalize", "merge", "system")
    yield DatabaseSettings(
        postgres=PostgresSettings(dsn=SecretStr(superuser)),
        # The passwords that every test's database counts on: roles are the server's.
        roles=RolePasswords(**{name: SecretStr(f"enlist_{name}") for name in names}),
    )
    async with connected(superuser) as admin:
        await admin.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


async def test_a_database_is_prepared_once_and_an_account_belongs_to_it(
    settings: DatabaseSettings,
) -> None:
    """The job may run again; an account's key is shown, its hash kept."""
    dsn = await prepare.database(settings)
    assert await prepare.database(settings) == dsn
    made = await prepare.account(settings, "Acme", "DE")
    async with connected(dsn) as owner:
        await owner.execute("SELECT set_config('enlist.account', $1, false)", made["account_id"])
        rows = await owner.fetch("SELECT name, default_region FROM enlist.accounts")
    assert [tuple(row) for row in rows] == [("Acme", "DE")]
    assert made["api_key"].startswith("enl_")


async def test_topics_and_bucket_are_made_once(
    kafka_settings: KafkaSettings, objectstore_server: S3Settings
) -> None:
    """What is there stays as it is."""
    there = TopicsSettings(kafka=kafka_settings, partitions=PARTITIONS)
    assert await prepare.topics(there) == []
    missing = BucketSettings(s3=objectstore_server.model_copy(update={"bucket": "prepared"}))
    assert [await prepare.bucket(missing), await prepare.bucket(missing)] == [True, False]


async def test_an_absent_server_is_waited_for_and_then_named() -> None:
    """The job ends with the server's own error, for whoever started it to see."""
    nobody = f"postgresql://postgres@127.0.0.1:{free_port()}/postgres"
    waited = JobSettings(wait_seconds=0.1).wait_seconds
    with pytest.raises(ConnectionRefusedError):
        await prepare.once_up(lambda: prepare_database(nobody, {}), waited)
    assert role_dsn(nobody, "a", "b/c") == nobody.replace("postgres@", "a:b%2Fc@")


def test_a_wheel_holds_the_migrations(tmp_path: Path) -> None:
    """An installed service migrates as a working tree does."""
    (wheel,) = WheelBuilder(str(SHARED)).build(directory=str(tmp_path), versions=["standard"])
    held = {name for name in ZipFile(wheel).namelist() if name.endswith(".sql")}
    expected = {
        f"enlist_shared/database/{path.relative_to(DATABASE_FOLDER)}"
        for path in DATABASE_FOLDER.rglob("*.sql")
    }
    assert expected
    assert expected <= held
