"""What splitting decides about an import, from its bytes as they go by; no I/O here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from enlist_ingest.settings import IngestSettings
from enlist_rules.codes import Code
from enlist_rules.dividing import TextDivider, detected
from enlist_rules.encodings import Encoding
from enlist_rules.layout import Layout, LayoutRules
from enlist_rules.splitting import Cut
from enlist_shared.ids import AccountId, ImportId, ObjectKey
from enlist_shared.manifests import ChunkPlan, ImportManifest
from enlist_shared.options import ImportOptions
from enlist_shared.topics import Lane
from enlist_shared.workbooks.reading import Sheet

MOST_SHARDS: Final = 64


def shards_for(records: int, shard_records: int) -> int:
    """The smallest power of two, at most 64, that keeps the average shard within its size."""
    shards = 1
    while shards < MOST_SHARDS and records > shards * shard_records:
        shards *= 2
    return shards


@dataclass(frozen=True, slots=True)
class Source:
    """An upload that lies in S3 whole, and how its owner wants it read."""

    account_id: AccountId
    import_id: ImportId
    key: ObjectKey
    size: int
    options: ImportOptions
    default_region: str


@dataclass(frozen=True, slots=True)
class Division:
    """A split import: how to read it, and what the importer is told of how it was read."""

    manifest: ImportManifest
    records: int
    detected: Mapping[str, Any]
    warnings: Mapping[Code, int]

    @property
    def lane(self) -> Lane:
        """One chunk and one shard go the short way (architecture, decision 9)."""
        small = len(self.manifest.chunks) == 1 and self.manifest.shards == 1
        return Lane.SMALL if small else Lane.MAIN


class Divider:
    """Fed with a text from its first byte, the first block being `HEAD_BYTES` or all of it.

    `sheet`: what it was in a workbook; then it is CSV, whatever the importer said.

    Refuses with PermanentFailure, whose code says why these bytes are no contact file.
    """

    def __init__(
        self, source: Source, settings: IngestSettings, sheet: Sheet | None = None
    ) -> None:
        self._source = source
        self._settings = settings
        self._sheet = sheet
        rules = _rules(source)
        self._text = TextDivider(
            replace(rules, encoding=Encoding.UTF_8, separator=",") if sheet else rules,
            source.size,
            chunk_bytes=settings.chunk_bytes,
            max_records=settings.max_records,
        )
        self._chunks: list[ChunkPlan] = []

    def feed(self, block: bytes) -> None:
        """Take the next bytes."""
        self._chunks += map(_plan, self._text.feed(block))

    def finish(self) -> Division:
        """The upload has ended: what was decided."""
        self._chunks += map(_plan, self._text.finish())
        layout = self._text.layout
        return Division(
            manifest=self._manifest(layout, self._text.records),
            records=self._text.records,
            detected=detected(layout) | (self._sheet.detected if self._sheet else {}),
            warnings=layout.warnings,
        )

    def _manifest(self, layout: Layout, records: int) -> ImportManifest:
        source = self._source
        replaces = source.options.most_unlisted is not None  # one shard sees all who are met
        return ImportManifest(
            account_id=source.account_id,
            import_id=source.import_id,
            source_key=source.key,
            encoding=layout.dialect.encoding,
            separator=layout.dialect.separator,
            has_header=layout.has_header,
            columns=layout.columns,
            mapping=layout.mapping,
            options=source.options,
            default_region=source.default_region,
            number_types=tuple(sorted(source.options.taken_types)),
            shards=1 if replaces else shards_for(records, self._settings.shard_records),
            chunks=tuple(self._chunks),
        )


def _rules(source: Source) -> LayoutRules:
    options = source.options
    return LayoutRules(
        header=options.header,
        encoding=options.encoding,
        separator=options.separator,
        mapping=options.mapping or {},
        unmapped=options.unmapped,
        default_region=source.default_region,
    )


def _plan(cut: Cut) -> ChunkPlan:
    return ChunkPlan.model_validate(cut, from_attributes=True)
