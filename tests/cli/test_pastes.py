"""`enlist numbers`, `contacts`, `preview`, `rejects`: what they send and where the answer goes."""

import io
import json
import sys
from pathlib import Path

import pytest
from tests.cli.scripted_api import DONE, Answer, Enlist, ScriptedApi, as_json, problem, shown

NUMBERS = "POST /v1/imports/numbers"
CONTACTS = "POST /v1/imports/contacts"
PROFILES = "GET /v1/profiles"
PREVIEW = {
    "file_name": "contacts.csv",
    "whole": True,
    "detected": {
        "encoding": "utf-8",
        "encoding_confidence": 1.0,
        "separator": ";",
        "header": True,
        "preamble_rows": 2,
    },
    "columns": [
        {"column": "phone", "field": "phone_number", "samples": ["+447700900123"]},
        {"column": "Shoes", "field": "custom.Shoes", "samples": ["42", "43"]},
    ],
    "error": None,
    "counts": {"records": 9, "forwarded": 7, "duplicate": 1, "rejected": 2, "warnings": 0},
    "reasons": {"phone_missing": 2},
    "warning_reasons": {},
    "profile": {"name": "Shop"},
    "seen_before": {"import_id": "i-0", "at": "2026-11-01T10:00:00Z"},
}


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something on standard input."""
    text = io.TextIOWrapper(io.BytesIO("07911 123456\n+447911123457\n".encode("utf-8-sig")))
    monkeypatch.setattr(sys, "stdin", text)


@pytest.mark.usefixtures("piped")
@pytest.mark.parametrize("named", [(), ("-",)])
def test_numbers_come_from_standard_input(
    api: ScriptedApi, enlist: Enlist, named: tuple[str, ...]
) -> None:
    """The text as it is, and the options that were given; then it follows."""
    api.script[NUMBERS] = [as_json(shown("accepted"), 202)]
    done = enlist("numbers", *named, "--convert-national", "--list", "Guests")
    assert done.returncode == 0, done.stderr
    assert json.loads(api.received[0][2]) == {
        "numbers": "07911 123456\n+447911123457\n",
        "options": {"convert_national": True, "lists": ["Guests"]},
    }
    assert "the sum of the above" in done.stdout


def test_contacts_say_their_columns(api: ScriptedApi, enlist: Enlist, file: Path) -> None:
    """Separator, header and columns stand beside the options."""
    api.script[CONTACTS] = [as_json(shown("accepted"), 202)]
    flags = ("--separator", "tab", "--header", "absent", "--columns", "phone_number,,skip")
    assert enlist("contacts", file, *flags, "--over-limit", "blank", "--no-follow").returncode == 0
    assert json.loads(api.received[0][2]) == {
        "text": "phone\r\n+447700900123\r\n",
        "separator": "\t",
        "header": "absent",
        "columns": ["phone_number", None, "skip"],
        "options": {"over_limit": "blank"},
    }


def test_text_that_is_no_utf_8_is_not_sent(api: ScriptedApi, enlist: Enlist, file: Path) -> None:
    """A file in another encoding is for `enlist import`."""
    file.write_bytes(b"J\xf6rg,+447911123456")
    done = enlist("contacts", file)
    assert (done.returncode, api.received) == (2, [])
    assert "enlist import" in done.stderr


def test_a_profile_is_taken_below_the_flags(api: ScriptedApi, enlist: Enlist, file: Path) -> None:
    """Its options, then those that were said; an unknown name is answered with the known ones."""
    saved = {"default_region": "DE", "unmapped": "skip", "mapping": {"Handy": "phone_number"}}
    api.script[PROFILES] = [as_json({"profiles": [{"name": "Shop", "options": saved}]})]
    assert enlist("import", file, "--profile", "Shop", "--region", "GB").returncode == 0
    options = api.received[1][2].partition(b'name="options"\r\n\r\n')[2].partition(b"\r\n")[0]
    assert json.loads(options) == saved | {"default_region": "GB"}
    done = enlist("import", file, "--profile", "Shopp")
    assert done.returncode == 2
    assert "no profile is called Shopp; Shop" in done.stderr


def test_a_preview_is_shown(api: ScriptedApi, enlist: Enlist, file: Path) -> None:
    """How it is read, what the columns become with examples, and what is known of the file."""
    api.script[f"POST /v1/previews?size={file.stat().st_size}"] = [as_json(PREVIEW)]
    done = enlist("preview", file, "--separator", ";")
    assert done.returncode == 0, done.stderr
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    assert lines[0] == "read as utf-8, separated by semicolon, with a header below 2 other rows"
    assert lines[3].split() == ["phone", "phone_number", "+447700900123"]
    assert lines[4].split() == ["Shoes", "custom", "field", "42", "·", "43"]
    assert "9 records, 7 to merge (1 of them duplicates), 2 rejected" in done.stdout
    assert "--profile 'Shop'" in done.stdout
    assert "enlist status i-0" in done.stdout


def test_a_preview_that_needs_a_mapping_exits_1(
    api: ScriptedApi, enlist: Enlist, file: Path
) -> None:
    """The fields are open, and how to name them is said."""
    columns: list[dict[str, object]] = [{"column": "Handy", "field": None, "samples": []}]
    error = {"code": "header_missing", "message": "No column with phone numbers could be found."}
    said = PREVIEW | {"columns": columns, "error": error, "profile": None, "seen_before": None}
    api.script[f"POST /v1/previews?size={file.stat().st_size}"] = [as_json(said)]
    done = enlist("preview", file)
    assert done.returncode == 1
    assert "--mapping COLUMN=FIELD" in done.stderr
    assert enlist("preview", file, "--json").stdout.startswith('{"file_name": "contacts.csv"')


def test_rejects_are_saved_or_written_on(api: ScriptedApi, enlist: Enlist, tmp_path: Path) -> None:
    """Into a file, or as they are to standard output; of warnings and workbooks the same."""
    csv = b"phone;code\r\n1;phone_invalid\r\n"
    api.script["GET /v1/imports/i-1/rejects.csv"] = [Answer(200, csv, "text/csv")]
    api.script["GET /v1/imports/i-1/warnings.xlsx"] = [Answer(200, b"PK", "x")]
    out = tmp_path / "rejects.csv"
    assert enlist("rejects", "i-1", "-o", out).returncode == 0
    assert out.read_bytes() == csv
    assert enlist("rejects", "i-1").stdout.encode().splitlines() == csv.splitlines()
    book = tmp_path / "w.xlsx"
    assert enlist("rejects", "i-1", "--warnings", "--xlsx", "-o", book).returncode == 0
    assert book.read_bytes() == b"PK"


def test_rejects_that_cannot_be_had_leave_no_file(
    api: ScriptedApi, enlist: Enlist, tmp_path: Path
) -> None:
    """Neither an empty one, nor half of one."""
    api.script["GET /v1/imports/i-2/rejects.csv"] = [problem(404, "No such import", "x", "i-2")]
    done = enlist("rejects", "i-2", "-o", tmp_path / "out.csv")
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    assert "No such import" in done.stderr


def test_the_balance_leads_to_the_rejects(api: ScriptedApi, enlist: Enlist, file: Path) -> None:
    """After an import with rejected records, the command to fetch them is named."""
    assert DONE["counts"]["rejected"]
    assert "enlist rejects i-1 -o rejects.csv" in enlist("import", file).stdout
    assert api.received
