"""What the environment may say, and how: see `enlist_shared.settings`."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic_settings import SettingsError

from enlist_shared.settings import KafkaSettings, PostgresSettings, ServiceSettings

NEEDED = {
    "ENLIST_KAFKA__BOOTSTRAP_SERVERS": "broker:9092",
    "ENLIST_S3__ACCESS_KEY": "access",
    "ENLIST_S3__SECRET_KEY": "s3cr3t",
    "ENLIST_POSTGRES__DSN": "postgresql://role:s3cr3t@ledger/enlist",
}


class _TwoRoles(ServiceSettings):
    system_postgres: PostgresSettings


@pytest.fixture(autouse=True)
def needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment in which a service starts."""
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)


def test_variables_are_the_path_of_a_field(monkeypatch: pytest.MonkeyPatch) -> None:
    """ENLIST_, then the steps of the path, joined by two underscores."""
    monkeypatch.setenv("ENLIST_KAFKA__SESSION_TIMEOUT_MS", "6000")
    monkeypatch.setenv("ENLIST_LOG_LEVEL", "debug")
    monkeypatch.setenv("ENLIST_SYSTEM_POSTGRES__DSN", "postgresql://system@ledger/enlist")
    settings = _TwoRoles()
    assert settings.kafka == KafkaSettings(bootstrap_servers="broker:9092", session_timeout_ms=6000)
    assert settings.log_level == "debug"
    assert settings.system_postgres.dsn.get_secret_value() == "postgresql://system@ledger/enlist"


def test_a_secret_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """NAME_FILE names a file whose content stands for NAME; its last line end is not content."""
    secret = tmp_path / "dsn"
    secret.write_text("postgresql://role:from-file@ledger/enlist\n")
    monkeypatch.delenv("ENLIST_POSTGRES__DSN")
    monkeypatch.setenv("ENLIST_POSTGRES__DSN_FILE", str(secret))
    dsn = ServiceSettings().postgres.dsn.get_secret_value()
    assert dsn == "postgresql://role:from-file@ledger/enlist"


def test_a_secret_said_twice_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Variable and file together: nobody guesses which one was meant."""
    monkeypatch.setenv("ENLIST_POSTGRES__DSN_FILE", str(tmp_path / "dsn"))
    with pytest.raises(SettingsError, match="both ENLIST_POSTGRES__DSN and"):
        ServiceSettings()


def test_a_secret_file_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The error says which variable names which missing file."""
    monkeypatch.delenv("ENLIST_POSTGRES__DSN")
    monkeypatch.setenv("ENLIST_POSTGRES__DSN_FILE", str(tmp_path / "gone"))
    with pytest.raises(SettingsError, match=r"ENLIST_POSTGRES__DSN_FILE names .*gone"):
        ServiceSettings()


def test_a_misspelt_variable_of_a_group_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a group nothing is ignored."""
    monkeypatch.setenv("ENLIST_KAFKA__SESION_TIMEOUT_MS", "6000")
    with pytest.raises(ValidationError, match="sesion_timeout_ms"):
        ServiceSettings()


def test_no_secret_shows_in_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the settings printed nor an error about them quotes a secret."""
    assert "s3cr3t" not in repr(ServiceSettings())
    monkeypatch.setenv("ENLIST_POSTGRES__DNS", NEEDED["ENLIST_POSTGRES__DSN"])
    with pytest.raises(ValidationError) as caught:
        ServiceSettings()
    assert "s3cr3t" not in str(caught.value)


def test_sasl_must_be_complete() -> None:
    """SASL without its user is refused at the start, not at the first connection."""
    with pytest.raises(ValidationError, match="SASL needs"):
        KafkaSettings(bootstrap_servers="broker:9092", security_protocol="SASL_SSL")
