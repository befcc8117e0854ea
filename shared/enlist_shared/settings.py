"""What a service is told by its environment, and nothing else.

A variable is `ENLIST_` and the path of the field, its steps joined by two underscores:
`ENLIST_KAFKA__BOOTSTRAP_SERVERS`. A secret may lie in a file instead: `…_FILE` holds its path,
as container platforms mount secrets. Nothing here is read at import; `app.py` makes one object
and passes it on.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

PREFIX = "ENLIST_"
FILE_SUFFIX = "_file"


class _Group(BaseModel):
    """A group of settings; a misspelt variable inside it is an error, not a default."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class KafkaSettings(_Group):
    """How to reach the broker. Times are milliseconds, as aiokafka takes them."""

    bootstrap_servers: str = Field(description="host:port, several separated by commas")
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None = None
    sasl_username: str | None = None
    sasl_password: SecretStr | None = None
    ssl_cafile: Path | None = None
    client_id: str = "enlist"
    enable_idempotence: bool = Field(
        default=True, description="false for the embedded broker, whose InitProducerId is newer"
    )
    session_timeout_ms: int = Field(default=10_000, description="a dead consumer is noticed so")
    fetch_max_wait_ms: int = Field(
        default=250,
        description="how long a fetch waits for more; each wait costs the broker a turn",
    )
    small_fetch_max_wait_ms: int = Field(
        default=50, description="the same on the small lane; three hops: 16 ms, 222 ms at 500"
    )
    request_timeout_ms: int = 40_000
    metadata_max_age_ms: int = Field(
        default=10_000, description="a topic that was made later is noticed so (aiokafka: 5 min)"
    )

    @property
    def heartbeat_interval_ms(self) -> int:
        """A third of the session, as Kafka advises: two heartbeats may be lost."""
        return self.session_timeout_ms // 3

    @model_validator(mode="after")
    def _sasl_is_complete(self) -> Self:
        given = (self.sasl_mechanism, self.sasl_username, self.sasl_password)
        if self.security_protocol.startswith("SASL") and None in given:
            raise ValueError("SASL needs sasl_mechanism, sasl_username and sasl_password")
        return self


class S3Settings(_Group):
    """The bucket that holds uploads, chunks and rejects; addressed path-style."""

    endpoint: str | None = Field(default=None, description="none: the provider's own")
    public_endpoint: str | None = Field(
        default=None, description="as clients reach it, for presigned URLs; none: as endpoint"
    )
    region: str = "us-east-1"
    bucket: str = "enlist"
    access_key: SecretStr
    secret_key: SecretStr


class PostgresSettings(_Group):
    """A pool of connections of one role. Times are seconds."""

    dsn: SecretStr = Field(description="postgresql://role:password@host:port/database")
    pool_min: int = Field(default=1, ge=0)
    pool_max: int = Field(default=4, ge=1)
    connect_timeout: float = 5.0
    statement_timeout: float = Field(default=60.0, description="raised for a shard by its rows")
    lock_timeout: float = 30.0
    idle_in_transaction_timeout: float = Field(
        default=30.0, description="a stopped worker's locks go away by themselves"
    )


class HttpSettings(_Group):
    """Where a process answers HTTP: its health and its metrics, and for one of them the API."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65_535, description="0 takes any free one")


class VariablesAndFiles(EnvSettingsSource):
    """The environment, where `NAME_FILE=path` stands for `NAME=<the file's content>`."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        variables = dict(super()._load_env_vars())
        prefix = self.env_prefix.lower()
        for name in [n for n in variables if n.startswith(prefix) and n.endswith(FILE_SUFFIX)]:
            target = name.removesuffix(FILE_SUFFIX)
            if target in variables:
                raise SettingsError(f"both {target.upper()} and {name.upper()} are set")
            variables[target] = _read_secret(name, variables.pop(name))
        return variables


def _read_secret(name: str, path: str | None) -> str:
    try:
        return Path(path or "").read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(f"{name.upper()} names {path!r}: {reason}") from error


class EnvironmentSettings(BaseSettings):
    """Settings from arguments, variables and the files that variables name."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments (tests), then variables and the files they name; no dotenv file."""
        del env_settings, dotenv_settings, file_secret_settings
        return init_settings, VariablesAndFiles(settings_cls)


class ServiceSettings(EnvironmentSettings):
    """What every service needs; each one subclasses it in its own `settings.py`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    kafka: KafkaSettings
    s3: S3Settings
    postgres: PostgresSettings
    http: HttpSettings = HttpSettings()
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    lease_seconds: float = Field(default=15.0, gt=0, description="by database time")
    stalled_after: float = Field(default=30.0, gt=0, description="seconds without progress")
