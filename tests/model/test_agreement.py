"""The rules package against the reference model, without any server: records, numbers, folding."""

from typing import Any

from hypothesis import event, given, settings
from tests.model import folding
from tests.model.account import read_file
from tests.model.header import detect_separator, map_columns, split_header
from tests.model.reading import Reading
from tests.model.records import split_rows
from tests.model.strategies import Upload, uploads
from tests.model.texts import decode

from enlist_rules.folding import fold
from enlist_rules.numbers import DEFAULT_NUMBER_TYPES
from enlist_rules.options import Duplicates, NumberRules, OverLimit, ReadingRules
from enlist_rules.reading import read_rows
from enlist_rules.rows import NOTES
from enlist_rules.validation import normalize


def normalized(upload: Upload) -> tuple[Any, Any, Any]:
    """What the rules make of the file: rows, rejects, refused; header and mapping by the model."""
    text = decode(upload.data, upload.options.get("encoding"))
    separator = upload.options.get("separator") or detect_separator(text)
    header, _ = split_header(split_rows(text, separator), "auto", {})
    assert header is not None
    body = text.partition(separator.join(header))[2].encode("utf-8", "surrogateescape")
    options = upload.options
    numbers = NumberRules(
        options.get("default_region", "GB"),
        options.get("convert_national", False),
        frozenset(options.get("number_types", DEFAULT_NUMBER_TYPES)),
    )
    over_limit = OverLimit(upload.options.get("over_limit", "reject"))
    read = read_rows(body, len(header), separator, header, 1)
    mapping = map_columns(header, upload.options)
    done = normalize(read.frame, mapping, ReadingRules(numbers, over_limit))
    return done.rows, done.rejects, read.refused


def expected(upload: Upload) -> list[Reading]:
    return read_file(upload.data, {"default_region": "GB", **upload.options})


@given(uploads())
@settings(max_examples=200)
def test_records_are_read_as_the_model_reads_them(upload: Upload) -> None:
    """Same rejects with the same codes; same numbers, keys, lists and warnings in what is left."""
    rows, rejects, refused = normalized(upload)
    readings = expected(upload)
    codes = dict(rejects.select("record", "code").rows()) | dict(refused.rows())
    assert codes == {one.record: one.code for one in readings if one.code}
    kept = {row["record"]: row for row in rows.iter_rows(named=True)}
    assert set(kept) == {one.record for one in readings if not one.code}
    for one in readings:
        if not one.code:
            assert said(kept[one.record]) == spoken(one)
            event(f"warnings {sorted(one.warnings)}")


def said(row: dict[str, Any]) -> tuple[Any, ...]:
    warnings = {pair.partition(":")[0] for pair in (row["warnings"] or "").split(NOTES) if pair}
    lists = [name for name in (row["lists"] or "").split(";") if name]
    keys = (row["first_key"], row["last_key"])
    return row["phone_number"], keys, row["first_name"], lists, warnings, bool(row["fixed_line"])


def spoken(one: Reading) -> tuple[Any, ...]:
    first_name = one.fields.get("first_name")
    lists = list(one.lists.values())
    return one.number, one.keys, first_name, lists, one.warnings, one.fixed_line


@given(uploads())
@settings(max_examples=200)
def test_records_are_folded_as_the_model_folds_them(upload: Upload) -> None:
    """Same carriers, same duplicates, same keys, same warnings under every `duplicates`."""
    mode = upload.options.get("duplicates", "merge")
    rows, _, _ = normalized(upload)
    answer = fold(rows, Duplicates(mode))

    by_number: dict[str, list[Reading]] = {}
    for one in expected(upload):
        if not one.code:
            by_number.setdefault(one.number, []).append(one)
            one.warnings.clear()
    parts = [folding.fold(same, mode) for same in by_number.values()]
    kept = {one.carrier.record: one for ones, _ in parts for one in ones}
    assert set(answer.rows["record"]) == set(kept)
    assert set(answer.duplicates) == {one.record for _, lost in parts for one in lost}
    for row in answer.rows.iter_rows(named=True):
        folded = kept[row["record"]]
        assert (row["first_key"], row["last_key"]) == folded.keys
        assert row["email"] == folded.fields.get("email")
    noticed = {
        (one.record, code) for same in by_number.values() for one in same for code in one.warnings
    }
    assert set(answer.warnings.unique().rows()) == noticed
