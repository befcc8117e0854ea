"""The console's forms for contacts: found, typed, changed, deleted, and their consent by hand."""

import html
import re
from typing import Any

import httpx2
import pytest
from tests.fixtures.console import browser, keyed

__all__ = ["browser", "keyed"]

NUMBER = "+447400123456"


async def submit(browser: httpx2.AsyncClient, path: str, **fields: Any) -> httpx2.Response:
    """Send a form; the page that it leads to, or the page that says why it does not."""
    answer = await browser.post(path, data=fields)
    if answer.status_code == 303:
        return await browser.get(answer.headers["location"])
    return answer


async def added(browser: httpx2.AsyncClient, **fields: Any) -> int:
    """A contact typed into the form; its id."""
    said = {"phone_number": "07400 123456", "convert_national": "yes", "default_region": "GB"}
    answer = await browser.post("/contacts", data=said | fields)
    assert answer.status_code == 303, said_by(answer)
    return int(re.findall(r"/contacts/(\d+)", answer.headers["location"])[0])


async def form_of(browser: httpx2.AsyncClient, contact_id: int) -> dict[str, str]:
    """The fields of the form as they are shown."""
    page = (await browser.get(f"/contacts/{contact_id}/edit")).text
    inputs = re.findall(r'<input id="[^"]*" name="([^"]+)" value="([^"]*)"', page)
    seq = re.findall(r'name="seq" value="(\d+)"', page)[0]
    return {name: html.unescape(value) for name, value in inputs} | {"seq": seq}


def said_by(answer: httpx2.Response) -> list[str]:
    """What the page says at its top: what was done, or why it was not."""
    found = re.findall(r'<p class="(?:note done|card fault-card)"[^>]*>([^<]*)</p>', answer.text)
    return [html.unescape(each).strip() for each in found]


async def test_a_contact_is_typed_and_changed(browser: httpx2.AsyncClient) -> None:
    """National numbers are read as the form says; what differs is changed, and nothing else."""
    typed = {"first_name": "Ann", "custom_name": ["Shoes", ""], "custom_value": ["42", ""]}
    contact_id = await added(browser, lists="VIP; Autumn", **typed)
    form = await form_of(browser, contact_id)
    assert (form["first_name"], form["custom.Shoes"]) == ("Ann", "42")
    changed = form | {"first_name": "Anne", "custom.Shoes": "", "email": "a@b.example"}
    page = await submit(browser, f"/contacts/{contact_id}/edit", **changed, channel="whatsapp")
    assert said_by(page) == ["The contact was changed."]
    found = (await browser.get(f"/v1/contacts/{contact_id}")).json()
    assert {name: found[name] for name in ("phone_number", "first_name", "email", "custom")} == {
        "phone_number": NUMBER, "first_name": "Anne", "email": "a@b.example", "custom": {},
    }  # fmt: skip
    assert (found["channels"], [each["name"] for each in found["lists"]]) == (
        ["phone", "whatsapp"],
        ["Autumn", "VIP"],
    )
    form = await form_of(browser, contact_id)
    page = await submit(browser, f"/contacts/{contact_id}/edit", **form)
    assert said_by(page) == ["Nothing differed, so nothing was changed."]


async def test_a_change_of_others_is_not_lost(browser: httpx2.AsyncClient) -> None:
    """A form that shows what is no more so says it, and shows what is."""
    contact_id = await added(browser, first_name="Ann")
    form = await form_of(browser, contact_id)
    await browser.patch(f"/v1/contacts/{contact_id}", json={"city": "Bath"})
    page = await submit(browser, f"/contacts/{contact_id}/edit", **form | {"last_name": "Smith"})
    assert (page.status_code, said_by(page)[0][:34]) == (422, "This contact was changed meanwhile")
    assert 'value="Bath"' in page.text


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"phone_number": "0740"}, "Phone number: "),
        ({"phone_number": "07400 123456", "convert_national": None}, "Phone number: "),
        ({"lists": "x" * 256}, "a list name has 1 to 255 characters"),
        ({"first_name": "x" * 51}, "First name: "),
        ({"custom_name": "a\tb", "custom_value": "x"}, "a custom field's name has"),
    ],
)
async def test_what_cannot_be_taken_is_said(
    browser: httpx2.AsyncClient, fields: dict[str, str | None], says: str
) -> None:
    """Above the form, which keeps what was typed; nothing is stored."""
    said = {"phone_number": NUMBER, "convert_national": "yes", "city": "Bath"} | fields
    ticked = {name: text for name, text in said.items() if text is not None}
    page = await submit(browser, "/contacts", **ticked)
    assert page.status_code == 422
    assert said_by(page)[0].startswith(says)
    assert 'value="Bath"' in page.text
    assert (await browser.get("/v1/contacts")).json()["contacts"] == []


