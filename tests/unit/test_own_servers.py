"""Which servers a local stack uses: flags, then variables, then the embedded ones."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from enlist.__main__ import application
from enlist.embedded.own_servers import ALL_EMBEDDED, OwnServers
from enlist.embedded.program import Program
from enlist.embedded.services import Backends, names, programs
from enlist_shared.migrations import role_dsn
from enlist_shared.settings import KafkaSettings

S3 = {"ENLIST_S3__ACCESS_KEY": "key", "ENLIST_S3__SECRET_KEY": "s3cr3t"}
SASL = {
    "ENLIST_KAFKA__SECURITY_PROTOCOL": "SASL_PLAINTEXT",
    "ENLIST_KAFKA__SASL_MECHANISM": "SCRAM-SHA-512",
    "ENLIST_KAFKA__SASL_USERNAME": "enlist",
}


def put(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def by_name(own: OwnServers) -> dict[str, Program]:
    assert own.kafka is not None
    assert own.s3 is not None
    assert own.postgres is not None
    dsn = own.postgres.dsn.get_secret_value()
    backends = Backends(kafka=own.kafka, s3=own.s3, dsn=lambda role: role_dsn(dsn, role, "pw"))
    return {one.name: one for one in programs(backends, dict.fromkeys(names(1), 8000), Path)}


def test_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an address every server is embedded, whatever tunes its use."""
    put(
        monkeypatch, S3 | {"ENLIST_KAFKA__FETCH_MAX_WAIT_MS": "9", "ENLIST_POSTGRES__POOL_MAX": "9"}
    )
    assert OwnServers.named(None, None, None) == ALL_EMBEDDED


def test_each_on_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flag goes before a variable, and one server says nothing about another."""
    put(monkeypatch, S3 | {"ENLIST_KAFKA__BOOTSTRAP_SERVERS": "variable:9092"})
    own = OwnServers.named("flag:9092", None, None)
    assert own.kafka == KafkaSettings(bootstrap_servers="flag:9092")
    assert (own.s3, own.postgres) == (None, None)
    own = OwnServers.named(None, "http://store:9000", None)
    assert own.kafka == KafkaSettings(bootstrap_servers="variable:9092")
    assert own.s3 is not None
    assert (own.s3.endpoint, own.s3.bucket) == ("http://store:9000", "enlist")


def test_what_is_missing_is_named() -> None:
    """A server named without its credentials: the variables that are missing, in one line."""
    with pytest.raises(ValidationError):
        OwnServers.named(None, "http://store:9000", None)
    result = CliRunner().invoke(application(), ["up", "--s3", "http://store:9000"])
    assert result.exit_code == 2
    for name in S3:
        assert name in result.output


def test_everything_that_was_said_reaches_the_services(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """SASL, bucket and the roles' DSN; a secret from a file is said once, by value."""
    secret = tmp_path / "secret"
    secret.write_text("s4sl\n")
    admin = tmp_path / "dsn"
    admin.write_text("postgresql://admin:hush@db:5432/postgres?sslmode=require")
    put(monkeypatch, S3 | SASL | {"ENLIST_S3__BUCKET": "contacts"})
    monkeypatch.setenv("ENLIST_KAFKA__SASL_PASSWORD_FILE", str(secret))
    monkeypatch.setenv("ENLIST_POSTGRES__DSN_FILE", str(admin))
    services = by_name(OwnServers.named("a:9092,b:9092", "http://store:9000", None))
    for service in services.values():
        said = service.environment
        assert (
            said.items()
            >= {
                **SASL,
                **S3,
                "ENLIST_KAFKA__BOOTSTRAP_SERVERS": "a:9092,b:9092",
                "ENLIST_KAFKA__SASL_PASSWORD": "s4sl",
                "ENLIST_S3__BUCKET": "contacts",
            }.items()
        )
        assert not [name for name in said if name.endswith("_FILE")]
        assert "hush" not in "".join(said.values())
    dsn = services["merge-1"].environment["ENLIST_POSTGRES__DSN"]
    assert dsn == "postgresql://enlist_merge:pw@db:5432/postgres?sslmode=require"
