"""The rules applied to a chunk: cells go in, rows that can be merged and rejects come out.

Nothing here runs once a row: columns are Polars series, and what needs Python (odd names, odd
numbers, list cells, countries) runs once a distinct value.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from enlist_rules.cleaning import trimmed
from enlist_rules.codes import Code
from enlist_rules.custom import custom_objects
from enlist_rules.fields import CUSTOM_PREFIX, LISTS, NAME, SKIP, STORED, Field
from enlist_rules.findings import Findings
from enlist_rules.identity import name_keys
from enlist_rules.listing import read_lists
from enlist_rules.numbers import NUMBER_TYPES, NumberReader, region_of
from enlist_rules.options import NumberRules, ReadingRules
from enlist_rules.rows import REJECT, ROW
from enlist_rules.texts import (
    blanked,
    limited,
    tidy,
    well_formed_email,
    without_formula_errors,
)

_NUMBERS: Final = (Field.PHONE_NUMBER, Field.WHATSAPP_NUMBER, Field.COUNTRY_CODE)
Cells = dict[str, pl.Series]


@dataclass(frozen=True, slots=True)
class Normalized:
    """`rows` (ROW) can be merged; `rejects` (REJECT) say why the other records cannot."""

    rows: pl.DataFrame
    rejects: pl.DataFrame


def normalize(
    frame: pl.DataFrame, mapping: Sequence[str], rules: ReadingRules, *, controls: bool = True
) -> Normalized:
    """Apply every rule to the records of a chunk.

    Args:
        frame: `record` and one text column a column of the input, `c0`, `c1`, …; null when empty.
        mapping: what each column is: a field, `custom.<name>`, `name`, `lists` or `skip`.
        rules: the options that change how records are read.
        controls: whether there may be control characters; false saves looking for them.
    """
    findings = Findings()
    cells = without_formula_errors(_cells(frame, mapping), findings)
    stored = _read_numbers(cells, frame.height, rules.numbers, findings)
    stored |= _read_texts(cells, rules, findings, controls=controls)
    if LISTS in cells:
        stored["lists"] = read_lists(cells[LISTS], findings)
    for key, of_field in (("first_key", Field.FIRST_NAME), ("last_key", Field.LAST_NAME)):
        names = stored.get(of_field)
        stored[key] = pl.repeat("", frame.height, eager=True) if names is None else name_keys(names)
    stored["warnings"] = findings.warning_texts(frame.height)
    rejects = findings.rejects(frame["record"])
    rows = _rows(frame["record"], stored)
    kept = rows.filter(~rows["record"].is_in(rejects["record"].implode()))
    return Normalized(kept, rejects.cast(REJECT))


def _cells(frame: pl.DataFrame, mapping: Sequence[str]) -> Cells:
    return {
        target: frame[f"c{position}"] for position, target in enumerate(mapping) if target != SKIP
    }


def _read_numbers(
    cells: Cells, height: int, rules: NumberRules, findings: Findings
) -> dict[str, pl.Series]:
    reader = NumberReader(rules)
    blank = pl.repeat(None, height, dtype=pl.String, eager=True)
    countries, regions, unusable = _read_countries(cells.get(Field.COUNTRY_CODE))
    phone = reader.read(cells.get(Field.PHONE_NUMBER, blank), regions)
    stored = {
        Field.PHONE_NUMBER: phone["number"],
        "fixed_line": phone["fixed_line"],
        Field.COUNTRY_CODE: blank if countries is None else countries,
    }
    findings.fault(_region_needed(phone["code"], unusable), Field.PHONE_NUMBER)
    findings.warn(phone["warning"].is_not_null(), Code.LEADING_ZERO_RESTORED, Field.PHONE_NUMBER)
    if Field.WHATSAPP_NUMBER in cells:
        whatsapp = reader.read(cells[Field.WHATSAPP_NUMBER], regions)
        stored[Field.WHATSAPP_NUMBER] = whatsapp["number"]
        blank_ones = whatsapp["code"] == Code.PHONE_MISSING
        findings.fault(blanked(whatsapp["code"], blank_ones), Field.WHATSAPP_NUMBER)
    if Field.ALTERNATE_PHONE_NUMBER in cells:
        any_type = NumberReader(replace(rules, number_types=NUMBER_TYPES))
        other = any_type.read(cells[Field.ALTERNATE_PHONE_NUMBER], regions)
        cells[Field.ALTERNATE_PHONE_NUMBER] = other["number"].fill_null(
            cells[Field.ALTERNATE_PHONE_NUMBER]
        )
    return stored


def _read_countries(
    cells: pl.Series | None,
) -> tuple[pl.Series | None, pl.Series | None, pl.Series | None]:
    """The countries as stored, the regions to read numbers in, and where there is none."""
    if cells is None:
        return None, None, None
    given = tidy({"given": cells}, Findings(), controls=False)["given"]
    distinct = given.drop_nulls().unique()
    regions = pl.Series([region_of(country) for country in distinct], dtype=pl.String)
    countries = given.replace_strict(distinct, regions, default=None, return_dtype=pl.String)
    return countries, countries, given.is_not_null() & countries.is_null()


def _region_needed(codes: pl.Series, unusable: pl.Series | None) -> pl.Series:
    """Without a usable country no number can be read, unless none is there."""
    if unusable is None or not unusable.any():
        return codes
    needed = unusable & (codes.is_null() | (codes != Code.PHONE_MISSING))
    return pl.select(
        pl.when(needed).then(pl.lit(str(Code.REGION_NEEDED))).otherwise(codes)
    ).to_series()


def _read_texts(
    cells: Cells, rules: ReadingRules, findings: Findings, *, controls: bool
) -> dict[str, pl.Series]:
    """The stored text fields, and the custom ones as one column of JSON objects."""
    wanted = {*map(str, STORED), NAME} - {*_NUMBERS}
    texts = {n: text for n, text in cells.items() if n in wanted or n.startswith(CUSTOM_PREFIX)}
    texts = tidy(texts, findings, controls=controls)
    if NAME in texts:
        texts |= _split_names(texts.pop(NAME), texts, findings)
    texts = limited(texts, rules.over_limit, findings)
    if Field.EMAIL in texts:
        texts[Field.EMAIL] = well_formed_email(texts[Field.EMAIL], findings)
    custom = [name for name in texts if name.startswith(CUSTOM_PREFIX)]
    objects = {name.removeprefix(CUSTOM_PREFIX): texts.pop(name) for name in custom}
    return texts | ({"custom": custom_objects(objects)} if objects else {})


def _split_names(
    full: pl.Series, texts: dict[str, pl.Series], findings: Findings
) -> dict[str, pl.Series]:
    """Split full names at their last space, where the record has no first or last name."""
    blank = pl.repeat(None, full.len(), dtype=pl.String, eager=True)
    firsts, lasts = texts.get(Field.FIRST_NAME, blank), texts.get(Field.LAST_NAME, blank)
    wanted = full.is_not_null() & firsts.is_null() & lasts.is_null()
    spaced = wanted & full.str.contains(" ", literal=True).fill_null(value=False)
    findings.warn(spaced, Code.NAME_SPLIT, NAME)
    head, tail = full.str.replace(r"(?s)^(.*) [^ ]*$", "$1"), full.str.replace(r"(?s)^.* ", "")
    return pl.select(
        first_name=pl.when(wanted).then(trimmed(pl.lit(head))).otherwise(firsts),
        last_name=pl.when(spaced).then(tail).otherwise(lasts),
    ).to_dict(as_series=True)


def _rows(records: pl.Series, stored: dict[str, pl.Series]) -> pl.DataFrame:
    present = {name: values for name, values in stored.items() if name in ROW}
    absent = [name for name in ROW if name not in present and name != "record"]
    return (
        pl.DataFrame({"record": records, **present})
        .with_columns(pl.lit(None, ROW[name]).alias(name) for name in absent)
        .select(ROW.names())
        .cast(ROW)
    )
