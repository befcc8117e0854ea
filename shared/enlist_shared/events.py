"""One frozen model per topic, named in the past tense.

Events carry ids, object keys, counts and checksums, never rows and never personal data
(architecture, decision 1). The bodies are JSON; the CloudEvents attributes travel as headers.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from enlist_rules.codes import Code
from enlist_shared.consent import ConsentSource, ConsentState
from enlist_shared.ids import AccountId, ImportId, ListId, ObjectKey
from enlist_shared.options import Channel, ImportOptions, Purpose, Source
from enlist_shared.states import Status


class Event(BaseModel):
    """What every event says: whose import it is about. Unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    account_id: AccountId
    import_id: ImportId


def _in_utc(time: datetime) -> datetime:
    """A sender that forgets the offset must not lose an opt-out by it."""
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


RequestId = Annotated[
    str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]+$")
]


class _DescribedAsOptions:
    """Read later, when the import that they may fail is known; promised now."""

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(ImportOptions.__pydantic_core_schema__)


class UploadRequested(BaseModel):
    """Another service has put a file of contacts into the bucket and wants it imported."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    account_id: AccountId
    object_key: str = Field(description="under uploads/{account_id}/, at most 1,024 bytes")
    request_id: RequestId = Field(description="the sender's; one import for each, however often")
    file_name: str | None = Field(default=None, description="to be shown; none: the key's last")
    options: Annotated[dict[str, Any], _DescribedAsOptions()] = Field(
        default={}, description="as in POST /v1/imports/file"
    )
    correlation_id: str | None = Field(default=None, description="echoed in both final events")


class ImportAccepted(Event):
    """A whole upload lies in S3 and waits to be split."""


class ChunkReady(Event):
    """A slice of whole records waits to be normalised."""

    chunk: int = Field(ge=0)
    manifest_key: ObjectKey


class ChunkNormalized(Event):
    """A chunk has been normalised, or never will be."""

    chunk: int = Field(ge=0)
    result: Literal["done", "failed"]
    key: ObjectKey | None = Field(default=None, description="the chunk's manifest, when done")
    code: Code | None = Field(default=None, description="why, when failed")


class ShardReady(Event):
    """A shard waits to be merged."""

    shard: int = Field(ge=0, lt=64)


class Counts(BaseModel):
    """The balance of an import, in records; the identity of contacts.md holds at any time."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    records: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicate: int = 0
    rejected: int = 0
    unprocessed: int = 0
    warnings: int = 0
    suppressed: int = 0
    listed: int = 0
    unlisted: int = 0
    fixed_line: int = 0

    @property
    def balances(self) -> bool:
        outcomes = self.created + self.updated + self.unchanged + self.duplicate
        return self.records == outcomes + self.rejected + self.unprocessed


class Progress(BaseModel):
    """How far an import has come, in units; `waiting` units back off before another try."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    chunks: int = 0
    chunks_normalized: int = 0
    shards: int = 0
    shards_merged: int = 0
    waiting: int = 0


class ImportProgressed(Event):
    """An import changed its state, or moved on within it (at most one a second)."""

    status: Status
    progress: Progress


class _Ended(Event):
    """What both final events report."""

    source: Source
    purpose: Purpose
    correlation_id: str | None
    lists: tuple[ListId, ...]
    channel: Channel
    counts: Counts
    reasons: dict[Code, int]
    warning_reasons: dict[Code, int]
    accepted_at: datetime
    completed_at: datetime


class ImportCompleted(_Ended):
    """The confirmation: every record of the import has its outcome."""


class ImportFailed(_Ended):
    """An import failed or was cancelled; what is not merged counts as unprocessed."""

    status: Literal[Status.FAILED, Status.CANCELLED]
    code: Code | None


class ConsentChanged(BaseModel):
    """A number has another consent now; or some numbers, by an import that has ended."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    account_id: AccountId
    consent_id: UUID | None = Field(description="of a single change: GET /v1/consents/{consent_id}")
    import_id: ImportId | None = Field(description="of the import, if one changed them")
    channel: Channel
    state: ConsentState = Field(description="that they have now")
    source: ConsentSource
    numbers: int = Field(ge=1, description="how many; 1 of a single change")
    effective_at: datetime | None = Field(
        description="of a single change: the time that is compared; an import names it by number"
    )
    object_key: ObjectKey | None = Field(description="of an import: where its numbers are named")


class SmsReceived(BaseModel):
    """A person has sent a message to a virtual number of an account."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", validate_by_name=True, serialize_by_alias=True
    )

    account_id: AccountId
    message_id: RequestId = Field(description="the sender's; heard once, however often it comes")
    sender: str = Field(alias="from", max_length=255, description="E.164, with or without its +")
    to: str = Field(max_length=255, description="the virtual number, or a short code")
    body: str
    received_at: Annotated[datetime, AfterValidator(_in_utc)] = Field(
        description="without an offset: UTC; in the future: now"
    )


class DeadLettered(BaseModel):
    """Where a message lies that no handler can process: coordinates, never its content."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    topic: str
    partition: int
    offset: int
    reason: str = Field(description="a code or the name of an exception's class")
