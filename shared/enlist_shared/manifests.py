"""The two documents that lie in S3 because they do not fit an event.

An import's manifest is written once, when splitting ends: where the chunks lie and how to read
them. A chunk's manifest says what normalising made of it and where each shard's rows are.
"""

from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.encodings import Encoding
from enlist_rules.options import NumberRules, OverLimit, ReadingRules
from enlist_shared.ids import AccountId, ImportId, ObjectKey
from enlist_shared.options import ImportOptions


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def of(cls, body: bytes) -> Self:
        """What an object's bytes say.

        Raises:
            PermanentFailure: they are no such document, and never will be.
        """
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            raise PermanentFailure(Code.CHUNK_UNREADABLE, "a manifest is damaged") from error


class Slice(_Document):
    """A range of bytes within an object, and how many rows it holds."""

    offset: int
    length: int
    rows: int


class ChunkPlan(_Document):
    """Where a chunk lies in the source: bytes `[start, end)`, records from `first_record` on."""

    start: int
    end: int
    first_record: int
    records: int


class ImportManifest(_Document):
    """How to read an import.

    `columns` are the header's cells as they stand in the file (made-up names without a header);
    `mapping` gives for each column a field, `custom.<name>`, `name`, `lists` or `skip`.
    """

    account_id: AccountId
    import_id: ImportId
    source_key: ObjectKey
    encoding: Encoding
    separator: str
    has_header: bool
    columns: tuple[str, ...]
    mapping: tuple[str, ...]
    options: ImportOptions
    default_region: str
    number_types: tuple[str, ...]
    shards: int
    chunks: tuple[ChunkPlan, ...]

    @property
    def reading_rules(self) -> ReadingRules:
        return ReadingRules(
            numbers=NumberRules(
                default_region=self.default_region,
                convert_national=self.options.convert_national,
                number_types=frozenset(self.number_types),
            ),
            over_limit=OverLimit(self.options.over_limit),
        )


class ChunkManifest(_Document):
    """What normalising made of a chunk.

    `key` is the object that holds one Arrow IPC stream per shard, then one with the rejects;
    `shards[i]` is where shard i's rows lie (length 0 when it has none).
    """

    chunk: int
    key: ObjectKey
    records: int
    forwarded: int
    rejected: int
    shards: tuple[Slice, ...]
    rejects: Slice
    reasons: dict[Code, int]
    list_names: tuple[str, ...]
    phonenumbers_version: str
