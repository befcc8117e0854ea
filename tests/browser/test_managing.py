"""Managing contacts in the console: by hand, in bulk, with consent, keywords and files."""

import json
from uuid import uuid4

from aiokafka import AIOKafkaProducer
from playwright.async_api import expect
from tests.fixtures.browser import Person
from tests.fixtures.stack import Stack

from enlist_shared.topics import Topic

NUMBER = "+447400123456"
PEOPLE = b"phone,first name,lists\n+447400123456,Ann,VIP\n+447400123457,Bob,VIP\n"


async def text(stack: Stack, person: Person, to: str, body: str) -> None:
    """Somebody texts; returns when what it changed was announced."""
    account = str(person.tenant.account_id)
    event = {"account_id": account, "message_id": str(uuid4()), "from": NUMBER, "to": to}
    event |= {"body": body, "received_at": "2026-01-01T12:00:00Z"}
    async with AIOKafkaProducer(bootstrap_servers=stack.ready.kafka) as producer:
        await producer.send_and_wait(Topic.SMS_RECEIVED, json.dumps(event).encode())
    topics = person.tenant.topics
    await topics.until(
        lambda: any(
            each.topic == Topic.CONSENT_CHANGED and each.data["account_id"] == account
            for each in topics.heard
        )
    )


async def test_a_list_is_made_and_a_contact_put_on_it(person: Person) -> None:
    """Both by hand, from the page of all lists; what is wrong with a number is said in its form."""
    page = await person.open("/lists")
    await page.fill("#name", "Autumn offers")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Autumn offers")
    await page.click("text=Add a contact")
    await page.fill("#phone_number", "call Ann")
    await page.fill("#first_name", "Ann")
    await page.click("main form .main")
    await expect(page.locator("[role=alert]")).to_contain_text("Phone number")
    assert "status of 422" in person.faults.pop()
    await page.fill("#phone_number", "07400 123-456")
    await page.click("main form .main")
    await expect(page.locator("[role=status]")).to_have_text("The contact was added.")
    await expect(page.locator("h1")).to_have_text("Ann")
    await expect(page.locator("main a[href^='/lists/']")).to_have_text(["Autumn offers"])
    contacts = await person.tenant.contacts()
    assert [(key[0], set(each.lists)) for key, each in contacts.items()] == [
        (NUMBER, {"autumn offers"})
    ]


async def test_a_contact_is_edited_and_its_history_seen(person: Person) -> None:
    """What was changed by hand, and what was said about consent, stand on its page."""
    await person.tenant.import_file(PEOPLE)
    page = await person.open("/contacts?number=07400123456")
    await page.click(f"text={NUMBER}")
    await page.click("text=Edit")
    await page.fill("#city", "Bath")
    await page.click("text=Save")
    await expect(page.locator("[role=status]")).to_have_text("The contact was changed.")
    await expect(page.locator(".touches li").first).to_contain_text("updated by hand")
    await expect(page.locator(".touches li").first).to_contain_text("city")
    await page.click("text=Enter what the person has said")
    await page.fill("#evidence", "rang us")
    await page.click("button[value=opted_out]")
    await expect(page.locator(".history li")).to_have_count(1)
    await expect(page.locator(".history li")).to_contain_text("entered by hand · rang us")


async def test_an_import_brings_nobody_back(person: Person) -> None:
    """A number is opted out by hand, others are pasted; then an import says that all opted in."""
    page = await person.open("/opt-outs")
    await page.fill("#out", "07400 123456")
    await page.click("form[method=post] button:has-text('Opt out')")
    await expect(page.locator("h1")).to_have_text(NUMBER)
    await page.click(".kicker a")
    await page.click("text=Paste numbers")
    await page.fill("#numbers", "+447400123457")
    await expect(page.locator(".tally")).to_contain_text("1 valid")
    await page.click("[data-start]")
    await page.wait_for_url("**/imports/*")
    await person.completed()
    await expect(page.locator(".sum tr").filter(has_text="created")).to_contain_text(
        "opted out now"
    )
    agreed = {"source": "the till", "evidence": "signed forms"}
    done = await person.tenant.import_file(PEOPLE, {"consent": agreed})
    assert (done["counts"]["created"], done["counts"]["suppressed"]) == (2, 2)
    await person.open("/opt-outs")
    await expect(page.locator("tbody th")).to_have_text(["+447400123457", NUMBER])
    await person.open("/contacts?consent=opted_out")
    await expect(page.locator("tbody tr")).to_have_count(2)


async def test_a_keyword_is_added_and_used(stack: Stack, person: Person) -> None:
    """Who texts it is on its list from then on, and opted in."""
    page = await person.open("/keywords")
    await page.fill("#keyword", "Pizza")
    await page.fill("#number", "60066")
    await page.fill("#list", "Hungry")
    await page.click("text=Add it")
    await expect(page.locator("tbody tr")).to_contain_text("60066")
    await text(stack, person, "60066", "pizza please!")
    await page.click("tbody a")
    await expect(page.locator("h1")).to_have_text("Hungry")
    await expect(page.locator("tbody tr")).to_contain_text(NUMBER)
    await page.click(f"text={NUMBER}")
    await expect(page.locator(".history li")).to_contain_text("texted a keyword")


async def test_an_export_is_downloaded(person: Person) -> None:
    """Those who were asked for, in a file that can be imported again."""
    await person.tenant.import_file(PEOPLE)
    page = await person.open("/contacts")
    await page.click("summary")
    await page.fill("[name=name]", "bo")
    await page.click("text=Find >> nth=-1")
    await expect(page.locator("tbody tr")).to_have_count(1)
    async with page.expect_download() as started:
        await page.click("text=Export (CSV)")
    content = (await (await started.value).path()).read_text("utf-8-sig")
    assert [line.partition(",")[0] for line in content.splitlines()] == [
        "phone_number", "'+447400123457",
    ]  # fmt: skip


async def test_many_are_taken_off_a_list(person: Person) -> None:
    """Ticked with one box on the page of the list, which says how many it were."""
    await person.tenant.import_file(PEOPLE)
    page = await person.open("/lists")
    await page.click("text=VIP")
    await page.check("[data-all]")
    await page.click("text=Take the ticked contacts off this list")
    await expect(page.locator("[role=status]")).to_have_text("2 contacts were taken off the list.")
    await expect(page.locator("h2").first).to_have_text("No contacts here")
