"""`enlist check`: what it shows, what it writes, how it exits; its counts: `test_check_agrees`."""

import json
from pathlib import Path

import pytest
from tests.cli.scripted_api import Enlist, ScriptedApi
from tests.fixtures.workbooks import as_csv, xlsx

from enlist.options import ALL, gathered
from enlist_shared.options import ImportOptions

MESSY = (
    b"Vorname;Handy;Schuhgr\xf6\xdfe;Notiz\r\n"
    b"J\xf6rg;0151 23456789;42;\r\n"
    b'Anna;0171/1234567;;"sagt ""ja"";\r\nimmer"\r\n'
    b"J\xf6rg;+49 151 23456789;43;\r\n"
    b"Ohne;;;\r\n"
    b"Kurz;0151 23456789\r\n"
    b"=1+1;4.47E+11;;\r\n"
)
GERMAN = ("--convert-national", "--region", "DE")


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    """Six records as a German spreadsheet writes them."""
    file = tmp_path / "kunden.csv"
    file.write_bytes(MESSY)
    return file


def test_nothing_is_asked_of_anybody(api: ScriptedApi, enlist: Enlist, messy: Path) -> None:
    """How it is read, what the columns become, the balance; rejected records are no failure."""
    done = enlist("check", messy, *GERMAN)
    words = [line.split() for line in done.stdout.splitlines() if line.strip()]
    assert (done.returncode, api.received) == (0, [])
    assert "separated by semicolon, with a header" in done.stdout
    assert ["Handy", "phone_number"] in words
    assert ["Schuhgröße", "custom", "field"] in words
    counts = {word[0]: word[1] for word in words if len(word) > 1}
    assert [counts[name] for name in ("created", "duplicate", "rejected", "records")] == [
        *("2", "1", "3", "6"),
    ]
    assert {name: counts[name] for name in ("phone_missing", "ragged", "duplicate_conflict")} == {
        "phone_missing": "1",
        "ragged": "1",
        "duplicate_conflict": "1",
    }


def test_json_speaks_of_it_as_of_an_import(enlist: Enlist, messy: Path) -> None:
    """Standard output is one JSON object in the API's words."""
    said = json.loads(enlist("check", messy, *GERMAN, "--json").stdout)
    seconds, detected = said.pop("seconds"), said.pop("detected")
    assert seconds > 0
    assert (detected["separator"], detected["line_break"]) == (";", "\r\n")
    assert {name: count for name, count in said.pop("counts").items() if count} == {
        "records": 6,
        "created": 2,
        "duplicate": 1,
        "rejected": 3,
        "warnings": 1,
    }
    assert said == {
        "file_name": "kunden.csv",
        "size": len(MESSY),
        "status": "completed",
        "reasons": {"phone_missing": 1, "ragged": 1, "excel_scientific": 1},
        "warning_reasons": {"duplicate_conflict": 1},
        "error": None,
    }


def test_rejects_can_be_corrected_and_checked_again(
    enlist: Enlist, messy: Path, tmp_path: Path
) -> None:
    """They stand in the file's own columns with their reasons; unchanged they fail alike."""
    out = tmp_path / "rejects.csv"
    assert f"the rejected records are in {out}" in enlist(
        "check", messy, *GERMAN, "--rejects", out
    ).stdout.replace("\n", "")
    text = out.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == (
        "Vorname;Handy;Schuhgröße;Notiz;record;code;field;message;suggestion"
    )
    assert "'=1+1;4.47E+11;;;6;excel_scientific;phone_number;" in text
    again = json.loads(enlist("check", out, *GERMAN, "--json").stdout)
    assert again["reasons"] == {"phone_missing": 1, "ragged": 1, "excel_scientific": 1}
    out.write_text(text.replace("4.47E+11", "0151 23456780"), encoding="utf-8")
    mended = json.loads(enlist("check", out, *GERMAN, "--json").stdout)
    assert mended["counts"]["created"] == 1


