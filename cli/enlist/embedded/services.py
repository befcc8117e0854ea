"""The services as programs: which processes run, and what the environment tells each."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from pydantic import BaseModel, SecretStr

from enlist.embedded.program import NotStartedError, Program, last_words
from enlist.embedded.waiting import LOOPBACK, answers, wait_for
from enlist_shared.settings import FILE_SUFFIX, KafkaSettings, S3Settings

# Of our own environment the services see these, so that a level of logging can be set for all.
PASSED_ON: Final = ("ENLIST_", "PYTHON", "POLARS_", "OTEL_", "COVERAGE_")
START_WITHIN: Final = 120.0  # seconds; many processes on a busy machine are slow
IN_FILE: Final = FILE_SUFFIX.upper()
CLIENT_ONLY: Final = ("ENLIST_URL", "ENLIST_API_KEY", "ENLIST_DATA_DIR")
_KINDS: Final = {  # the module, then the roles that it connects as
    "api": ("enlist_ingest api", "enlist_ingest"),
    "split": ("enlist_ingest split", "enlist_ingest"),
    "normalize": ("enlist_normalize", "enlist_normalize"),
    "merge": ("enlist_merge", "enlist_merge", "enlist_system"),
}
_GROUPS: Final = {"enlist_system": "SYSTEM_POSTGRES"}  # of settings; the others: POSTGRES


@dataclass(frozen=True, slots=True, kw_only=True)
class Backends:
    """Where the services find what they stand on; `dsn` answers with the DSN of a role."""

    kafka: KafkaSettings
    s3: S3Settings
    dsn: Callable[[str], str]


def names(workers: int) -> list[str]:
    """The processes of all services: the API, the splitter, `workers` of each other kind."""
    numbers = range(1, workers + 1)
    return ["api", "split", *(f"{kind}-{n}" for n in numbers for kind in ("normalize", "merge"))]


def programs(
    backends: Backends, ports: Mapping[str, int], log: Callable[[str], Path]
) -> Iterator[Program]:
    """The processes that are named, each with the port that it answers HTTP on.

    They have started when they answer at all; `ready` is another question, as a process that is
    started again while a server is away must be let live.
    """
    base = _inherited() | _backends(backends)
    for name, port in ports.items():
        module, *roles = _KINDS[name.partition("-")[0]]
        environment = base | _roles(backends, roles) | _listen(port)
        environment["ENLIST_KAFKA__CLIENT_ID"] = f"enlist-{name}"
        yield Program(
            name=name,
            command=(sys.executable, "-m", *module.split()),
            log=log(name),
            environment=_said_once(environment),
            ready=partial(answers, port, "/health/live"),
            start_timeout=START_WITHIN,
        )


async def all_ready(ports: Mapping[str, int], log: Callable[[str], Path]) -> None:
    """Wait until every process can work: its servers answer, its consumers have joined.

    Raises:
        NotStartedError: one of them cannot for too long.
    """
    for name, port in ports.items():
        try:
            await wait_for(partial(answers, port, "/health/ready"), START_WITHIN)
        except TimeoutError as error:
            raise NotStartedError(f"{name} is not ready{last_words(log(name))}") from error


def _inherited() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith(PASSED_ON) and name not in CLIENT_ONLY
    }


def _backends(backends: Backends) -> dict[str, str]:
    s3 = {"region": backends.s3.region, "bucket": backends.s3.bucket}  # also when by default
    return _variables("KAFKA", _given(backends.kafka)) | _variables("S3", s3 | _given(backends.s3))


def _variables(group: str, values: Mapping[str, object]) -> dict[str, str]:
    return {f"ENLIST_{group}__{name.upper()}": str(value) for name, value in values.items()}


def _given(settings: BaseModel) -> dict[str, object]:
    """What was said explicitly; the services know the defaults."""
    values = {name: getattr(settings, name) for name in settings.model_fields_set}
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in values.items()
        if value is not None
    }


def _said_once(environment: Mapping[str, str]) -> dict[str, str]:
    """Without the files whose secrets the environment says itself: a service refuses both."""
    return {
        name: value
        for name, value in environment.items()
        if not (name.endswith(IN_FILE) and name.removesuffix(IN_FILE) in environment)
    }


def _roles(backends: Backends, roles: Iterable[str]) -> dict[str, str]:
    return {f"ENLIST_{_GROUPS.get(role, 'POSTGRES')}__DSN": backends.dsn(role) for role in roles}


def _listen(port: int) -> dict[str, str]:
    return {"ENLIST_HTTP__HOST": LOOPBACK, "ENLIST_HTTP__PORT": str(port)}
