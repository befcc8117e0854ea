"""How an import ends, whoever ends it: the row and its last events in one transaction."""

from typing import Any, Final, Literal

import asyncpg

from enlist_rules.codes import EXPLANATIONS, Code
from enlist_shared.events import Counts, ImportFailed, ImportProgressed, Progress
from enlist_shared.ids import AccountId, ImportId
from enlist_shared.metrics import count_ended
from enlist_shared.outbox import announce_all
from enlist_shared.postgres import Connection, after_commit
from enlist_shared.statements import statements
from enlist_shared.states import MOVES, Status
from enlist_shared.telemetry import logger
from enlist_shared.topics import Topic

SQL: Final = statements(__package__, "endings.sql")
Ending = Literal[Status.FAILED, Status.CANCELLED]


class ImportEndedError(Exception):
    """The import is no longer in the state that this work belongs to: nothing may be written."""


async def end_import(
    connection: Connection,
    account_id: AccountId,
    import_id: ImportId,
    ending: Ending,
    code: Code | None = None,
    detail: str = "",
    only_from: Status | None = None,
) -> bool:
    """End an import as failed or cancelled and announce it.

    False when it had ended before, or, with `only_from`, had left that state.
    """
    allowed = [
        status
        for status, following in MOVES.items()
        if ending in following and only_from in (None, status)
    ]
    row = await connection.fetchrow(
        SQL["end_import"], account_id, import_id, ending, code, _message(code, detail), allowed
    )
    if row is None:
        return False
    note_end(row)
    failed = ImportFailed(status=ending, code=code, **final_report(row))
    await announce_all(
        connection,
        [
            (Topic.IMPORT_PROGRESSED, str(import_id), progressed(row)),
            (Topic.IMPORT_FAILED, str(account_id), failed),
        ],
    )
    return True


def note_end(row: asyncpg.Record) -> None:
    """Log and count an import that has ended, when that is committed; `row` is all of it."""
    code, records = row.get("error_code"), row["records"]
    after_commit(lambda: count_ended(row))
    after_commit(
        lambda: logger().info("import.ended", status=row["status"], code=code, records=records)
    )


def progressed(row: asyncpg.Record) -> ImportProgressed:
    """The event for the state that a row of `imports` has now."""
    return ImportProgressed(
        account_id=row["account_id"],
        import_id=row["import_id"],
        status=Status(row["status"]),
        progress=Progress(**{name: row[name] for name in Progress.model_fields if name in row}),
    )


def final_report(row: asyncpg.Record) -> dict[str, Any]:
    """What both final events say, from a row of `imports`."""
    names = (
        "account_id", "import_id", "source", "purpose", "correlation_id", "channel",
        "reasons", "warning_reasons", "accepted_at", "completed_at",
    )  # fmt: skip
    return {
        **{name: row[name] for name in names},
        "lists": tuple(row["list_ids"] or ()),
        "counts": Counts(**{name: row[name] for name in Counts.model_fields}),
    }


def _message(code: Code | None, detail: str) -> str | None:
    if code is None:
        return None
    message = EXPLANATIONS["file", code].message
    return f"{message} ({detail})" if detail else message
