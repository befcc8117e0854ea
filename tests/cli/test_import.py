"""`enlist import` and `enlist status`: what they send, what they show, how they exit."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
from tests.cli.scripted_api import (
    CUT,
    DONE,
    EVENTS,
    LOOK,
    UPLOAD,
    Answer,
    Enlist,
    ScriptedApi,
    as_json,
    events,
    problem,
    shown,
)

from enlist import http
from enlist.embedded.ready_file import ObjectStoreAddress, Ready
from enlist_shared.ids import AccountId


def test_the_file_and_its_options_are_sent_with_the_key(
    api: ScriptedApi, enlist: Enlist, file: Path
) -> None:
    """One multipart request: the bytes as they are, and only the options that were given."""
    done = enlist(
        "import", file, "--list", "A", "--list", "B", "--region", "IE", "--convert-national"
    )
    assert done.returncode == 0, done.stderr
    request, headers, body = api.received[0]
    assert (request, headers["Authorization"]) == (UPLOAD, "Bearer enl_key")
    assert b'name="file"; filename="contacts.csv"' in body
    assert b"\r\n\r\nphone\r\n+447700900123\r\n\r\n--" in body
    options = json.loads(body.partition(b'name="options"\r\n\r\n')[2].partition(b"\r\n")[0])
    assert options == {
        "lists": ["A", "B"],
        "default_region": "IE",
        "convert_national": True,
    }


def test_the_balance_is_shown_with_its_reasons(enlist: Enlist, file: Path) -> None:
    """Outcomes, the reasons below `rejected`, and the sum."""
    done = enlist("import", file)
    words = [line.split()[:2] for line in done.stdout.splitlines() if line.strip()]
    assert done.stdout.startswith("import i-1 contacts.csv: completed in 2.0 s")
    for expected in (
        ["created", "3"],
        ["rejected", "2"],
        ["phone_invalid", "1"],
        ["phone_missing", "1"],
        ["records", "7"],
        ["listed", "4"],
    ):
        assert expected in words
    assert "the sum of the above" in done.stdout


def test_json_is_the_import_and_nothing_else(enlist: Enlist, file: Path) -> None:
    """Standard output parses; fields that the command does not know are kept."""
    done = enlist("import", file, "--json")
    assert json.loads(done.stdout)["reasons"] == DONE["reasons"]
    assert json.loads(done.stdout)["account_id"] == "a-1"


def test_a_failed_import_exits_1_and_says_why(api: ScriptedApi, enlist: Enlist, file: Path) -> None:
    """The code's message and its remedy go to standard error."""
    error = {"code": "header_missing", "message": "No column with phone numbers could be found."}
    api.script[EVENTS] = [events(shown("failed", error=error))]
    done = enlist("import", file)
    assert done.returncode == 1
    assert "No column with phone numbers could be found. (header_missing) Name" in done.stderr


def test_a_lost_stream_is_taken_up_again(api: ScriptedApi, enlist: Enlist, file: Path) -> None:
    """Streams that end, break or are refused delay the result and never lose it."""
    api.script[EVENTS] = [
        events(shown("splitting")),
        Answer(503, b"", "text/plain"),
        Answer(200, b'data: {"cut', "text/event-stream"),
        events(DONE),
    ]
    assert enlist("import", file).returncode == 0


def test_a_lost_answer_is_asked_for_again(
    api: ScriptedApi, enlist: Enlist, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bytes under the same Idempotency-Key, so that nothing is imported twice."""
    monkeypatch.setattr(http, "PAUSES", (0.01, 0.01, 0.01))
    running = problem(409, "Running", "idempotency_running", "a request is running")
    api.script[UPLOAD] = [CUT, running, as_json(shown("accepted"), 202)]
    assert enlist("import", file).returncode == 0
    sent = [(headers["Idempotency-Key"], body) for what, headers, body in api.received[:3]]
    assert len({key for key, _ in sent}) == 1
    assert all(b"\r\n\r\nphone\r\n+447700900123\r\n\r\n--" in body for _, body in sent)
    api.script[UPLOAD] = [CUT]
    assert "no answer from" in enlist("import", file).stderr


def test_without_following_it_returns_when_accepted(
    api: ScriptedApi, enlist: Enlist, file: Path
) -> None:
    """--no-follow asks nothing more."""
    done = enlist("import", file, "--no-follow")
    assert (done.returncode, len(api.received)) == (0, 1)
    assert done.stdout == "import i-1 is accepted: enlist status i-1\n"


def test_a_refusal_is_one_line_with_title_and_detail(
    api: ScriptedApi, enlist: Enlist, file: Path
) -> None:
    """problem+json becomes a sentence; what the caller can mend exits 2, the rest 1."""
    api.script[UPLOAD] = [problem(422, "Options refused", "options", "region XX is unknown")]
    done = enlist("import", file, "--region", "XX")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("enlist: Options refused: region XX is unknown\n")
    api.script[UPLOAD] = [problem(413, "Too large", "too_large", "more than 100 MB")]
    assert enlist("import", file).returncode == 1


def test_an_address_where_nobody_answers_is_named(enlist: Enlist, file: Path) -> None:
    """No traceback when the server is away."""
    done = enlist("import", file, "--url", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert "enlist: no answer from http://127.0.0.1:9" in done.stderr


def test_the_running_local_stack_is_found(
    api: ScriptedApi, enlist: Enlist, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without address and key, the ready file in the data directory has them."""
    monkeypatch.delenv("ENLIST_URL")
    monkeypatch.delenv("ENLIST_API_KEY")
    Ready(
        api=api.url,
        api_key="enl_local",
        account_id=AccountId(uuid4()),
        kafka="",
        s3=ObjectStoreAddress(endpoint="", access_key="", secret_key="", bucket=""),
        postgres="",
    ).write(tmp_path / "ready.json")
    api.script[LOOK] = [as_json(DONE)]
    assert enlist("status", "i-1", "--data-dir", tmp_path).returncode == 0
    assert api.received[0][1]["Authorization"] == "Bearer enl_local"


def test_an_import_is_cancelled(api: ScriptedApi, enlist: Enlist) -> None:
    """What it came to is shown; one that has ended already is an error in one line."""
    api.script["POST /v1/imports/i-1/cancel"] = [as_json(shown("cancelled"))]
    done = enlist("cancel", "i-1")
    assert (done.returncode, "cancelled" in done.stdout) == (0, True)
    assert json.loads(enlist("cancel", "i-1", "--json").stdout)["status"] == "cancelled"
    ended = problem(409, "Conflict", "conflict", "The import has ended: completed.")
    api.script["POST /v1/imports/i-1/cancel"] = [ended]
    done = enlist("cancel", "i-1")
    assert (done.returncode, done.stdout) == (1, "")
    assert "The import has ended: completed." in done.stderr


def test_status_alone_lists_the_newest_imports(api: ScriptedApi, enlist: Enlist) -> None:
    """One line an import, with its records and rejects."""
    api.script["GET /v1/imports"] = [as_json({"imports": [DONE], "next_cursor": None})]
    words = enlist("status").stdout.splitlines()[1].split()
    assert words == [
        *("i-1", "11-22", "10:00", "completed", "7", "2", "contacts.csv"),
    ]


@pytest.mark.parametrize(
    "arguments",
    [("import", "no-such-file.csv"), ("import",), ("import", "--channel", "pigeon"), ("fly",)],
)
def test_a_wrong_call_exits_2(api: ScriptedApi, enlist: Enlist, arguments: tuple[str, ...]) -> None:
    """Usage errors are told apart from failed imports."""
    assert enlist(*arguments).returncode == 2
    assert not api.received
