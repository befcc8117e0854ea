"""The services as programs: which processes run, and what the environment tells each."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2
from pydantic import BaseModel, SecretStr

from enlist.embedded.program import Program
from enlist.embedded.waiting import LOOPBACK, accepts
from enlist_shared.settings import FILE_SUFFIX, KafkaSettings, S3Settings

# Of our own environment the services see these, so that a level of logging can be set for all.
PASSED_ON: Final = ("ENLIST_", "PYTHON", "POLARS_", "OTEL_", "COVERAGE_")
ANY_FREE: Final = 0  # as a port
IN_FILE: Final = FILE_SUFFIX.upper()
CLIENT_ONLY: Final = ("ENLIST_URL", "ENLIST_API_KEY", "ENLIST_DATA_DIR")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backends:
    """Where the services find what they stand on; `dsn` answers with the DSN of a role."""

    kafka: KafkaSettings
    s3: S3Settings
    dsn: Callable[[str], str]


def programs(
    backends: Backends, api_port: int, workers: int, log: Callable[[str], Path]
) -> Iterator[Program]:
    """The processes of all services: the API, the splitter, `workers` of each other kind."""
    base = _inherited() | _backends(backends) | _listen(ANY_FREE)
    ingest = base | _postgres(backends, "enlist_ingest")
    normalize = base | _postgres(backends, "enlist_normalize")
    merge = base | _postgres(backends, "enlist_merge") | _system(backends)

    yield _service("api", ("enlist_ingest", "api"), ingest | _listen(api_port), log, api_port)
    yield _service("split", ("enlist_ingest", "split"), ingest, log)
    for number in range(1, workers + 1):
        yield _service(f"normalize-{number}", ("enlist_normalize",), normalize, log)
        yield _service(f"merge-{number}", ("enlist_merge",), merge, log)


def _service(
    name: str,
    module: tuple[str, ...],
    environment: Mapping[str, str],
    log: Callable[[str], Path],
    port: int | None = None,
) -> Program:
    command = (sys.executable, "-m", *module)
    named = _said_once({**environment, "ENLIST_KAFKA__CLIENT_ID": f"enlist-{name}"})
    if port is None:
        return Program(name=name, command=command, log=log(name), environment=named)

    async def serves() -> bool:
        url = f"http://{LOOPBACK}:{port}/health/ready"
        if not await accepts(port):  # far cheaper than an HTTP client
            return False
        try:
            async with httpx2.AsyncClient(trust_env=False) as client:
                return (await client.get(url)).is_success
        except httpx2.HTTPError:
            return False

    return Program(name=name, command=command, log=log(name), environment=named, ready=serves)


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


def _postgres(backends: Backends, role: str) -> dict[str, str]:
    return {"ENLIST_POSTGRES__DSN": backends.dsn(role)}


def _system(backends: Backends) -> dict[str, str]:
    return {"ENLIST_SYSTEM_POSTGRES__DSN": backends.dsn("enlist_system")}


def _listen(port: int) -> dict[str, str]:
    return {"ENLIST_HTTP__HOST": LOOPBACK, "ENLIST_HTTP__PORT": str(port)}
