"""The floor: the least that any program must do to bring a contact file into PostgreSQL.

.venv/bin/python -m tests.bench.floor DSN FILE

Prints the seconds from opening the file to the last commit, then the contacts. It imports nothing
of Enlist and is left alone. Its tables have the columns and unique indexes of Enlist's.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator

import asyncpg
import polars as pl

TEXTS = (  # noqa: SIM905 - shorter than a list
    "title first_name last_name phone_number email address_line1 address_line2 city "
    "state_or_county postcode country_code company_name date_of_birth alternate_phone_number"
).split()
IDENTITY = ["phone_number", "first_key", "last_key"]
COLUMNS = [*TEXTS, "first_key", "last_key"]
ID = "00000000-0000-7000-8000-000000000001"  # of the account and of the import
TABLES = f"""
DROP SCHEMA IF EXISTS floor CASCADE; CREATE SCHEMA floor; SET search_path = floor;
CREATE SEQUENCE contact_ids CACHE 1000;
CREATE TABLE contacts (account_id uuid, contact_id bigint,
  {" ".join(f'{name} text COLLATE "C",' for name in COLUMNS)} whatsapp_number text,
  custom jsonb DEFAULT '{{}}', channels smallint, created_import uuid, created_seq bigint,
  changed_seq bigint, created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(),
  PRIMARY KEY (account_id, contact_id), UNIQUE (account_id, {", ".join(IDENTITY)}));
CREATE TABLE memberships (account_id uuid, list_id bigint, contact_id bigint, added_import uuid,
  added_seq bigint, PRIMARY KEY (account_id, list_id, contact_id));
"""
STAGED = f"CREATE TEMP TABLE staged ({', '.join(f'{n} text' for n in COLUMNS)}) ON COMMIT DROP"
UPSERT = f"""
WITH written AS (INSERT INTO floor.contacts (account_id, contact_id, {", ".join(COLUMNS)},
    channels, created_import, created_seq, changed_seq)
  SELECT '{ID}', nextval('floor.contact_ids'), {", ".join(COLUMNS)}, 1, '{ID}', 1, 1 FROM staged
  ON CONFLICT (account_id, {", ".join(IDENTITY)}) DO UPDATE SET updated_at = now(),
    {", ".join(f"{name} = coalesce(excluded.{name}, contacts.{name})" for name in TEXTS)}
  RETURNING contact_id)
INSERT INTO floor.memberships SELECT '{ID}', 1, contact_id, '{ID}', 1 FROM written
ON CONFLICT DO NOTHING"""  # noqa: S608 - names of this file


def read(file: str) -> pl.DataFrame:
    """Rows with crude E.164 numbers, one for each number and name, in the order of the index."""
    number = pl.col("phone_number").str.replace_all(r"[^\d+]", "").str.replace("^00", "+")
    number = number.str.replace("^0?7", "+447").str.replace("^44", "+44")
    names = pl.col("first_name", "last_name").fill_null("").str.strip_chars().str.to_lowercase()
    keys = names.name.map(lambda name: name.replace("_name", "_key"))
    rows = pl.read_csv(file, infer_schema=False, new_columns=TEXTS).with_columns(number, keys)
    rows = rows.filter(pl.col("phone_number").str.contains(r"^\+[1-9]\d{6,14}$"))
    return rows.unique(IDENTITY, keep="last").sort(IDENTITY).select(COLUMNS)


async def blocks(rows: pl.DataFrame) -> AsyncIterator[bytes]:
    for part in rows.iter_slices(20_000):
        yield (await asyncio.to_thread(part.write_csv, None, include_header=False)).encode()


async def store(connection: asyncpg.Connection, rows: pl.DataFrame) -> None:
    async with connection.transaction():
        await connection.execute(STAGED)
        await connection.copy_to_table("staged", source=blocks(rows), format="csv")
        await connection.execute(UPSERT)


async def main(dsn: str, file: str) -> None:
    one, other = await asyncpg.connect(dsn), await asyncpg.connect(dsn)
    await one.execute(TABLES)
    started, odd = time.perf_counter(), pl.col("phone_number").str.contains("[13579]$")
    rows = read(file)
    await asyncio.gather(store(one, rows.filter(odd)), store(other, rows.filter(~odd)))
    seconds = time.perf_counter() - started
    print(f"{seconds:.2f}", await one.fetchval("SELECT count(*) FROM contacts"))


asyncio.run(main(*sys.argv[1:]))
