"""The reference model of an account: what an import makes of it (contacts.md, the whole)."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.model.classification import Contact, Decision, classify
from tests.model.consent import Place, opt_out, state_consent
from tests.model.folding import fold
from tests.model.header import detect_separator, map_by_content, map_columns, split_header
from tests.model.identity import name_key
from tests.model.reading import Reading, read_row
from tests.model.records import TRIMMED, WHITE_SPACE, FileRefused, Row, split_rows
from tests.model.texts import decode, take_hint

Identity = tuple[str, str, str]
OUTCOMES = ("created", "updated", "unchanged", "duplicate", "rejected", "unprocessed")


@dataclass
class Result:
    """What the importer gets. `outcomes` are (record, outcome, code) by record number."""

    status: str
    code: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    warning_reasons: dict[str, int] = field(default_factory=dict)
    outcomes: list[tuple[int, str, str | None]] = field(default_factory=list)


@dataclass
class Account:
    """Contacts by (number, first key, last key); lists by name key; who opted in or out."""

    default_region: str = "GB"
    contacts: dict[Identity, Contact] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    opted_out: set[Place] = field(default_factory=set)
    opted_in: set[Place] = field(default_factory=set)

    def import_file(self, data: bytes, options: dict[str, Any]) -> Result:
        """Import the bytes of one file; a file-level code leaves the account as it was."""
        options = {"default_region": self.default_region, **options}
        try:
            table = read_table(data, options)
        except FileRefused as refused:
            counts = dict.fromkeys(("records", *OUTCOMES), 0)
            return Result("failed", refused.code, counts)
        readings = read_records(table, options)
        if options.get("purpose") == "opt_out":
            result = self._opt_out(readings, options)
        else:
            result = self._merge(readings, options)
        result.warning_reasons |= {"columns_skipped": 1} if table.columns_skipped else {}
        return result

    def _merge(self, readings: list[Reading], options: dict[str, Any]) -> Result:
        outcomes: dict[int, tuple[str, str | None]] = {}
        by_number: dict[str, list[Reading]] = {}
        for reading in readings:
            if reading.code:
                outcomes[reading.record] = "rejected", reading.code
            else:
                by_number.setdefault(reading.number, []).append(reading)
        option_lists = {name_key(name): name.strip(TRIMMED) for name in options.get("lists", ())}
        decisions: list[Decision] = []
        for number, same in by_number.items():
            folded, duplicates = fold(same, options.get("duplicates", "merge"))
            outcomes |= {reading.record: ("duplicate", None) for reading in duplicates}
            for one in folded:
                one.lists = option_lists | one.lists
            decisions += classify(folded, self._stored(number), options)
        self.opted_in |= state_consent(decisions, self.opted_in | self.opted_out, options)
        outcomes |= {one.record: (one.outcome, None) for one in decisions}
        self._apply(decisions)
        return self._result(readings, outcomes, decisions, options)

    def _opt_out(self, readings: list[Reading], options: dict[str, Any]) -> Result:
        """Numbers are remembered; contacts and lists are none of its business."""
        outcomes, stated = opt_out(readings, self.opted_out, options)
        self.opted_out |= stated
        self.opted_in -= stated
        result = self._result(readings, outcomes, [], options)
        result.counts["suppressed"] = result.counts["unchanged"]
        return result

    def _stored(self, number: str) -> list[Contact]:
        return [contact for contact in self.contacts.values() if contact.number == number]

    def _apply(self, decisions: list[Decision]) -> None:
        for decision in decisions:
            self.lists = decision.folded.lists | self.lists
            for before, after in decision.writes:
                if before is not None:
                    del self.contacts[before.identity]
                if after.identity in self.contacts:
                    raise AssertionError("two contacts with one identity")
                self.contacts[after.identity] = after

    def _result(
        self,
        readings: list[Reading],
        outcomes: dict[int, tuple[str, str | None]],
        decisions: list[Decision],
        options: dict[str, Any],
    ) -> Result:
        kept = [reading for reading in readings if not reading.code]
        tally = Counter(outcome for outcome, _ in outcomes.values())
        channel = options.get("channel", "phone")
        counts = {"records": len(readings)} | {name: tally[name] for name in OUTCOMES}
        counts["warnings"] = sum(bool(reading.warnings) for reading in kept)
        counts["fixed_line"] = sum(reading.fixed_line for reading in kept)
        counts["listed"] = sum(decision.listed for decision in decisions)
        counts["unlisted"] = 0
        counts["suppressed"] = sum(
            any((contact.reached_at(channel), channel) in self.opted_out for contact in one.reached)
            for one in decisions
        )
        reasons = Counter(code for _, code in outcomes.values() if code)
        warnings = Counter(code for reading in kept for code in reading.warnings)
        rows = [(record, *outcomes[record]) for record in sorted(outcomes)]
        return Result("completed", None, counts, dict(reasons), dict(warnings), rows)


@dataclass
class Table:
    """A file's rows of data, its header or None, and what each column means."""

    header: list[str] | None
    mapping: list[str]
    rows: list[Row]
    options: dict[str, Any]

    @property
    def columns_skipped(self) -> bool:
        """Whether a column that would be a custom field is none: it has no name, or is too many."""
        if self.header is None or self.options.get("unmapped", "custom") == "skip":
            return False
        chosen = (self.options.get("mapping") or {}).values()
        skipped = [place for place, target in enumerate(self.mapping) if target == "skip"]
        lost = [place for place in skipped if self.header[place].strip() or self._holds(place)]
        return len(lost) > list(chosen).count("skip") and self.header[-1:] != ["suggestion"]

    def _holds(self, place: int) -> bool:
        return any(cell.strip() for row in self.rows for cell in row.cells[place : place + 1])


def read_file(data: bytes, options: dict[str, Any]) -> list[Reading]:
    """Every record of the file, numbered from 1; FileRefused with a file-level code."""
    return read_records(read_table(data, options), options)


def read_table(data: bytes, options: dict[str, Any]) -> Table:
    """The rows and columns of the file; FileRefused with a file-level code."""
    text = decode(data, options.get("encoding"))
    if not text.strip(WHITE_SPACE + "\x1a\u200b\ufeff"):
        raise FileRefused("empty")
    hint, text = take_hint(text)
    rows = split_rows(text, options.get("separator") or hint or detect_separator(text))
    if not rows:
        raise FileRefused("header_missing")
    said = options.get("mapping") or {}
    header, records = split_header(rows, options.get("header", "auto"), said)
    mapping = map_by_content(records, said) if header is None else map_columns(header, options)
    return Table(header, mapping, records, options)


def read_records(table: Table, options: dict[str, Any]) -> list[Reading]:
    """Every record of a table, numbered from 1."""
    readings = []
    for record, row in enumerate(table.rows, start=1):
        reading = read_row(record, row, table.mapping, options)
        if table.header is not None and _stripped(row.cells) == _stripped(table.header):
            reading.faults = {"header_repeated"}
        readings.append(reading)
    return readings


def _stripped(cells: list[str]) -> list[str]:
    return [cell.strip(WHITE_SPACE) for cell in cells]
