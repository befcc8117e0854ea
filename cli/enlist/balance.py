"""The balance of an import as a table that adds up."""

from collections.abc import Mapping
from typing import Final

from rich.table import Table

from enlist.client import Import
from enlist_rules.code_texts import FIELD_CODES, FILE_CODES, RECORD_CODES

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
    """Outcomes that sum to the records, the reasons below them, and what counts beside."""
    table = Table(title=_title(state), title_justify="left", box=None, pad_edge=False)
    table.add_column("outcome", no_wrap=True)
    table.add_column("records", justify="right", no_wrap=True)
    table.add_column("")
    counts = state.counts.model_dump()
    for outcome, meaning in OUTCOMES:
        table.add_row(outcome, f"{counts[outcome]:,}", meaning)
        if outcome == "rejected":
            _add_codes(table, state.reasons)
    table.add_section()
    verdict = "the sum of the above" if state.counts.balances else "DOES NOT ADD UP"
    table.add_row("records", f"{counts['records']:,}", verdict, style="bold")
    table.add_section()
    for name, meaning in BESIDE:
        if counts[name]:
            table.add_row(name, f"{counts[name]:,}", meaning, style="dim")
    _add_codes(table, state.warning_reasons)
    return table


def failure_text(state: Import) -> str:
    """Why it did not complete, and what the person can do."""
    if state.error is None:
        return f"import {state.import_id} is {state.status}"
    remedy = FILE_CODES.get(state.error.code, ("", ""))[1]
    return f"{state.error.message} ({state.error.code}) {remedy}".strip()


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
