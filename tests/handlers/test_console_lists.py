"""The console's forms for lists, opt-outs and keywords."""

import re
from uuid import uuid4

import asyncpg
import httpx2
import pytest
from tests.fixtures.console import browser, keyed
from tests.handlers.test_console_contacts import NUMBER, added, said_by, submit

from enlist_ingest.tasks import BATCH

__all__ = ["browser", "keyed"]


async def made(browser: httpx2.AsyncClient, name: str) -> int:
    """A list made at the console; its id."""
    answer = await browser.post("/lists", data={"name": name})
    assert answer.status_code == 303, said_by(answer)
    return int(re.findall(r"/lists/(\d+)", answer.headers["location"])[0])


async def names(browser: httpx2.AsyncClient) -> dict[str, int]:
    """The account's lists with how many contacts are on each."""
    found = (await browser.get("/v1/lists")).json()["lists"]
    return {each["name"]: each["contacts"] for each in found}


async def test_a_list_is_made_renamed_and_deleted(browser: httpx2.AsyncClient) -> None:
    """A name is one per account whatever its case; contacts may go with their only list."""
    list_id = await made(browser, "VIP")
    again = await submit(browser, "/lists", name="vip")
    assert (again.status_code, said_by(again)) == (
        422,
        ["There is a list of this name already, whatever its case."],
    )
    await made(browser, "Autumn")
    taken = await submit(browser, f"/lists/{list_id}/rename", name="AUTUMN")
    assert said_by(taken) == ["There is a list of this name already, whatever its case."]
    renamed = await submit(browser, f"/lists/{list_id}/rename", name="Friends")
    assert said_by(renamed) == ["The list was renamed."]
    await added(browser, lists="Friends")
    await added(browser, phone_number="07400123457", lists="Friends;Autumn")
    deleted = await submit(browser, f"/lists/{list_id}/delete", contacts="delete")
    assert said_by(deleted)[0].startswith("The list was deleted.")
    assert await names(browser) == {"Autumn": 1}


async def test_many_join_and_leave_a_list(browser: httpx2.AsyncClient) -> None:
    """Those that are ticked, or all that were found; a new list is made, an unknown one is not."""
    first = await added(browser, first_name="Ann")
    second = await added(browser, phone_number="07400123457", first_name="Bob")
    chosen = {"contact": [first, second, "x"], "whom": "chosen", "list_name": "VIP"}
    page = await submit(browser, "/contacts/lists", **chosen, do="add")
    assert said_by(page) == ["2 contacts joined the list."]
    page = await submit(
        browser, "/contacts/lists", name="bob", whom="all", list_name="vip", do="remove"
    )
    assert said_by(page) == ["1 contact was taken off the list."]
    assert str(page.url).endswith("name=bob&task=" + page.url.params["task"])
    assert await names(browser) == {"VIP": 1}


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"whom": "chosen", "list_name": "VIP"}, "Choose contacts first"),
        ({"whom": "all", "list_name": ""}, "Name a list first."),
        ({"whom": "all", "list_name": "Nope", "do": "remove"}, "There is no list of this name."),
    ],
)
async def test_what_many_cannot_do_is_said(
    browser: httpx2.AsyncClient, said: dict[str, str], fault: str
) -> None:
    """And no list is made."""
    await added(browser)
    page = await submit(browser, "/contacts/lists", **said)
    assert said_by(page)[0].startswith(fault)
    assert await names(browser) == {}


async def test_what_goes_on_is_followed(
    browser: httpx2.AsyncClient, observer: asyncpg.Connection
) -> None:
    """What is not done at once goes on by itself; the part of the page asks until it is."""
    await observer.execute(
        "INSERT INTO contacts (account_id, contact_id, phone_number, channels, created_seq, "
        "changed_seq) SELECT account_id, nextval('contact_ids'), '+44740' || n, 1, 0, 0 "
        "FROM accounts CROSS JOIN generate_series(1000000, 1000000 + $1) AS n",
        BATCH,
    )
    page = await submit(browser, "/contacts/lists", whom="all", list_name="VIP")
    said = f"{BATCH} contacts joined the list so far; it goes on by itself."
    assert said_by(page) == [said]
    [path] = re.findall('hx-get="([^"]+)" hx-trigger="every 1s"', page.text)
    part = await browser.get(path)
    while "hx-get" in part.text:
        part = await browser.get(path)
    assert said_by(part) == [f"{BATCH + 1} contacts joined the list."]
    assert (await browser.get(f"/tasks/{uuid4()}")).status_code == 404


