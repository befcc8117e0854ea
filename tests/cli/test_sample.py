"""The made-up contact files of `enlist sample`."""

import csv
import io
import re

import phonenumbers
import pytest
from typer.testing import CliRunner

from enlist.__main__ import application
from enlist.samples import write_sample
from enlist.samples.rows import MESSY_HEADER, PLAIN_HEADER


def _sample(rows: int, seed: int = 1, *, plain: bool = False) -> str:
    out = io.StringIO(newline="")
    write_sample(out, rows, seed, plain=plain)
    return out.getvalue()


def _cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_the_same_seed_gives_the_same_bytes() -> None:
    """One seed, one file; another seed, another file."""
    assert _sample(500, 7) == _sample(500, 7)
    assert _sample(500, 7) != _sample(500, 8)


def test_a_file_holds_as_many_records_as_were_asked_for() -> None:
    """Blank rows come on top; everything else is a record."""
    header, *rows = _cells(_sample(3000))
    assert tuple(header) == MESSY_HEADER
    assert sum(any(row) for row in rows) == 3000
    assert not all(any(row) for row in rows)


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("national", r"07\d{9}"),
        ("E.164", r"\+447\d{9}"),
        ("without plus", r"447\d{9}"),
        ("spaces", r"07\d{3} \d{6}"),
        ("trunk 0 in brackets", r"\+44 \(0\) .*"),
        ("exponent", r"4\.\d\dE\+11"),
        ("decimal", r"44\d{10}\.0"),
        ("missing", ""),
        ("letters", r"n/a"),
        ("two numbers", r"0\d{10} / 0\d{10}"),
        ("fixed line", r"020 .*"),
        ("premium rate", r"0(909|906|871)\d{7}"),
        ("abroad", r"\+(?!44).*"),
    ],
)
def test_a_messy_file_has_every_kind_of_number(what: str, pattern: str) -> None:
    """Ten thousand records are enough to meet each of them."""
    numbers = [row[2] for row in _cells(_sample(10_000, 3))[1:] if any(row)]
    assert any(re.fullmatch(pattern, number) for number in numbers), what


def test_a_messy_file_has_every_kind_of_cell() -> None:
    """Quoted separators, quotes and line breaks; accents; people who come again."""
    rows = [row for row in _cells(_sample(10_000, 3))[1:] if any(row)]
    cells = {cell for row in rows for cell in row}
    assert any("\n" in cell for cell in cells)
    assert any('"' in cell for cell in cells)
    assert any("," in cell for cell in cells)
    assert any(not cell.isascii() for cell in cells)
    assert len({row[2] for row in rows if row[2]}) < sum(bool(row[2]) for row in rows)


def test_a_plain_file_is_wide_and_clean() -> None:
    """Fourteen columns, and every number is valid E.164 to libphonenumber."""
    header, *rows = _cells(_sample(2000, plain=True))
    assert tuple(header) == PLAIN_HEADER
    for row in rows:
        assert len(row) == 14
        for number in filter(None, (row[3], row[13])):
            parsed = phonenumbers.parse(number)
            assert phonenumbers.is_valid_number(parsed)
            e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
            assert number == e164


def test_the_command_writes_what_the_function_makes() -> None:
    """Standard output carries the file's bytes and nothing else."""
    done = CliRunner().invoke(application(), ["sample", "--rows", "50", "--seed", "9"])
    assert done.exit_code == 0
    assert done.stdout_bytes == _sample(50, 9).encode()


def test_columns_can_be_left_out() -> None:
    """--columns keeps the first ones."""
    done = CliRunner().invoke(application(), ["sample", "--rows", "5", "--plain", "--columns", "4"])
    assert {len(row) for row in _cells(done.stdout)} == {4}
