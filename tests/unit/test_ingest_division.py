"""What splitting decides about an import."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from tests.fixtures.ingest import NO_BROKER, TEN

from enlist_ingest.division import MOST_SHARDS, Divider, Division, Source, shards_for
from enlist_ingest.settings import IngestSettings
from enlist_rules.codes import PermanentFailure
from enlist_rules.numbers import DEFAULT_NUMBER_TYPES
from enlist_shared.ids import AccountId, ImportId, ObjectKey
from enlist_shared.manifests import ChunkPlan, ImportManifest
from enlist_shared.options import ImportOptions
from enlist_shared.settings import PostgresSettings, S3Settings
from enlist_shared.topics import Lane

ACCOUNT, IMPORT = AccountId(UUID(int=1)), ImportId(UUID(int=2))


def divided(
    body: bytes, options: ImportOptions | None = None, block: int = 1 << 23, **sizes: int
) -> Division:
    settings = IngestSettings(
        kafka=NO_BROKER,
        postgres=PostgresSettings(dsn=SecretStr("")),
        s3=S3Settings(access_key=SecretStr(""), secret_key=SecretStr("")),
        **sizes,  # type: ignore[arg-type]
    )
    key = ObjectKey("source")
    source = Source(ACCOUNT, IMPORT, key, len(body), options or ImportOptions(), "GB")
    divider = Divider(source, settings)
    for at in range(0, len(body) or 1, block):
        divider.feed(body[at : at + block])
    return divider.finish()


@pytest.mark.parametrize(
    ("records", "shards"),
    [(0, 1), (1, 1), (100, 1), (101, 2), (200, 2), (201, 4), (6_400, 64), (10**9, 64)],
)
def test_shards_are_the_fewest_that_keep_their_size(records: int, shards: int) -> None:
    """The number of shards is the smallest power of two that is enough, at most 64."""
    assert shards == shards_for(records, 100)


@given(st.integers(0, 10**8), st.integers(1, 10**6))
def test_shards_divide_the_slots(records: int, shard_records: int) -> None:
    """Every number of shards divides the 64 slots, and no smaller one would be enough."""
    shards = shards_for(records, shard_records)
    assert MOST_SHARDS % shards == 0
    assert shards == 1 or records > shards // 2 * shard_records
    assert shards == MOST_SHARDS or records <= shards * shard_records


def test_the_manifest_says_how_to_read_the_import() -> None:
    """A small file becomes one chunk and one shard, and its manifest says all of it."""
    division = divided(TEN)
    assert division == Division(
        manifest=ImportManifest(
            account_id=ACCOUNT,
            import_id=IMPORT,
            source_key=ObjectKey("source"),
            encoding="utf-8",
            separator=",",
            has_header=True,
            columns=("phone", "first name"),
            mapping=("phone_number", "first_name"),
            options=ImportOptions(),
            default_region="GB",
            number_types=tuple(sorted(DEFAULT_NUMBER_TYPES)),
            shards=1,
            chunks=(ChunkPlan(start=17, end=len(TEN), first_record=1, records=10),),
        ),
        records=10,
        detected={
            "encoding": "utf-8",
            "encoding_confidence": 1.0,
            "separator": ",",
            "line_break": "\n",
            "header": True,
            "preamble_rows": 0,
            "mapping": [
                {"column": "phone", "field": "phone_number"},
                {"column": "first name", "field": "first_name"},
            ],
        },
        warnings={},
    )
    assert division.lane is Lane.SMALL


@pytest.mark.parametrize("sizes", [{"chunk_bytes": 50}, {"shard_records": 9}])
def test_more_than_one_unit_takes_the_main_lane(sizes: dict[str, int]) -> None:
    """Two chunks, or two shards, are no small import."""
    assert divided(TEN, None, **sizes).lane is Lane.MAIN


def test_options_reach_the_manifest() -> None:
    """Explicit number types and a mapping replace what would be found."""
    options = ImportOptions(number_types=("MOBILE",), mapping={"first name": "company_name"})
    manifest = divided(TEN, options).manifest
    assert (manifest.number_types, manifest.mapping) == (
        ("MOBILE",),
        ("phone_number", "company_name"),
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"),
        (b"\x1f\x8b\x08\0", "compressed"),
        (b"%PDF-1.7\n", "type_mismatch"),
        (b"colour,size\nred,large\n", "header_missing"),
        (b'phone,name\n+447700900100,"Ann\n', "unterminated_quote"),
    ],
)
def test_what_is_no_contact_file_is_refused(body: bytes, code: str) -> None:
    """Bytes decide; the refusal carries the code that the importer sees."""
    with pytest.raises(PermanentFailure) as refusal:
        divided(body)
    assert refusal.value.code == code


@pytest.mark.parametrize("block", [1 << 20, 3 << 20])
@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252", "windows-1251"])
def test_letters_that_come_late_tell_the_encoding(encoding: str, block: int) -> None:
    """Whoever has an accent late in the alphabet is called by it, wherever the blocks end."""
    name = "Иванов,Зыков" if encoding == "windows-1251" else "José,Müller"
    body = b"phone,first,last\n" + b"+447911123456,Anna,Lee\n" * 110_000
    body += f"+447911123457,{name}\n".encode(encoding)
    manifest = divided(body, block=block).manifest

    assert manifest.encoding == encoding
    assert manifest.chunks[-1].end == len(body)


def test_damage_that_comes_late_concerns_its_record() -> None:
    """A bad byte far behind is no reason to refuse the file."""
    body = b"phone,first\n" + b"+447911123456,Anna\n" * 90_000 + b"+447911123457,\x81\n"

    assert divided(body).manifest.encoding == "utf-8"


def test_too_many_records_are_refused() -> None:
    """An import of more records than the limit is refused before anything is made of it."""
    with pytest.raises(PermanentFailure) as refusal:
        divided(TEN, max_records=9)
    assert refusal.value.code == "too_many_records"
