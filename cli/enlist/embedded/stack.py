"""The whole of Enlist on one machine, in one folder, for the length of a block.

PostgreSQL and the object store first, then the broker, then what they need inside, then the
services; stopped the other way round. The folder is locked, so that it has one stack at a time.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from enlist.embedded import bootstrap, broker, objectstore, postgres, services
from enlist.embedded.credentials import OWNER, Account, Credentials
from enlist.embedded.data_directory import DataDirectory
from enlist.embedded.ready_file import ObjectStoreAddress, Ready
from enlist.embedded.supervisor import Say, Supervisor, supervising
from enlist.embedded.waiting import LOOPBACK, free_port

DEFAULT_WORKERS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The loopback ports of a run; a child that is started again keeps its own."""

    api: int
    postgres: int
    objectstore: int
    broker: int


@asynccontextmanager
async def running_stack(
    root: Path, say: Say, port: int | None = None, workers: int = DEFAULT_WORKERS
) -> AsyncIterator[Ready]:
    """Yields how the stack is reached, once it is ready.

    Raises:
        InUseError: another stack runs on this folder.
        NotStartedError: a program did not start; the message ends with its log's last lines.
    """
    directory = DataDirectory.at(root)
    with directory.locked():
        directory.ready.unlink(missing_ok=True)
        async with supervising(say, directory.processes) as supervisor:
            ready = await _start(directory, supervisor, _choose_ports(port), workers)
            ready.write(directory.ready)
            try:
                yield ready
            finally:
                directory.ready.unlink(missing_ok=True)


async def _start(
    directory: DataDirectory, supervisor: Supervisor, ports: Ports, workers: int
) -> Ready:
    credentials = Credentials.kept_in(directory.credentials)
    superuser = postgres.dsn(ports.postgres, credentials.superuser)
    await _start_backends(directory, supervisor, ports, credentials, workers)
    owner = await bootstrap.prepare_database(superuser, credentials.roles)
    account = credentials.account or await bootstrap.first_account(owner)
    credentials.model_copy(update={"account": account}).keep_in(directory.credentials)

    backends = services.Backends(
        kafka=broker.address(ports.broker),
        s3=objectstore.settings(ports.objectstore, credentials.object_secret_key),
        dsn=lambda role: bootstrap.role_dsn(superuser, role, credentials.roles[role]),
    )
    await supervisor.start(*services.programs(backends, ports.api, workers, directory.log))
    return _ready(ports, backends, account)


async def _start_backends(
    directory: DataDirectory,
    supervisor: Supervisor,
    ports: Ports,
    credentials: Credentials,
    workers: int,
) -> None:
    password, secret_key = credentials.superuser, credentials.object_secret_key
    data, objects, log = directory.postgres, directory.objects, directory.log
    await postgres.prepare(data, password, log("postgres"))
    await supervisor.start(
        postgres.program(data, ports.postgres, password, log("postgres")),
        objectstore.program(objects, ports.objectstore, secret_key, log("objectstore")),
    )
    partitions = max(broker.PARTITIONS, workers)
    await supervisor.start(broker.program(ports.broker, log("broker"), partitions))


def _choose_ports(api: int | None) -> Ports:
    return Ports(
        api=free_port() if api is None else api,
        postgres=free_port(),
        objectstore=free_port(),
        broker=free_port(),
    )


def _ready(ports: Ports, backends: services.Backends, account: Account) -> Ready:
    s3 = backends.s3
    return Ready(
        api=f"http://{LOOPBACK}:{ports.api}",
        api_key=account.api_key,
        account_id=account.account_id,
        kafka=backends.kafka,
        s3=ObjectStoreAddress(
            endpoint=s3.endpoint or "",
            access_key=s3.access_key.get_secret_value(),
            secret_key=s3.secret_key.get_secret_value(),
            bucket=s3.bucket,
        ),
        postgres=backends.dsn(OWNER),
    )
