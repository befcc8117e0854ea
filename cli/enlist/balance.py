"""The balance of an import as a table that adds up."""

from collections.abc import Mapping, Sequence
from typing import Final

from rich.table import Table

from enlist.client import Import
from enlist_rules.code_texts import FIELD_CODES, FILE_CODES, RECORD_CODES
from enlist_shared.events import Counts

OUTCOMES: Final = (
    ("created", "new contacts"),
    ("updated", "contacts that something changed in"),
    ("unchanged", "contacts that had it all already"),
    ("duplicate", "folded into another record of the file"),
    ("rejected", "not taken, each with its reason"),
    ("unprocessed", "not got to"),
)
BESIDE: Final = (
    ("listed", "joined a list"),
    ("unlisted", "memberships removed"),
    ("suppressed", "opted out: never texted"),
    ("fixed_line", "numbers that cannot take an SMS"),
    ("warnings", "kept, though not everything as it stood"),
)
MESSAGES: Final = {code: text for code, (text, _) in (RECORD_CODES | FIELD_CODES).items()}


def balance_table(state: Import) -> Table:
    """The balance of an import, with its reasons."""
    return table_of(_title(state), state.counts, state.reasons, state.warning_reasons)


def table_of(
    title: str | None,
    balance: Counts,
    reasons: Mapping[str, int],
    warning_reasons: Mapping[str, int],
    *,
    outcomes: Sequence[tuple[str, str]] = OUTCOMES,
) -> Table:
    """Outcomes that sum to the records, the reasons below them, and what counts beside."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("outcome", no_wrap=True)
    table.add_column("records", justify="right", no_wrap=True)
    table.add_column("")
    counts = balance.model_dump()
    for outcome, meaning in outcomes:
        table.add_row(outcome, f"{counts[outcome]:,}", meaning)
        if outcome == "rejected":
            _add_codes(table, reasons)
    table.add_section()
    verdict = "the sum of the above" if balance.balances else "DOES NOT ADD UP"
    table.add_row("records", f"{counts['records']:,}", verdict, style="bold")
    table.add_section()
    for name, meaning in BESIDE:
        if counts[name]:
            table.add_row(name, f"{counts[name]:,}", meaning, style="dim")
    _add_codes(table, warning_reasons)
    return table


def codes_table(*reasons: Mapping[str, int]) -> Table:
    """Counts by code alone, what is frequent first."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for each in reasons:
        _add_codes(table, each)
    return table


def failure_text(state: Import) -> str:
    """Why it did not complete, and what the person can do."""
    if state.error is None:
        return f"import {state.import_id} is {state.status}"
    remedy = FILE_CODES.get(state.error.code, ("", ""))[1]
    return f"{state.error.message} ({state.error.code}) {remedy}".strip()


def refusal_text(code: str, detail: str) -> str:
    """The same for a file that was refused before it became an import."""
    message, remedy = FILE_CODES[code]
    where = f" ({detail})" if detail else ""
    return f"{message}{where} ({code}) {remedy}"


def _title(state: Import) -> str:
    name = f" {state.file_name}" if state.file_name else ""
    return f"import {state.import_id}{name}: {state.status}{_seconds(state)}"


def _seconds(state: Import) -> str:
    if state.accepted_at is None or state.completed_at is None:
        return ""
    return f" in {(state.completed_at - state.accepted_at).total_seconds():.1f} s"


def _add_codes(table: Table, reasons: Mapping[str, int]) -> None:
    for code, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
        table.add_row(f"  {code}", f"{count:,}", MESSAGES.get(code, ""), style="dim")