async def test_a_contact_joins_and_leaves_a_list_on_its_page(browser: httpx2.AsyncClient) -> None:
    """By name, made if it is new."""
    contact_id = await added(browser)
    page = await submit(browser, f"/contacts/{contact_id}/lists", list_name="VIP")
    assert said_by(page) == ["The contact is on the list."]
    assert await names(browser) == {"VIP": 1}
    page = await submit(browser, f"/contacts/{contact_id}/lists", list_name="VIP", do="remove")
    assert said_by(page) == ["The contact was taken off the list."]
    assert await names(browser) == {"VIP": 0}


async def test_a_number_is_opted_out_and_looked_up(browser: httpx2.AsyncClient) -> None:
    """In any spelling, also one of nobody; a word that is no number is refused."""
    page = await submit(browser, "/opt-outs", number="07400 123456", evidence="rang us")
    assert said_by(page) == ["The number is opted out. No import brings it back."]
    assert re.findall('badge ([a-z_]*)"', page.text) == ["opted_out", "", "opted_out"]
    assert "rang us" in page.text
    listed = (await browser.get("/opt-outs")).text
    assert re.findall(r'class="phone"><a href="([^"]+)">([^<]+)', listed) == [
        ("/opt-outs?number=%2B447400123456", NUMBER)
    ]
    for answer in (
        await submit(browser, "/opt-outs", number="call Ann"),
        await browser.get("/opt-outs", params={"number": "call Ann"}),
    ):
        assert answer.status_code == 422
        assert said_by(answer)
    assert (await browser.get("/opt-outs?cursor=x")).status_code == 404


async def test_a_keyword_is_added_and_removed(browser: httpx2.AsyncClient) -> None:
    """With the list that it joins; what cannot be a keyword is said, and stays in the form."""
    said = {"keyword": "Pizza", "effect": "join", "number": "60066", "list": "Hungry"}
    page = await submit(browser, "/keywords", **said)
    assert said_by(page)[0].startswith("The keyword was added.")
    [row] = re.findall(r'<th scope="row">Pizza</th>(.*?)</tr>', page.text, re.DOTALL)
    assert re.findall(r">([^<>\n]+)</(?:td|a)>", row) == [
        "60066",
        "opts in and joins a list",
        "Hungry",
    ]
    for wrong, why in (
        (said, "The keyword stands for this number already."),
        (said | {"keyword": "STOP"}, "Everybody's STOP and START words"),
        (said | {"list": "", "keyword": "Pasta"}, "join takes a number and a list"),
    ):
        page = await submit(browser, "/keywords", **wrong)
        assert (page.status_code, said_by(page)[0][: len(why)]) == (422, why)
        assert f'value="{wrong["keyword"]}"' in page.text
    keyword_id = (await browser.get("/v1/keywords")).json()["keywords"][0]["keyword_id"]
    page = await submit(browser, f"/keywords/{keyword_id}/remove")
    assert said_by(page)[0].startswith("The keyword was removed.")
    assert "Pizza" not in page.text


async def test_no_form_is_taken_from_another_site(browser: httpx2.AsyncClient) -> None:
    """The session does not count there: it leads to the sign-in page, and nothing is done."""
    foreign = {"Sec-Fetch-Site": "cross-site"}
    for path, said in (
        ("/contacts", {"phone_number": NUMBER}),
        ("/lists", {"name": "VIP"}),
        ("/opt-outs", {"number": NUMBER}),
        ("/keywords", {"keyword": "PIZZA", "effect": "stop"}),
    ):
        answer = await browser.post(path, data=said, headers=foreign)
        assert answer.headers["location"].startswith("/sign-in")
    kept = [(await browser.get(f"/v1/{each}")).json() for each in ("contacts", "lists", "opt-outs")]
    assert [next(iter(each.values())) for each in kept] == [[], [], []]
