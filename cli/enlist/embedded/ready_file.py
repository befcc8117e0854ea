"""Where a running stack says how it is reached."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from enlist.embedded.private_file import write_private
from enlist_shared.ids import AccountId


class ObjectStoreAddress(BaseModel):
    """The S3 server of the stack."""

    model_config = ConfigDict(frozen=True)

    endpoint: str
    access_key: str
    secret_key: str = Field(repr=False)
    bucket: str


class Ready(BaseModel):
    """The addresses and keys of a stack that is up.

    `postgres` is the owner's DSN; `services` are where each process has its health and metrics.
    """

    model_config = ConfigDict(frozen=True)

    api: str
    api_key: str = Field(repr=False)
    account_id: AccountId
    kafka: str
    s3: ObjectStoreAddress
    postgres: str = Field(repr=False)
    services: dict[str, str] = {}

    @property
    def console(self) -> str:
        """A link that signs in: the fragment stays in the browser."""
        return f"{self.api}/sign-in#{self.api_key}"

    def write(self, file: Path) -> None:
        """Whole or not at all, readable by its owner only."""
        write_private(file, self.model_dump_json(indent=2) + "\n")

    @classmethod
    def read(cls, file: Path) -> Self | None:
        """None when there is no stack that says it is up."""
        try:
            return cls.model_validate_json(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
