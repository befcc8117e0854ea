"""Exports: what was exported, imported into an empty account and exported again, is the same."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from tempfile import TemporaryFile
from typing import Any

import httpx2
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.database import Database, connected
from tests.fixtures.ingest import api_client, ingest_settings
from tests.fixtures.pipeline import Pipeline, pipeline_of

from enlist_ingest.contacts_edits import Edits
from enlist_ingest.contacts_filter import EVERYBODY
from enlist_ingest.exports import Exports
from enlist_ingest.lists import Lists
from enlist_rules.fields import CUSTOM_PREFIX
from enlist_rules.header import EXPORT_COLUMNS
from enlist_rules.neutralising import SIGNS
from enlist_rules.numbers.regions import DEFAULT_NUMBER_TYPES
from enlist_rules.options import NumberRules
from enlist_rules.typed import TypedRejectedError, read_typed
from enlist_shared.accounts import create_account
from enlist_shared.ids import AccountId
from enlist_shared.options import Channel
from enlist_shared.settings import S3Settings
from enlist_shared.workbooks.limits import Limits
from enlist_shared.workbooks.reading import open_sheet

RULES = NumberRules("GB", convert_national=True, number_types=frozenset(DEFAULT_NUMBER_TYPES))
NASTY = ("=1+1", "'=1+1", "''@x", "+44", "-", "@", "＝1", "a;b,c\td", 'say "hi"', "two\nlines",
         "one\r\ntwo", "'", "#N/A", "null", "phone_number", "Größe", "名前", "😀",
         "\u202etxt")  # fmt: skip


def texts(limit: int) -> st.SearchStrategy[str]:
    """Text that spreadsheets, readers and rules stumble over."""
    alphabet = st.sampled_from([*"aZé ,;|\t\"'\n\r=+-@", "\u200b", "\x07", "ß", "ﬁ"])
    return st.one_of(st.sampled_from(NASTY), st.text(alphabet, min_size=1, max_size=limit))


@st.composite
def people(draw: st.DrawFn) -> dict[str, str]:
    """The cells of one contact, by target."""
    few = st.sampled_from(range(3))
    person = {"phone_number": f"+44740000000{draw(few)}"}
    optional = {
        "title": texts(8), "first_name": texts(8), "last_name": texts(8), "city": texts(20),
        "company_name": texts(20), "date_of_birth": texts(10), "postcode": texts(10),
        "alternate_phone_number": st.sampled_from(("07400 000001", "ask", "=7")),
        "whatsapp_number": st.just("+447400000009"), "country_code": st.sampled_from(("GB", "49")),
        "email": st.sampled_from(("a@example.com", "=a@example.com", "'+a@example.com")),
        f"{CUSTOM_PREFIX}{draw(custom_names())}": texts(20),
        f"{CUSTOM_PREFIX}Size": texts(4), f"{CUSTOM_PREFIX}size": texts(4),
    }  # fmt: skip
    chosen = draw(st.sets(st.sampled_from(sorted(optional))))
    return person | {target: draw(optional[target]) for target in sorted(chosen)}


def custom_names() -> st.SearchStrategy[str]:
    return st.sampled_from(("Shoe, size", "=cmd", 'a "b"', "phone", "e-mail", "custom.x", "lists"))


@dataclass(frozen=True)
class Person:
    """A contact to be typed, and the lists that it joins."""

    cells: dict[str, str]
    lists: list[str]


LISTS = st.lists(st.sampled_from(("News", "=VIP", '"Größe", alle')), max_size=3)
PERSONS = st.lists(st.builds(Person, people(), LISTS), max_size=8)


@pytest.fixture
async def pipeline(
    database: Database, s3_settings: S3Settings, account_id: AccountId
) -> AsyncIterator[Pipeline]:
    async with pipeline_of(account_id, database, s3_settings) as one:
        yield one


async def new_account(database: Database) -> AccountId:
    async with connected(database.dsn("enlist_owner")) as owner:
        account_id, _ = await create_account(owner, "test")
    return account_id


async def fill(pool: Any, account_id: AccountId, persons: list[Person]) -> None:
    """Type the persons that the rules take."""
    edits, lists = Edits(pool), Lists(pool)
    for person in persons:
        try:
            typed = read_typed(person.cells, RULES)
        except TypedRejectedError:
            continue
        ids = await lists.chosen(account_id, person.lists)
        await edits.add(account_id, typed, Channel.PHONE, ids)


async def exported(pool: Any, account_id: AccountId, kind: str = "csv") -> bytes:
    export = await Exports(pool).begin(account_id, EVERYBODY)
    return b"".join([part async for part in getattr(export, kind)()])


def as_read(book: bytes) -> bytes:
    """The text that an import of a workbook is cut from."""
    with TemporaryFile() as file:
        file.write(book)
        with open_sheet(file, None, Limits(3_000_000_000, 60, 60)) as sheet:
            return b"".join(sheet.blocks)


@given(persons=PERSONS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_export_import_export_is_the_identity(
    pipeline: Pipeline, ingest_pool: Any, database: Database, persons: list[Person]
) -> None:
    """To the byte, without a word about how the file is to be read."""
    account_id = await new_account(database)
    await fill(ingest_pool, account_id, persons)
    first = await exported(ingest_pool, account_id)
    if first.count(b"\r\n") == 1:
        return
    other = await new_account(database)
    await replace(pipeline, account_id=other).import_file(first)
    assert await exported(ingest_pool, other) == first


async def test_a_workbook_comes_back_too(
    pipeline: Pipeline, ingest_pool: Any, database: Database
) -> None:
    """Its cells are text, and nothing in them is taken for what it is not."""
    cells = {"phone_number": "+447400000001", "first_name": "=1+1", "city": "'=1+1"}
    person = Person(cells | {"custom.a": "''@x", "custom.b": "007"}, ["News", "=VIP"])
    await fill(ingest_pool, pipeline.account_id, [person])
    text = as_read(await exported(ingest_pool, pipeline.account_id, "xlsx"))
    assert b"\n+447400000001,,=1+1," in text.replace(b"\r", b"")
    other = await new_account(database)
    await replace(pipeline, account_id=other).import_file(text)
    first = await exported(ingest_pool, pipeline.account_id)
    assert await exported(ingest_pool, other) == first


async def test_no_cell_is_run_as_a_formula(ingest_pool: Any, account_id: AccountId) -> None:
    """Neither in the header nor below."""
    cells = {"phone_number": "+447400000001", **{f"custom.{sign}x": f"{sign}1" for sign in "=+-@"}}
    await fill(ingest_pool, account_id, [Person(cells, ["=L"])])
    frame = pl.read_csv(await exported(ingest_pool, account_id), has_header=False)
    signs = tuple(SIGNS.replace("\\", ""))
    assert [cell for row in frame.rows() for cell in row if cell and cell.startswith(signs)] == []


@pytest.fixture
async def client(database: Database, s3_settings: S3Settings) -> AsyncIterator[httpx2.AsyncClient]:
    async with connected(database.dsn("enlist_owner")) as owner:
        _, key = await create_account(owner, "test")
    options = ingest_settings(database.settings("enlist_ingest"), s3_settings)
    async with api_client(options, key) as client:
        yield client


async def test_what_is_exported_is_what_is_asked_for(client: httpx2.AsyncClient) -> None:
    """The members of a list, or the contacts of a filter; with the custom fields that they have."""
    for number, name, lists in ((1, "Ann", ["News"]), (2, "Bob", []), (3, "Anna", ["News", "A"])):
        said = {"phone_number": f"+44740000000{number}", "first_name": name, "lists": lists}
        await client.post("/v1/contacts", json=said | {"custom": {f"of {name}": "x"}})
    answer = await client.get("/v1/lists/1/export.csv")
    assert answer.headers["content-disposition"].startswith('attachment; filename="News.csv"')
    head, *rows = answer.text.split("\r\n")
    assert head.removeprefix("\ufeff").split(",") == [
        *EXPORT_COLUMNS, "custom.of Ann", "custom.of Anna"
    ]  # fmt: skip
    assert rows == [
        "'+447400000003,,Anna,,,,,,,,,,,,,A;News,,x",
        "'+447400000001,,Ann,,,,,,,,,,,,,News,x,",
        "",
    ]
    filtered = await client.get(
        "/v1/contacts/export.csv", params={"name": "ann", "custom.of Ann": "x"}
    )
    assert [row.split(",")[2] for row in filtered.text.split("\r\n")[1:-1]] == ["Ann"]
    book = await client.get("/v1/contacts/export.xlsx")
    assert book.content.startswith(b"PK")
    assert (await client.get("/v1/lists/7/export.csv")).status_code == 404
