"""A chunk's bytes to the object that merge reads: one Arrow stream a shard, then the rejects."""

from dataclasses import dataclass
from io import BytesIO
from typing import Final

import polars as pl

from enlist_rules.codes import Code
from enlist_rules.encodings import to_utf8
from enlist_rules.identity import name_key
from enlist_rules.listing import SEPARATOR
from enlist_rules.numbers import LIBRARY_VERSION
from enlist_rules.reading import Rows
from enlist_rules.returning import read_again
from enlist_rules.rows import REJECT, numbers_alone, slot
from enlist_rules.texts import holds_controls
from enlist_rules.validation import Normalized, normalize
from enlist_shared.ids import ObjectKey
from enlist_shared.keys import chunk_rows_key
from enlist_shared.manifests import ChunkManifest, ImportManifest, Slice
from enlist_shared.options import Channel, Purpose

_COMPRESSION: Final = "lz4"


@dataclass(frozen=True, slots=True)
class Chunk:
    """What normalising made of a chunk: the object to store, and the manifest that describes it."""

    key: ObjectKey
    body: bytes
    manifest: ChunkManifest


def normalize_chunk(manifest: ImportManifest, chunk: int, data: bytes) -> Chunk:
    """Apply the rules to the bytes of a chunk. Pure: the same bytes give the same object."""
    plan = manifest.chunks[chunk]
    text = to_utf8(data, manifest.encoding)
    read = read_again(
        text,
        manifest.columns,
        manifest.separator,
        has_header=manifest.has_header,
        first_record=plan.first_record,
    )
    normalized = normalize(
        read.frame, manifest.mapping, manifest.reading_rules, controls=holds_controls(text)
    )
    rows, rejects = _forwarded(normalized.rows, manifest), _all_rejects(read, normalized)
    body, slices = _concatenate([*_by_shard(rows, manifest.shards), rejects])
    key = chunk_rows_key(manifest.account_id, manifest.import_id, chunk, body)
    description = ChunkManifest(
        chunk=chunk,
        key=key,
        records=read.records,
        forwarded=rows.height,
        rejected=rejects.height,
        shards=tuple(slices[:-1]),
        rejects=slices[-1],
        reasons=_reasons(rejects),
        list_names=_list_names(rows["lists"]),
        phonenumbers_version=LIBRARY_VERSION,
    )
    return Chunk(key, body, description)


def _forwarded(rows: pl.DataFrame, manifest: ImportManifest) -> pl.DataFrame:
    options = manifest.options
    if options.purpose is Purpose.OPT_OUT:
        return numbers_alone(rows, on_whatsapp=options.channel is Channel.WHATSAPP)
    return rows


def _all_rejects(read: Rows, normalized: Normalized) -> pl.DataFrame:
    unreadable = read.refused.select("record", "code", pl.lit(None, pl.String).alias("field"))
    return pl.concat([unreadable.cast(REJECT), normalized.rejects]).sort("record")


def _by_shard(rows: pl.DataFrame, shards: int) -> list[pl.DataFrame]:
    if shards == 1:
        return [rows]
    numbered = rows.with_columns(shard=slot(pl.col("phone_number")) % shards)
    parts = numbered.partition_by("shard", as_dict=True, include_key=False)
    return [parts.get((shard,), rows.clear()) for shard in range(shards)]


def _concatenate(frames: list[pl.DataFrame]) -> tuple[bytes, list[Slice]]:
    buffer = BytesIO()
    slices = []
    for frame in frames:
        offset = buffer.tell()
        if not frame.is_empty():
            frame.write_ipc_stream(buffer, compression=_COMPRESSION)
        slices.append(Slice(offset=offset, length=buffer.tell() - offset, rows=frame.height))
    return buffer.getvalue(), slices


def _reasons(rejects: pl.DataFrame) -> dict[Code, int]:
    return {Code(code): count for code, count in rejects["code"].value_counts().iter_rows()}


def _list_names(lists: pl.Series) -> tuple[str, ...]:
    names: dict[str, str] = {}
    for cell in lists.drop_nulls().unique(maintain_order=True):
        for name in cell.split(SEPARATOR):
            names.setdefault(name_key(name), name)
    return tuple(names[key] for key in sorted(names))
