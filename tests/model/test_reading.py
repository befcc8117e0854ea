"""The reference model's reading of records, headers and numbers, against worked examples."""

import csv
import io

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from tests.model.account import Account, Result
from tests.model.header import map_columns
from tests.model.identity import name_key
from tests.model.numbers import read_number
from tests.model.records import FileRefused, split_rows


def run(text: str, **options: object) -> Result:
    return Account().import_file(text.encode("utf-8", "surrogateescape"), options)


@given(st.text(alphabet='ab",;\n\r ', max_size=40))
def test_rows_are_those_of_the_csv_module(text: str) -> None:
    """The model cuts cells as Python's csv module does, wherever every quote is closed."""
    try:
        rows = [row.cells for row in split_rows(text, ",")]
    except FileRefused:
        reject()
    expected = [
        row for row in csv.reader(io.StringIO(text, newline="")) if any(map(str.strip, row))
    ]
    assert rows == expected


@pytest.mark.parametrize(
    ("raw", "toggle", "region", "expected"),
    [
        ("+44 7911 123456", False, "GB", "+447911123456"),
        ("\u202a+44\u00a0(0)7911-123.456\u202c", False, "GB", "+447911123456"),
        ("00447911123456", False, "GB", "+447911123456"),
        ("00447911123456", False, "US", "phone_not_e164"),
        ('="+447911123456"', False, "GB", "+447911123456"),
        ("'+447911123456", False, "GB", "+447911123456"),
        ("tel:+447911123456", False, "GB", "+447911123456"),
        ("٠٧٩١١١٢٣٤٥٦", True, "GB", "+447911123456"),
        ("07911123456", False, "GB", "phone_not_e164"),
        ("07911123456", True, "GB", "+447911123456"),
        ("7911123456", True, "GB", "+447911123456"),
        ("447911123456", True, "GB", "+447911123456"),
        ("07911.123456", True, "GB", "+447911123456"),
        ("4915112345678", True, "DE", "phone_ambiguous"),
        ("+39 (0)6 698 12345", False, "GB", "+390669812345"),
        ("", True, "GB", "phone_missing"),
        (" - ", True, "GB", "phone_missing"),
        ("4.47E+11", False, "GB", "excel_scientific"),
        ("447911123456.0", True, "GB", "excel_decimal"),
        ("4930123456.0", True, "DE", "excel_decimal"),
        ("447911123456789012.0", True, "GB", "number_precision"),
        ("07911123456 / 07911123457", True, "GB", "multiple_numbers"),
        ("+447911123456;+447911123457", False, "GB", "multiple_numbers"),
        ("+447911123456 ext. 12", False, "GB", "extension"),
        ("+447911123456x5", False, "GB", "extension"),
        ("1-800-FLOWERS", True, "US", "phone_chars"),
        ("+447911123456 (mum)", False, "GB", "phone_chars"),
        ("+44791112345", False, "GB", "phone_invalid"),
        ("999", True, "GB", "short_code"),
        ("+449098790000", False, "GB", "type_not_allowed"),
        ("1" * 5000, True, "GB", "phone_too_long"),
    ],
)
def test_numbers_are_read_as_the_library_reads_them(
    raw: str, toggle: bool, region: str, expected: str
) -> None:
    """Each spelling gives its E.164 form or the code of contacts.md."""
    number = read_number(raw, region, toggle)
    assert (number.code or number.e164) == expected


def test_a_lost_zero_is_a_warning() -> None:
    """A national number without its leading zero is taken, with a warning."""
    assert run("phone\n7911123456", convert_national=True).warning_reasons == {
        "leading_zero_restored": 1
    }
    assert run("phone\n07911123456", convert_national=True).warning_reasons == {}


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("+447911123456,a,GB,c", "ragged"),
        ("+447911123456", "ragged"),
        ('+447911123456,"a"b,GB', "quote"),
        ("+447911123456,éé\udcff,GB", "encoding"),
        ("+447911123456,a\0,GB", "control_char"),
        (f"+447911123456,{'a' * 129},GB", "field_too_long"),
        ("Phone,city,country_code", "region_needed"),
        ("phone,city,country_code", "header_repeated"),
        ("+447911123456,a,XX", "region_needed"),
        ("447911123456,a,GB,c", "ragged"),
        ("447911123456,a,GB", "phone_not_e164"),
    ],
)
def test_a_bad_record_is_rejected_with_the_first_code(rows: str, code: str) -> None:
    """A record with several faults has the first in the order of the table."""
    result = run(f"phone,city,country_code\n{rows}\n+447911123457,,\n")
    assert result.reasons == {code: 1}
    assert result.outcomes == [(1, "rejected", code), (2, "created", None)]


def test_blank_rows_and_preamble_are_no_records() -> None:
    """Records are numbered from 1; blank rows, preamble and header are none."""
    result = run('Contacts of May\n\nphone,city\n , \n+447911123456,"a\nb"\n"",""\n1,\n')
    assert result.outcomes == [(1, "created", None), (2, "rejected", "phone_not_e164")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" \n", "empty"),
        ('phone\n"1', "unterminated_quote"),
        ("city\nLondon", "header_missing"),
        ("phone,email,e-mail\n1,,", "header_duplicate"),
        ("phone,city\n1,\udc81\udc98", "encoding"),
    ],
)
def test_a_bad_file_is_refused_whole(text: str, code: str) -> None:
    """A file-level code ends the import with nothing merged."""
    result = run(text)
    assert (result.status, result.code) == ("failed", code)


def test_columns_are_mapped_by_synonyms() -> None:
    """Mobile before phone; what is left becomes a custom field."""
    header = ["Phone", "MOBILE ", "First\u200bName", "Shoe size", ""]
    mapping = ["alternate_phone_number", "phone_number", "first_name", "custom.Shoe size", "skip"]
    assert map_columns(header, {}) == mapping


def test_over_limit_cuts_or_blanks_with_a_warning() -> None:
    """Under truncate and blank the record is kept, and says so."""
    text = f"phone,city\n+447911123456,{'é' * 129}"
    assert run(text, over_limit="truncate").warning_reasons == {"truncated": 1}
    assert run(text, over_limit="blank").warning_reasons == {"blanked": 1}


def test_names_split_at_the_last_space_and_lists_at_semicolons() -> None:
    """A full name becomes two; names of lists past the 20th are left out."""
    account = Account()
    lists = ";".join(f"List {n}" for n in range(21))
    result = account.import_file(
        f"phone,name,lists\n+447911123456,Anna Mae Lee,{lists}".encode(), {}
    )
    contact = account.contacts[("+447911123456", "anna mae", "lee")]
    assert len(contact.lists) == 20
    assert result.warning_reasons == {"name_split": 1, "list_skipped": 1}


def test_suppressed_counts_opted_out_numbers() -> None:
    """A number that opted out on the channel is merged and counted."""
    account = Account(opted_out={("+447911123456", "phone")})
    result = account.import_file(b"phone\n+447911123456\n+447911123456\n+447911123457", {})
    assert (result.counts["created"], result.counts["suppressed"]) == (2, 1)


def test_name_keys_fold_case_accents_and_space() -> None:
    """One key for every spelling that contacts.md holds equal, another for the rest."""
    assert name_key(" Jose\u0301\u00a0 STRASSE ") == name_key("José straße")
    assert name_key("Jose") != name_key("José")
