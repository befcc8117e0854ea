"""Commands that manage contacts, lists, consent and keywords: thin clients of the API."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.scripted_api import Answer, Enlist, ScriptedApi, as_json

ANN: dict[str, Any] = {
    "contact_id": 7, "phone_number": "+447400123456", "first_name": "Ann", "last_name": None,
    "email": "a@b.example", "company_name": None, "city": "Bath", "custom": {"colour": "red"},
    "channels": ["phone"], "lists": [{"list_id": 3, "name": "VIP"}],
    "consents": [{"number": "+447400123456", "channel": "phone", "state": "opted_out",
                  "source": "hand", "effective_at": "2026-11-01T10:00:00Z"}],
}  # fmt: skip
VIP = {"list_id": 3, "name": "VIP", "contacts": 1200}
LISTS = {"lists": [VIP], "next_cursor": None}
TASK = {"task_id": "t-1", "kind": "add", "memberships": 500, "contacts": 0, "ended_at": None}
ENDED = TASK | {"memberships": 1200, "ended_at": "2026-11-01T10:00:00Z"}
CONSENT = {"consent_id": None, "number": "+447400123456", "channel": "phone", "state": "opted_out"}
PIZZA = {"keyword_id": "k-1", "keyword": "PIZZA", "number": "60066", "effect": "join", "list_id": 3}
NUMBER = "07400 123456"
ANSWERS = {
    "GET /v1/lists?limit=200": LISTS,
    "GET /v1/contacts/7": ANN,
    "PATCH /v1/contacts/7": ANN,
    "POST /v1/contacts": {
        "outcome": "created", "listed": True, "suppressed": False, "contacts": [ANN],
        "warnings": [{"code": "email_malformed", "message": "This is no e-mail address."}],
    },
    "POST /v1/lists": VIP,
    "PATCH /v1/lists/3": VIP,
    "DELETE /v1/lists/3?contacts=delete": ENDED | {"kind": "delete_list", "contacts": 5},
    "POST /v1/lists/3/add": TASK,
    "POST /v1/lists/3/remove": ENDED | {"kind": "remove"},
    "GET /v1/tasks/t-1": ENDED,
    "POST /v1/consents/by-hand": CONSENT,
    "POST /v1/consents": CONSENT | {"state": "opted_in"},
    "GET /v1/consents?number=07400+123456&limit=200": CONSENT | {
        "consents": ANN["consents"],
        "events": [ANN["consents"][0] | {"evidence": "rang us"}],
    },
    "GET /v1/opt-outs?channel=phone&limit=50": {
        "opt_outs": [ANN["consents"][0] | {"evidence": None}], "next_cursor": None,
    },
    "GET /v1/keywords": {"keywords": [PIZZA, PIZZA | {"number": None}], "reserved": ["stop"]},
    "POST /v1/keywords": PIZZA,
}  # fmt: skip


@pytest.fixture(autouse=True)
def answers(api: ScriptedApi) -> None:
    """What the API knows in these tests."""
    api.script |= {request: [as_json(said)] for request, said in ANSWERS.items()}
    api.script["DELETE /v1/contacts/7"] = [Answer(204, b"")]
    api.script["DELETE /v1/keywords/k-1"] = [Answer(204, b"")]


def words(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


@pytest.mark.parametrize(
    ("arguments", "request_", "body", "says"),
    [
        (["contact", 7], "GET /v1/contacts/7", None, "opted_out on phone, +447400123456, by hand"),
        (
            ["add", NUMBER, "--set", "first_name=Ann", "--set", "custom.colour=red", "--list",
             "VIP", "--convert-national", "--region", "GB"],
            "POST /v1/contacts",
            {"phone_number": NUMBER, "channel": "phone", "lists": ["VIP"], "first_name": "Ann",
             "custom": {"colour": "red"}, "convert_national": True, "default_region": "GB"},
            "created: contact 7, listed",
        ),
        (
            ["change", 7, "--set", "city=", "--set", "custom.colour=a=b"],
            "PATCH /v1/contacts/7", {"city": "", "custom": {"colour": "a=b"}}, "custom.colour",
        ),
        (["delete", 7], "DELETE /v1/contacts/7", None, "contact 7 was deleted"),
        (["make-list", "VIP"], "POST /v1/lists", {"name": "VIP"}, "list 3: VIP"),
        (["rename-list", "vip", "New"], "PATCH /v1/lists/3", {"name": "New"}, "list 3: VIP"),
        (
            ["delete-list", 3, "--with-contacts"],
            "DELETE /v1/lists/3?contacts=delete", None,
            "1,200 memberships removed, 5 contacts deleted",
        ),
        (
            ["leave", "VIP", 7, 8],
            "POST /v1/lists/3/remove", {"contact_ids": [7, 8]}, "1,200 memberships removed",
        ),
        (
            ["join", "VIP", "--list", "vip", "--custom", "colour=red", "--no-follow"],
            "POST /v1/lists/3/add", {"filter": {"list": 3, "custom": {"colour": "red"}}},
            "500 memberships added; it goes on in the background",
        ),
        (["join", "VIP", "--everybody"], "GET /v1/tasks/t-1", None, "1,200 memberships added"),
        (
            ["opt-out", NUMBER, "--evidence", "rang us"],
            "POST /v1/consents/by-hand",
            {"number": NUMBER, "channel": "phone", "state": "opted_out", "evidence": "rang us"},
            "+447400123456 is opted_out on phone",
        ),
        (
            ["opt-in", NUMBER, "--evidence", "form 4711"],
            "POST /v1/consents",
            {"number": NUMBER, "channel": "phone", "state": "opted_in", "evidence": "form 4711"},
            "+447400123456 is opted_in on phone",
        ),
        (
            ["consent", NUMBER],
            "GET /v1/consents?number=07400+123456&limit=200", None,
            "+447400123456, phone: opted_out, whatsapp: unknown",
        ),
        (
            ["opt-outs", "--channel", "phone"],
            "GET /v1/opt-outs?channel=phone&limit=50", None, "+447400123456",
        ),
        (["keywords"], "GET /v1/keywords", None, "always: stop"),
        (
            ["add-keyword", "PIZZA", "--number", "60066", "--list", "Hungry"],
            "POST /v1/keywords",
            {"keyword": "PIZZA", "effect": "join", "number": "60066", "list": "Hungry"}, "k-1",
        ),
        (["remove-keyword", "k-1"], "DELETE /v1/keywords/k-1", None, "keyword k-1 was removed"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)  # fmt: skip
def test_a_command_asks_the_api_and_says_what_came(
    api: ScriptedApi, enlist: Enlist, arguments: list[Any], request_: str, body: Any, says: str
) -> None:
    """The last request it made, with the body, and the answer for a person; `--json` is JSON."""
    done = enlist(*arguments)
    assert done.returncode == 0, done.stderr
    asked, _, sent = api.received[-1]
    assert (asked, json.loads(sent) if sent else None) == (request_, body)
    assert says in " ".join(done.stdout.split())
    assert isinstance(json.loads(enlist(*arguments, "--json").stdout), dict)


def test_contacts_are_found_page_after_page(api: ScriptedApi, enlist: Enlist) -> None:
    """As many as are wanted, for whom all holds that is said; the list is named."""
    api.script["GET /v1/contacts?name=an&list=3&custom.colour=red&limit=3"] = [
        as_json({"contacts": [ANN] * 2, "next_cursor": "on"})
    ]
    api.script["GET /v1/contacts?name=an&list=3&custom.colour=red&limit=1&cursor=on"] = [
        as_json({"contacts": [ANN], "next_cursor": "further"})
    ]
    flags = ("--name", "an", "--list", "Vip", "--custom", "colour=red", "--limit", 3)
    done = enlist("find", *flags)
    assert done.returncode == 0, done.stderr
    assert words(done.stdout)[1:] == [["7", "+447400123456", "Ann", "a@b.example", "Bath"]] * 3
    assert json.loads(enlist("find", *flags, "--json").stdout) == {"contacts": [ANN] * 3}


def test_lists_are_shown(enlist: Enlist) -> None:
    """With how many contacts are on each."""
    assert words(enlist("lists").stdout) == [["list_id", "name", "contacts"], ["3", "VIP", "1,200"]]


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        (["export"], "/v1/contacts/export.csv"),
        (["export", "--number", "07400", "--consent", "unknown"],
         "/v1/contacts/export.csv?number=07400&consent=unknown"),
        (["export", "--list", "VIP", "--xlsx"], "/v1/lists/3/export.xlsx"),
        (["audience", "VIP", "--channel", "whatsapp"], "/v1/lists/3/audience?channel=whatsapp"),
    ],
)  # fmt: skip
def test_files_are_saved_or_written_on(
    api: ScriptedApi, enlist: Enlist, tmp_path: Path, arguments: list[str], path: str
) -> None:
    """An export or an audience goes into a file, or as it is to standard output."""
    api.script[f"GET {path}"] = [Answer(200, b"phone_number\r\n", "text/csv")]
    out = tmp_path / "contacts"
    assert enlist(*arguments, "-o", out).returncode == 0
    assert out.read_bytes() == b"phone_number\r\n"
    assert enlist(*arguments).stdout.split() == ["phone_number"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["join", "VIP"], "say whom"),
        (["join", "VIP", "7", "--everybody"], "say whom"),
        (["leave", "Nope", "7"], "No such list: Nope"),
        (["find", "--consent", "maybe"], "unknown, opted_in, opted_out"),
        (["find", "--custom", "colour"], "say NAME=VALUE"),
        (["change", "7"], "--set FIELD=VALUE"),
        (["opt-in", NUMBER], "--evidence"),
    ],
)
def test_what_cannot_be_asked_is_not(
    api: ScriptedApi, enlist: Enlist, arguments: list[str], says: str
) -> None:
    """It is said what is missing, with exit code 2, and nothing is changed."""
    done = enlist(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert all(asked.startswith("GET ") for asked, _, _ in api.received)


def test_numbers_are_opted_out(api: ScriptedApi, enlist: Enlist, file: Path) -> None:
    """An import whose purpose it is; nothing about it can be checked without an account."""
    api.script["POST /v1/imports/numbers"] = api.script["POST /v1/imports/file"]
    done = enlist("numbers", file, "--purpose", "opt_out", "--no-follow")
    assert done.returncode == 0, done.stderr
    assert json.loads(api.received[0][2])["options"] == {"purpose": "opt_out"}
    assert enlist("check", file, "--purpose", "opt_out").returncode == 2