async def test_a_malformed_change_changes_nothing(browser: httpx2.AsyncClient) -> None:
    """An import would leave the field out; whoever types it is told."""
    contact_id = await added(browser, email="a@b.example")
    form = await form_of(browser, contact_id) | {"email": "nobody", "city": "Bath"}
    page = await submit(browser, f"/contacts/{contact_id}/edit", **form)
    assert said_by(page) == ["E-mail: “nobody” is none."]
    found = (await browser.get(f"/v1/contacts/{contact_id}")).json()
    assert (found["email"], found["city"]) == ("a@b.example", None)


async def test_consent_by_hand_stands_in_the_history(browser: httpx2.AsyncClient) -> None:
    """Opted in, opted out, and not in again: each with who says so and how they know."""
    contact_id = await added(browser)
    for state in ("opted_in", "opted_out"):
        said = {"channel": "phone", "state": state, "evidence": f"<i>{state}</i>"}
        page = await submit(browser, f"/contacts/{contact_id}/consent", **said)
        assert said_by(page)[0].startswith("The number is opted")
    said = {"channel": "phone", "state": "opted_in"}
    page = await submit(browser, f"/contacts/{contact_id}/consent", **said)
    assert (page.status_code, said_by(page)[0][:39]) == (
        409,
        "This number is opted out, and stays so.",
    )
    history = page.text.partition('id="history-title"')[2].partition("</ol>")[0]
    assert re.findall('badge (opted_[a-z]+)"', history) == ["opted_out", "opted_in"]
    assert "&lt;i&gt;opted_out" in history


async def test_a_contact_is_deleted(browser: httpx2.AsyncClient) -> None:
    """It is gone; what it said about consent is not."""
    contact_id = await added(browser)
    await submit(browser, f"/contacts/{contact_id}/consent", channel="phone", state="opted_out")
    page = await submit(browser, f"/contacts/{contact_id}/delete")
    assert said_by(page)[0].startswith("The contact was deleted.")
    assert (await browser.get(f"/contacts/{contact_id}")).status_code == 404
    assert NUMBER in (await browser.get("/opt-outs")).text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("number=07400%20123456", ["Ann"]),
        ("name=ann+s", ["Ann"]),
        ("email=B@", ["Bob"]),
        ("list=1&channel=&consent=", ["Ann"]),
        ("list=x&channel=fax&consent=maybe", ["Bob", "Ann"]),
        ("channel=whatsapp", ["Bob"]),
        ("consent=unknown&name=bob", ["Bob"]),
        ("custom_name=Shoes&custom_value=42", ["Ann"]),
        ("custom_name=Shoes&custom_value=43", []),
        ("name=%00", ["Bob", "Ann"]),
    ],
)
async def test_contacts_are_found(
    browser: httpx2.AsyncClient, query: str, found: list[str]
) -> None:
    """By everything that the form asks for; the export asks for the same."""
    ann = {"first_name": "Ann", "last_name": "Smith", "lists": "VIP"}
    await added(browser, **ann, custom_name="Shoes", custom_value="42")
    await added(
        browser,
        phone_number="07400123457",
        first_name="Bob",
        email="b@b.example",
        channel="whatsapp",
    )
    list_id = (await browser.get("/v1/lists")).json()["lists"][0]["list_id"]
    page = (await browser.get(f"/contacts?{query.replace('list=1', f'list={list_id}')}")).text
    assert re.findall(r'<td class="name">(\w+)', page) == found
    if found:
        export = html.unescape(re.findall(r'href="(/v1/contacts/export.csv[^"]*)"', page)[0])
        rows = (await browser.get(export)).text.splitlines()[1:]
        assert len(rows) == len(found)
