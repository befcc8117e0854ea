"""What is typed by hand becomes what the same record becomes in an import, by the model."""

import csv
from io import StringIO
from typing import Any

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.database import Database, connected
from tests.fixtures.tenant import CONTACTS, as_contact
from tests.model.account import Account

from enlist_ingest.contacts_edits import Edits
from enlist_ingest.lists import Lists
from enlist_rules.numbers.regions import DEFAULT_NUMBER_TYPES
from enlist_rules.options import NumberRules
from enlist_rules.typed import TypedRejectedError, read_typed
from enlist_shared.accounts import create_account
from enlist_shared.ids import AccountId
from enlist_shared.options import Channel

CELLS = {
    "phone_number": ("+447911123456", "+44 7911 123456", "+447911123520", "07911123456", "+44791"),
    "first_name": ("", "", "Anna", "ANNA", " anna ", "José"),
    "last_name": ("", "", "Lee", "lee", "Straße", "STRASSE"),
    "whatsapp_number": ("", "", "+447911123520", "999"),
    "country_code": ("", "GB", "44", "XX"),
    "email": ("", "a@example.com", "A@example.com", "nonsense"),
    "city": ("", "London", "Leeds\nYorkshire", "C" * 129, "#N/A"),
    "Shoe size": ("", "42", "43"),
}
RECORDS = st.fixed_dictionaries({name: st.sampled_from(texts) for name, texts in CELLS.items()})
LISTS = st.lists(st.sampled_from(("News", "news", "Größe")), max_size=2)
STEPS = st.lists(st.tuples(RECORDS, LISTS, st.sampled_from(Channel)), min_size=1, max_size=6)
RULES = NumberRules("GB", convert_national=False, number_types=frozenset(DEFAULT_NUMBER_TYPES))


def by_the_model(
    account: Account, record: dict[str, str], lists: list[str], channel: Channel
) -> tuple[str, str | None, dict[str, int]]:
    """Outcome, code and warnings of a file with this record alone."""
    text = StringIO()
    csv.writer(text).writerows((record.keys(), record.values()))
    result = account.import_file(text.getvalue().encode(), {"lists": lists, "channel": channel})
    ((_, outcome, code),) = result.outcomes
    return outcome, code, result.warning_reasons


async def by_hand(
    pool: asyncpg.Pool, account_id: AccountId, record: dict[str, str], lists: list[str],
    channel: Channel,
) -> tuple[str, str | None, dict[str, int]]:  # fmt: skip
    """The same of a record that is typed."""
    targets = {"Shoe size": "custom.Shoe size"}
    try:
        typed = read_typed({targets.get(name, name): text for name, text in record.items()}, RULES)
    except TypedRejectedError as rejected:
        return "rejected", rejected.code, {}
    ids = await Lists(pool).chosen(account_id, lists)
    edited = await Edits(pool).add(account_id, typed, channel, ids)
    return edited.outcome, None, {str(code): 1 for code, _ in edited.warnings}


@given(steps=STEPS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_record_becomes_the_same(
    database: Database, ingest_pool: asyncpg.Pool, observer: asyncpg.Connection, steps: list[Any]
) -> None:
    """Outcomes, warnings, and every contact with its channels and lists in the end."""
    async with connected(database.dsn("enlist_owner")) as owner:
        account_id, _ = await create_account(owner, "test")
    model = Account()
    for record, lists, channel in steps:
        expected = by_the_model(model, record, lists, channel)
        assert await by_hand(ingest_pool, account_id, record, lists, channel) == expected
    rows = await observer.fetch(f"{CONTACTS} WHERE c.account_id = $1", account_id)
    keys = ("phone_number", "first_key", "last_key")
    assert {tuple(row[key] for key in keys): as_contact(row) for row in rows} == model.contacts
