"""How long a page of the search takes among many contacts: `python -m tests.bench.search`.

A PostgreSQL server of its own is filled with people who are spread as names are, and each kind of
question is asked many times, from random places. What is measured is a page as the API reads it:
transaction, walk and conditions, without HTTP. Times are wall clock, so that the machine must be
quiet; the CPU seconds of the whole run are printed beside.
"""

import argparse
import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Final

import asyncpg
from pydantic import SecretStr
from tests.fixtures.database import connected

from enlist.embedded.postgres import running_postgres
from enlist_ingest.contacts_filter import ContactFilter, WantedConsent
from enlist_ingest.contacts_reads import Reads
from enlist_shared.accounts import create_account
from enlist_shared.ids import AccountId, ListId
from enlist_shared.migrations import OWNER, ROLES, prepare_database, role_dsn
from enlist_shared.postgres import open_pool
from enlist_shared.settings import PostgresSettings

GOAL: Final = 50.0  # milliseconds, for 95 of 100 pages
PAGE: Final = 50
SYLLABLES: Final = ("an", "be", "ka", "lo", "mi", "ro", "sa", "ti", "ul", "we")
PEOPLE: Final = """
    INSERT INTO contacts (account_id, contact_id, phone_number, first_name, last_name, first_key,
      last_key, email, channels, custom, created_seq, changed_seq)
    SELECT $1, nextval('contact_ids'), '+4474' || lpad(n::text, 8, '0'), f, l, f, l,
      f || '.' || l || n || '@example.com', 1,
      jsonb_build_object('size', (n % 40)::text, 'town', 'town ' || n % 5000), 0, 0
    FROM (
      SELECT n,
        ($3::text[])[1 + (random() ^ 2 * 9)::int] || ($3::text[])[1 + n % 10] || n % 30 AS f,
        ($3::text[])[1 + (random() ^ 2 * 9)::int] || ($3::text[])[1 + n / 10 % 10] || n % 700 AS l
      FROM generate_series(1, $2::int) AS n
    ) AS people
    """
REST: Final = (
    """
    INSERT INTO lists (account_id, name, name_key)
    SELECT $1, 'list ' || n, 'list ' || n FROM generate_series(1, 20) AS n
    """,
    """
    INSERT INTO memberships (account_id, list_id, contact_id, added_seq)
    SELECT $1, l.list_id, c.contact_id, 0
    FROM lists l JOIN contacts c ON c.contact_id % l.list_id = 0
    """,
    """
    INSERT INTO consents (account_id, number, channel, state, source, effective_at, seq)
    SELECT $1, phone_number, 'phone', 'opted_out', 'keyword', now(), 0 FROM contacts
      WHERE contact_id % 20 = 0
    """,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A kind of search: its name, and a filter with random values."""

    name: str
    ask: Callable[[random.Random], ContactFilter]


def some_name(chance: random.Random) -> str:
    return "".join(chance.choice(SYLLABLES) for _ in range(chance.randint(1, 2)))


QUESTIONS: Final = (
    Question("everybody", lambda _: ContactFilter()),
    Question("a number", lambda c: ContactFilter(numbers=(f"+4474{c.randrange(10**5):08}",))),
    Question(
        "a number's beginning", lambda c: ContactFilter(numbers=(f"+447400{c.randrange(10)}",))
    ),
    Question("a name", lambda c: ContactFilter(name=some_name(c))),
    Question(
        "first and last name", lambda c: ContactFilter(name=f"{some_name(c)}1 {some_name(c)}")
    ),
    Question("an e-mail", lambda c: ContactFilter(email=some_name(c))),
    Question("a list", lambda c: ContactFilter(list_id=ListId(c.randint(1, 20)))),
    Question("who opted out", lambda _: ContactFilter(consent=WantedConsent.OPTED_OUT)),
    Question("a custom field", lambda c: ContactFilter(custom={"size": str(c.randrange(40))})),
    Question("a rare one", lambda c: ContactFilter(custom={"town": f"town {c.randrange(5000)}"})),
    Question(
        "a name on a list, opted out",
        lambda c: ContactFilter(
            name=some_name(c), list_id=ListId(c.randint(1, 20)), consent=WantedConsent.OPTED_OUT
        ),
    ),
)


async def milliseconds(
    pool: asyncpg.Pool, account_id: AccountId, question: Question, pages: int
) -> list[float]:
    """How long each of so many pages took, a few of them in a row of each search."""
    chance, taken = random.Random(7), list[float]()
    while len(taken) < pages:
        wanted, cursor = question.ask(chance), None
        for _ in range(3):
            begun = time.perf_counter()
            page = await Reads(pool).page(account_id, wanted, cursor, PAGE)
            taken.append((time.perf_counter() - begun) * 1000)
            if page.next is None:
                break
            cursor = page.next.said()
    return taken


async def filled(superuser: str, contacts: int) -> AccountId:
    """An account with so many contacts, looked at by the planner."""
    await prepare_database(superuser, {role: role for role in ROLES}, "bench")
    async with connected(role_dsn(superuser, OWNER, OWNER, "bench")) as owner:
        account_id, _ = await create_account(owner, "bench")
    async with connected(role_dsn(superuser, OWNER, OWNER, "bench")) as owner:
        await owner.execute("SELECT set_config('enlist.account', $1, false)", str(account_id))
        await owner.execute(PEOPLE, account_id, contacts, SYLLABLES, timeout=3600)
        for statement in REST:
            await owner.execute(statement, account_id, timeout=3600)
        await owner.execute("VACUUM ANALYZE contacts, lists, memberships, consents", timeout=3600)
    return account_id


async def main(contacts: int, pages: int) -> None:
    with TemporaryDirectory(prefix="enlist-bench-") as folder:
        async with running_postgres(Path(folder)) as superuser:
            account_id = await filled(superuser, contacts)
            dsn = SecretStr(role_dsn(superuser, "enlist_ingest", "enlist_ingest", "bench"))
            async with open_pool(PostgresSettings(dsn=dsn), "bench") as pool:
                print(f"{contacts:,} contacts, pages of {PAGE}; goal: 95 % under {GOAL:.0f} ms")
                print(f"{'question':30}{'median':>10}{'95 %':>10}{'slowest':>10}")
                for question in QUESTIONS:
                    taken = await milliseconds(pool, account_id, question, pages)
                    p95 = quantiles(taken, n=20)[-1]
                    median = quantiles(taken, n=2)[0]
                    print(f"{question.name:30}{median:>10.1f}{p95:>10.1f}{max(taken):>10.1f}")
    print(f"{time.process_time():.1f} CPU seconds of this process")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--pages", type=int, default=200, help="of each question")
    said = parser.parse_args()
    asyncio.run(main(said.contacts, said.pages))