@pytest.mark.parametrize(
    ("content", "code", "remedy"),
    [
        (b"name,born\nAnn,1990\n", "header_missing", "Name the column"),
        (b"", "empty", ""),
        (b"\x1f\x8b\x08rest", "compressed", ""),
    ],
)
def test_what_would_fail_exits_1(
    enlist: Enlist, tmp_path: Path, content: bytes, code: str, remedy: str
) -> None:
    """With the code, its message and what to do."""
    file = tmp_path / "input.csv"
    file.write_bytes(content)
    done = enlist("check", file)
    assert done.returncode == 1
    assert done.stderr.startswith("an import would fail: ")
    assert f"({code})" in done.stderr
    assert remedy in done.stderr


def test_options_are_those_of_an_import(enlist: Enlist, messy: Path, tmp_path: Path) -> None:
    """Flags win over a file of options; the mapping is put together from both."""
    saved = tmp_path / "options.json"
    options = {"default_region": "GB", "convert_national": True, "mapping": {"Notiz": "skip"}}
    saved.write_text(json.dumps(options), encoding="utf-8")
    more = ("--mapping", "2=custom.Size", "--separator", "semicolon", "--encoding", "latin-1")
    done = enlist("check", messy, "--options", saved, "--region", "DE", *more, "--json")
    detected = json.loads(done.stdout)["detected"]
    assert detected["encoding"] == "iso-8859-1"
    assert [each["field"] for each in detected["mapping"]] == [
        *("first_name", "phone_number", "custom.Size", "skip"),
    ]


def test_every_option_is_a_flag() -> None:
    """What the API takes can be said; lists and consent in two flags each."""
    spelled = gathered({"list_ids": [3], "consent_source": "form", "consent_evidence": "scan"})
    assert spelled == {"lists": [3], "consent": {"source": "form", "evidence": "scan"}}
    assert set(ImportOptions.model_fields) <= {*ALL, *spelled}


@pytest.mark.parametrize(
    ("flags", "hint"),
    [
        (("--mapping", "phone"), "COLUMN=FIELD"),
        (("--separator", "ab"), "semicolon"),
        (("--region", "XX"), "XX"),
        (("--number-type", "PIGEON"), "MOBILE"),
        (("--consent-source", "form"), "consent.evidence"),
        (("--encoding", "klingon"), "windows-1252"),
    ],
)
def test_a_wrong_call_says_what_to_say(
    enlist: Enlist, messy: Path, flags: tuple[str, ...], hint: str
) -> None:
    """It exits 2, with an example or the choices."""
    done = enlist("check", messy, *flags)
    assert done.returncode == 2
    assert hint in done.stderr


def test_the_checked_file_is_never_overwritten(enlist: Enlist, messy: Path) -> None:
    """--rejects with its own name is refused."""
    assert enlist("check", messy, "--rejects", messy).returncode == 2
    assert messy.read_bytes() == MESSY


def test_a_file_that_cannot_be_written_is_named(enlist: Enlist, messy: Path) -> None:
    """No traceback when the folder of the rejects file is not there."""
    done = enlist("check", messy, "--rejects", messy.parent / "nowhere" / "rejects.csv", *GERMAN)
    assert done.returncode == 2
    assert "No such file" in done.stderr


def test_a_workbook_is_checked_like_its_csv(enlist: Enlist, tmp_path: Path) -> None:
    """The sheet is read as an import would read it; what is no workbook says so."""
    rows = [["phone", "name"], ["+447911123456", "Ann"], ["12", "Bo"]]
    (tmp_path / "people.csv").write_bytes(as_csv(rows))
    (tmp_path / "people.xlsx").write_bytes(xlsx(rows, name="Friends"))
    (tmp_path / "broken.xlsx").write_bytes(xlsx(rows)[:-100])
    as_text = json.loads(enlist("check", tmp_path / "people.csv", "--json").stdout)
    as_sheet = json.loads(enlist("check", tmp_path / "people.xlsx", "--json").stdout)
    assert as_sheet["detected"].pop("sheet") == "Friends"
    assert as_sheet["detected"].pop("other_sheets") == []
    for name in ("detected", "counts", "reasons", "warning_reasons", "status"):
        assert as_sheet[name] == as_text[name]
    broken = enlist("check", tmp_path / "broken.xlsx", "--json")
    assert (broken.returncode, json.loads(broken.stdout)["error"]["code"]) == (1, "corrupt")
