"""The secrets of a local stack: made up at its first start, kept in its folder."""

import secrets
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from enlist.embedded.private_file import write_private
from enlist_shared.ids import AccountId
from enlist_shared.migrations import ROLES


def _secret() -> str:
    return secrets.token_urlsafe(24)


class Account(BaseModel):
    """The account that a local stack starts with, and its API key."""

    model_config = ConfigDict(frozen=True)

    account_id: AccountId
    api_key: str = Field(repr=False)


class Credentials(BaseModel):
    """Passwords of the database's roles, the object store's secret key, the first account."""

    model_config = ConfigDict(frozen=True)

    superuser: str = Field(default_factory=_secret, repr=False)
    roles: dict[str, str] = Field(
        default_factory=lambda: {role: _secret() for role in ROLES}, repr=False
    )
    object_secret_key: str = Field(default_factory=_secret, repr=False)
    account: Account | None = None

    @classmethod
    def kept_in(cls, file: Path) -> Self:
        """Those of the file; made up and written when it is not there yet."""
        if file.exists():
            return cls.model_validate_json(file.read_text(encoding="utf-8"))
        made_up = cls()
        made_up.keep_in(file)
        return made_up

    def keep_in(self, file: Path) -> None:
        write_private(file, self.model_dump_json(indent=2))
