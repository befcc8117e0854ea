"""An upload as the ledger will know it, from its first byte on."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from enlist_ingest.division import Source
from enlist_ingest.idempotency import Once
from enlist_shared.ids import AccountId, ImportId, ObjectKey
from enlist_shared.options import ImportOptions
from enlist_shared.options import Source as Way

_LONGEST_TEXT: Final = 255


def tidy_file_name(given: str) -> str | None:
    """The last name of a path, tidy."""
    return tidy_text(given.replace("\\", "/").rpartition("/")[2])


def tidy_text(given: str) -> str | None:
    """A text without what a person would not see; at most 255 characters, at least one."""
    return "".join(char for char in given if char.isprintable())[:_LONGEST_TEXT] or None


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose request this is, under which key's name, and the Idempotency-Key that it holds."""

    account_id: AccountId
    default_region: str
    name: str | None = None
    once: Once | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """What is known of an upload: options and name when they have come in, the rest when landed."""

    caller: Caller
    import_id: ImportId
    received_at: datetime
    source_key: ObjectKey
    options: ImportOptions = field(default_factory=ImportOptions)
    file_name: str | None = None
    size: int = 0
    sha256: bytes | None = None
    way: Way = Way.FILE

    @property
    def source(self) -> Source:
        """What the splitter reads."""
        return Source(
            account_id=self.caller.account_id,
            import_id=self.import_id,
            key=self.source_key,
            size=self.size,
            options=self.options,
            default_region=self.options.default_region or self.caller.default_region,
        )
