"""`enlist up` on servers that somebody else runs: prepared once, used, and left running."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr
from tests.fixtures.brokers import given_broker
from tests.fixtures.database import connected
from tests.fixtures.tenant import opened
from tests.fixtures.topics import listening

from enlist.embedded import bootstrap, broker, objectstore, postgres
from enlist.embedded.credentials import Credentials
from enlist.embedded.own_servers import OwnServers, prepare_s3
from enlist.embedded.program import NotStartedError
from enlist.embedded.stack import running_stack
from enlist_shared.migrations import prepare_database, role_dsn
from enlist_shared.objectstore import make_bucket
from enlist_shared.settings import KafkaSettings, PostgresSettings, S3Settings

ADMIN = "CREATE ROLE somebody LOGIN CREATEDB CREATEROLE PASSWORD 'pw'"
PEOPLE = b"phone,first_name\n+447911123456,Ann\n+447911123457,Ben\n"


@asynccontextmanager
async def a_broker() -> AsyncIterator[KafkaSettings]:
    async with given_broker() as given:
        if given is not None:
            yield given
        else:
            async with broker.running_broker() as settings:
                yield settings


@pytest.mark.timeout(180)
async def test_a_stack_on_three_servers_of_ones_own(tmp_path: Path) -> None:
    """The bucket, the topics, roles and schema are made; nothing embedded is started."""
    async with (
        postgres.running_postgres(tmp_path) as superuser,
        objectstore.running_objectstore(tmp_path) as store,
        a_broker() as kafka,
    ):
        own = OwnServers.model_construct(
            kafka=kafka,
            s3=store.model_copy(update={"bucket": "not-there-yet"}),
            postgres=PostgresSettings(dsn=SecretStr(superuser)),
        )
        folder = tmp_path / "stack"
        async with running_stack(folder, print, workers=1, own=own) as ready:
            assert ready.kafka == kafka.bootstrap_servers
            assert ready.s3.bucket == "not-there-yet"
            async with (
                listening(ready.kafka) as topics,
                opened(ready, ready.account_id, ready.api_key, topics) as tenant,
            ):
                found = await tenant.import_file(PEOPLE, seconds=60)
                assert (found["status"], found["counts"]["created"]) == ("completed", 2)
        logs = {path.stem for path in (folder / "logs").iterdir()}
        assert logs == {"api", "split", "normalize-1", "merge-1"}
        async with connected(superuser) as still_there:
            assert await still_there.fetchval("SELECT 1") == 1


async def test_an_administrator_first_then_the_owner(tmp_path: Path) -> None:
    """No superuser is needed; afterwards the owner is enough, and the account stays."""
    passwords = Credentials().roles
    async with postgres.running_postgres(tmp_path) as superuser:
        async with connected(superuser) as connection:
            await connection.execute(ADMIN)
        admin = role_dsn(superuser, "somebody", "pw")
        owner = await bootstrap.prepare_own_database(admin, passwords)
        account = await bootstrap.first_account(owner, None)
        assert await bootstrap.prepare_own_database(owner, passwords) == owner
        assert await bootstrap.first_account(owner, account) == account


async def test_an_owner_who_does_not_know_the_roles(tmp_path: Path) -> None:
    """Passwords that another data directory made up: said, with what to do, and no password."""
    passwords = Credentials().roles
    async with postgres.running_postgres(tmp_path) as superuser:
        owner = await bootstrap.prepare_own_database(superuser, passwords)
        with pytest.raises(NotStartedError, match="start once with an administrator's DSN") as told:
            await bootstrap.prepare_own_database(owner, Credentials().roles)
        assert not any(password in str(told.value) for password in passwords.values())
        async with connected(superuser) as connection:
            await connection.execute("DROP DATABASE enlist WITH (FORCE)")
        with pytest.raises(NotStartedError, match="does not exist"):
            await bootstrap.prepare_own_database(owner, passwords)


async def test_an_account_of_a_database_that_is_gone_is_made_again(tmp_path: Path) -> None:
    """A kept key that opens nothing is not handed out."""
    passwords = Credentials().roles
    async with postgres.running_postgres(tmp_path) as superuser:
        owner = await prepare_database(superuser, passwords)
        lost = await bootstrap.first_account(owner, None)
        async with connected(superuser) as connection:
            await connection.execute("DROP DATABASE enlist WITH (FORCE)")
        await prepare_database(superuser, passwords)
        assert await bootstrap.first_account(owner, lost) != lost


async def test_the_bucket_is_made_once(objectstore_server: S3Settings) -> None:
    """Made where it is missing; a wrong key is a reason, in words."""
    fresh = objectstore_server.model_copy(update={"bucket": "made-once"})
    assert make_bucket(fresh)
    assert not make_bucket(fresh)
    wrong = fresh.model_copy(update={"secret_key": SecretStr("wrong")})
    with pytest.raises(NotStartedError, match="bucket made-once at http"):
        await prepare_s3(wrong)


async def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    """Nobody listens: the server and its address are named."""
    own = OwnServers.model_construct(
        postgres=PostgresSettings(dsn=SecretStr("postgresql://admin:hush@127.0.0.1:9/postgres")),
        s3=S3Settings(
            endpoint="http://127.0.0.1:9", access_key=SecretStr("a"), secret_key=SecretStr("b")
        ),
    )
    with pytest.raises(NotStartedError, match=r"S3, bucket enlist at http://127.0.0.1:9"):
        async with running_stack(tmp_path, print, own=own):
            pass
    assert own.postgres is not None
    with pytest.raises(NotStartedError, match=r"PostgreSQL at 127.0.0.1:9") as told:
        await bootstrap.prepare_own_database(own.postgres.dsn.get_secret_value(), {})
    assert "hush" not in str(told.value)
    assert isinstance(told.value.__cause__, OSError | asyncpg.PostgresError)
