"""The whole of Enlist on one machine, in one folder, for the length of a block.

PostgreSQL and the object store first, then the broker, then what they need inside, then the
services; stopped the other way round. Any of the three may be somebody else's (`OwnServers`).
The folder is locked, so that it has one stack at a time.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from enlist.embedded import bootstrap, broker, objectstore, postgres, services
from enlist.embedded.credentials import Account, Credentials
from enlist.embedded.data_directory import DataDirectory
from enlist.embedded.own_servers import ALL_EMBEDDED, OwnServers, prepare_kafka, prepare_s3
from enlist.embedded.program import Program
from enlist.embedded.ready_file import ObjectStoreAddress, Ready
from enlist.embedded.supervisor import Say, Supervisor, supervising
from enlist.embedded.waiting import LOOPBACK, free_port
from enlist_shared.migrations import prepare_database, role_dsn, server_of
from enlist_shared.settings import KafkaSettings, S3Settings

DEFAULT_WORKERS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The loopback ports of a run; a child that is started again keeps its own."""

    services: Mapping[str, int]
    postgres: int
    objectstore: int
    broker: int


@asynccontextmanager
async def running_stack(
    root: Path,
    say: Say,
    port: int | None = None,
    workers: int = DEFAULT_WORKERS,
    own: OwnServers = ALL_EMBEDDED,
) -> AsyncIterator[Ready]:
    """Yields how the stack is reached, once it is ready.

    The servers of `own` are prepared and used, but neither started nor stopped.

    Raises:
        InUseError: another stack runs on this folder.
        NotStartedError: a program did not start; the message ends with its log's last lines.
    """
    directory = DataDirectory.at(root)
    with directory.locked():
        directory.ready.unlink(missing_ok=True)
        async with supervising(say, directory.processes) as supervisor:
            ready = await _start(
                _Place(directory, supervisor, _choose_ports(port, workers), workers, own)
            )
            ready.write(directory.ready)
            try:
                yield ready
            finally:
                directory.ready.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Place:
    """What a stack is made with."""

    directory: DataDirectory
    supervisor: Supervisor
    ports: Ports
    workers: int
    own: OwnServers

    @property
    def partitions(self) -> int:
        return max(broker.PARTITIONS, self.workers)


async def _start(place: _Place) -> Ready:
    own_dsn = place.own.postgres.dsn.get_secret_value() if place.own.postgres else None
    file = place.directory.credentials(own_dsn and server_of(own_dsn))
    credentials = Credentials.kept_in(file)
    s3 = await _start_storage(place, credentials)
    kafka = await _start_broker(place)
    if own_dsn is None:
        superuser = postgres.dsn(place.ports.postgres, credentials.superuser)
        owner = await prepare_database(superuser, credentials.roles)
    else:
        owner = await bootstrap.prepare_own_database(own_dsn, credentials.roles)
    account = await bootstrap.first_account(owner, credentials.account)
    credentials.model_copy(update={"account": account}).keep_in(file)

    backends = services.Backends(
        kafka=kafka,
        s3=s3,
        dsn=lambda role: role_dsn(owner, role, credentials.roles[role]),
    )
    log = place.directory.log
    ports = place.ports.services
    await place.supervisor.start(*services.programs(backends, ports, log))
    await services.all_ready(ports, log)
    return _ready(place.ports, backends, owner, account)


async def _start_storage(place: _Place, credentials: Credentials) -> S3Settings:
    """PostgreSQL and the object store, where they are embedded."""
    directory, ports, own = place.directory, place.ports, place.own
    secret_key = credentials.object_secret_key
    programs: list[Program] = []
    if own.postgres is None:
        data, log, password = directory.postgres, directory.log("postgres"), credentials.superuser
        await postgres.prepare(data, password, log)
        programs.append(postgres.program(data, ports.postgres, password, log))
    if own.s3 is None:
        objects, log = directory.objects, directory.log("objectstore")
        programs.append(objectstore.program(objects, ports.objectstore, secret_key, log))
    await place.supervisor.start(*programs)
    if own.s3 is None:
        return objectstore.settings(ports.objectstore, secret_key)
    await prepare_s3(own.s3)
    return own.s3


async def _start_broker(place: _Place) -> KafkaSettings:
    port, kafka = place.ports.broker, place.own.kafka
    if kafka is not None:
        await prepare_kafka(kafka, place.partitions)
        return kafka
    log = place.directory.log("broker")
    await place.supervisor.start(broker.program(port, log, place.partitions))
    return broker.settings(port)


def _choose_ports(api: int | None, workers: int) -> Ports:
    free = {name: free_port() for name in services.names(workers)}
    return Ports(
        services=free if api is None else free | {"api": api},
        postgres=free_port(),
        objectstore=free_port(),
        broker=free_port(),
    )


def _ready(ports: Ports, backends: services.Backends, owner: str, account: Account) -> Ready:
    s3 = backends.s3
    addresses = {name: f"http://{LOOPBACK}:{port}" for name, port in ports.services.items()}
    return Ready(
        api=addresses["api"],
        api_key=account.api_key,
        account_id=account.account_id,
        kafka=backends.kafka.bootstrap_servers,
        s3=ObjectStoreAddress(
            endpoint=s3.endpoint or "",
            access_key=s3.access_key.get_secret_value(),
            secret_key=s3.secret_key.get_secret_value(),
            bucket=s3.bucket,
        ),
        postgres=owner,
        services=addresses,
    )
