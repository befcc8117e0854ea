"""Where a file is cut decides nothing: split, normalised and put together again, it is the same."""

from io import BytesIO
from typing import Any
from uuid import UUID

import polars as pl
from hypothesis import given, reject, settings
from pydantic import SecretStr
from tests.fixtures.ingest import NO_BROKER
from tests.model.strategies import Upload, uploads

from enlist_ingest.division import Divider, Source
from enlist_ingest.settings import IngestSettings
from enlist_normalize.chunk import normalize_chunk
from enlist_rules.codes import PermanentFailure
from enlist_shared.ids import AccountId, ImportId, ObjectKey
from enlist_shared.manifests import ImportManifest, Slice
from enlist_shared.options import ImportOptions
from enlist_shared.settings import PostgresSettings, S3Settings

NOBODY = UUID(int=0)
Parts = dict[str, list[tuple[Any, ...]]]


def divided(upload: Upload, chunk_bytes: int) -> ImportManifest:
    """The import's manifest when chunks have that size, and shards four records."""
    divider = Divider(
        Source(
            AccountId(NOBODY),
            ImportId(NOBODY),
            ObjectKey("source"),
            len(upload.data),
            ImportOptions.model_validate(upload.options),
            "GB",
        ),
        IngestSettings(
            kafka=NO_BROKER,
            postgres=PostgresSettings(dsn=SecretStr("")),
            s3=S3Settings(access_key=SecretStr(""), secret_key=SecretStr("")),
            chunk_bytes=chunk_bytes,
            shard_records=4,
        ),
    )
    divider.feed(upload.data)
    return divider.finish().manifest


def put_together(upload: Upload, manifest: ImportManifest) -> Parts:
    """The rows of each shard and the rejects, by record, out of all chunks."""
    parts: Parts = {}
    for number, plan in enumerate(manifest.chunks):
        chunk = normalize_chunk(manifest, number, upload.data[plan.start : plan.end])
        assert chunk.manifest.records == plan.records
        assert chunk.manifest.forwarded + chunk.manifest.rejected == plan.records
        for shard, piece in enumerate(chunk.manifest.shards):
            parts.setdefault(f"shard {shard}", []).extend(_rows(chunk.body, piece))
        parts.setdefault("rejects", []).extend(_rows(chunk.body, chunk.manifest.rejects))
    return parts


def _rows(body: bytes, piece: Slice) -> list[tuple[Any, ...]]:
    if not piece.rows:
        return []
    stream = BytesIO(body[piece.offset : piece.offset + piece.length])
    return pl.read_ipc_stream(stream).sort("record").rows()


@given(uploads(max_rows=8))
@settings(max_examples=6)
def test_chunks_of_every_size_give_the_same_rows(upload: Upload) -> None:
    """From one byte, where every record is a chunk, to the whole file in one."""
    try:
        whole = divided(upload, len(upload.data))
    except PermanentFailure:
        reject()
    expected = put_together(upload, whole)
    seen = {whole.chunks}
    for chunk_bytes in range(1, len(upload.data)):
        manifest = divided(upload, chunk_bytes)
        if manifest.chunks not in seen:
            seen.add(manifest.chunks)
            assert put_together(upload, manifest) == expected
