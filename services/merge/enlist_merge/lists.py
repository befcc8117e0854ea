"""The lists of an import: created and frozen once, when its first shard starts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import asyncpg

from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.identity import name_key
from enlist_rules.options import Duplicates
from enlist_shared.endings import ImportEndedError
from enlist_shared.ids import AccountId, ImportId, ListId
from enlist_shared.options import Channel, Consent, ImportOptions, Purpose
from enlist_shared.postgres import Connection, account_transaction
from enlist_shared.statements import statements

SQL: Final = statements(__package__, "lists.sql")


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What every shard of an import needs to know of it.

    `option_lists` apply to all records; `list_names` gives the id for the key of a name that a
    record states. `most_unlisted` is the share of a list of the option that may leave it; None
    where nobody does.
    """

    channel: Channel
    duplicates: Duplicates
    purpose: Purpose
    consent: Consent | None
    most_unlisted: float | None
    shards: int
    option_lists: tuple[ListId, ...]
    list_names: dict[str, ListId]


async def merge_plan(
    pool: asyncpg.Pool, account_id: AccountId, import_id: ImportId, new_lists: int
) -> MergePlan:
    """As `plan_within`, in a transaction of its own: lists are there before any shard merges."""
    async with account_transaction(pool, account_id) as connection:
        return await plan_within(connection, account_id, import_id, new_lists)


async def plan_within(
    connection: Connection, account_id: AccountId, import_id: ImportId, new_lists: int
) -> MergePlan:
    """The plan of an import in `merging`; the first to ask creates and freezes its lists.

    Raises:
        PermanentFailure: `too_many_lists`; nothing was created.
        ImportEndedError: it is not in `merging` any more; nothing was created.
    """
    row = await connection.fetchrow(SQL["read_import"], account_id, import_id)
    if row is None:
        raise LookupError("an import that was claimed exists")
    options = ImportOptions.model_validate(row["options"])
    names = row["list_names"]
    if names is None:
        names = await _freeze(connection, account_id, import_id, options, new_lists)
    return MergePlan(
        channel=Channel(row["channel"]),
        duplicates=_duplicates(options),
        purpose=options.purpose,
        consent=options.consent,
        most_unlisted=options.most_unlisted,
        shards=row["shards"],
        option_lists=tuple(dict.fromkeys(_ids(options, names))),
        list_names=names,
    )


def _duplicates(options: ImportOptions) -> Duplicates:
    """Rows that are numbers alone fold by number, and the lowest record counts."""
    return Duplicates.SKIP if options.purpose is Purpose.OPT_OUT else options.duplicates


def _ids(options: ImportOptions, names: dict[str, ListId]) -> Iterator[ListId]:
    for wanted in options.lists:
        yield ListId(wanted) if isinstance(wanted, int) else names[name_key(wanted)]


async def _freeze(
    connection: Connection,
    account_id: AccountId,
    import_id: ImportId,
    options: ImportOptions,
    new_lists: int,
) -> dict[str, ListId]:
    """Create what is missing, in key order, and write the ids into the import, for ever."""
    rows = await connection.fetch(SQL["named_lists"], account_id, import_id)
    wanted: dict[str, str] = {}
    for name in (*(n for n in options.lists if isinstance(n, str)), *(r["name"] for r in rows)):
        wanted.setdefault(name_key(name), name)
    known = await _known(connection, account_id, list(wanted))
    missing = {key: wanted[key] for key in sorted(set(wanted) - set(known))}
    if len(missing) > new_lists:
        raise PermanentFailure(Code.TOO_MANY_LISTS, f"{len(missing)} new names")
    await connection.execute(
        SQL["create_lists"], account_id, import_id, list(missing.values()), list(missing)
    )
    names = await _known(connection, account_id, list(wanted))
    by_id = [n for n in options.lists if isinstance(n, int)]
    ids = sorted({*by_id, *names.values()})
    if await connection.fetchval(SQL["freeze_lists"], account_id, import_id, ids, names):
        return names
    return await _frozen_by_another(connection, account_id, import_id)


async def _frozen_by_another(
    connection: Connection, account_id: AccountId, import_id: ImportId
) -> dict[str, ListId]:
    """Another shard was faster, and its names count; or the import ended, and none do."""
    row = await connection.fetchrow(SQL["read_import"], account_id, import_id)
    if row is None or row["list_names"] is None:
        raise ImportEndedError
    names: dict[str, ListId] = row["list_names"]
    return names


async def _known(
    connection: Connection, account_id: AccountId, keys: list[str]
) -> dict[str, ListId]:
    rows = await connection.fetch(SQL["known_lists"], account_id, keys)
    return {row["name_key"]: ListId(row["list_id"]) for row in rows}
