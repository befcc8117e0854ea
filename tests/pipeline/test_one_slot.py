"""Files that defeat the partitioning: everything about one number, or in one slot."""

import pytest
from tests.fixtures.tenant import Tenant
from tests.pipeline.checks import balances, is_confirmed

from enlist_rules.rows import SLOTS

RECORDS = 100_000


@pytest.mark.timeout(180)
async def test_a_hundred_thousand_records_of_one_number(tenant: Tenant) -> None:
    """One contact with the last value of its field; every other record is a duplicate."""
    lines = (f"+447911123456,Anna,City {n}" for n in range(RECORDS))
    data = "\n".join(["phone,first_name,city", *lines]).encode()
    found = await tenant.import_file(data, seconds=90)
    balances(found)
    await is_confirmed(tenant, found)
    counts = found["counts"]
    assert (counts["created"], counts["duplicate"]) == (1, RECORDS - 1)
    assert found["warning_reasons"] == {"duplicate_conflict": RECORDS - 1}
    (contact,) = (await tenant.contacts()).values()
    assert contact.fields == {"first_name": "Anna", "city": f"City {RECORDS - 1}"}


@pytest.mark.timeout(180)
async def test_a_hundred_thousand_numbers_of_one_slot(tenant: Tenant) -> None:
    """Numbers in steps of 64 all meet in one slot, and all are created."""
    lines = (f"+44{7_400_000_000 + n * SLOTS},City {n}" for n in range(RECORDS))
    data = "\n".join(["phone,city", *lines]).encode()
    found = await tenant.import_file(data, seconds=90)
    balances(found)
    assert found["counts"]["created"] == RECORDS
    slots = await tenant.rows.fetchval(
        "SELECT count(DISTINCT substr(phone_number, 2)::bigint % $1) FROM contacts", SLOTS
    )
    assert slots == 1
