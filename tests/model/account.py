"""The reference model of an account: what an import makes of it (contacts.md, the whole)."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.model.classification import Contact, Decision, classify
from tests.model.folding import fold
from tests.model.header import detect_separator, map_by_content, map_columns, split_header
from tests.model.identity import name_key
from tests.model.reading import Reading, read_row
from tests.model.records import TRIMMED, WHITE_SPACE, FileRefused, decode, split_rows

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
    """Contacts by (number, first key, last key); lists by name key; who opted out."""

    default_region: str = "GB"
    contacts: dict[Identity, Contact] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    opted_out: set[tuple[str, str]] = field(default_factory=set)  # (number, channel)

    def import_file(self, data: bytes, options: dict[str, Any]) -> Result:
        """Import the bytes of one file; a file-level code leaves the account as it was."""
        options = {"default_region": self.default_region, **options}
        try:
            readings = read_file(data, options)
        except FileRefused as refused:
            counts = dict.fromkeys(("records", *OUTCOMES), 0)
            return Result("failed", refused.code, counts)
        return self._merge(readings, options)

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
        outcomes |= {one.record: (one.outcome, None) for one in decisions}
        self._apply(decisions)
        return self._result(readings, outcomes, decisions, options)

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


def read_file(data: bytes, options: dict[str, Any]) -> list[Reading]:
    """Every record of the file, numbered from 1; FileRefused with a file-level code."""
    text = decode(data)
    if not text.strip(WHITE_SPACE):
        raise FileRefused("empty")
    rows = split_rows(text, options.get("separator") or detect_separator(text))
    if not rows:
        raise FileRefused("header_missing")
    header, records = split_header(rows, options.get("header", "auto"))
    mapping = map_by_content(records) if header is None else map_columns(header, options)
    readings = []
    for record, row in enumerate(records, start=1):
        reading = read_row(record, row, mapping, options)
        if header is not None and _stripped(row.cells) == _stripped(header):
            reading.faults = {"header_repeated"}
        readings.append(reading)
    return readings


def _stripped(cells: list[str]) -> list[str]:
    return [cell.strip(WHITE_SPACE) for cell in cells]
