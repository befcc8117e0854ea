"""Every page of the console as pictures: `make screenshots` writes them into docs/images/."""

import asyncio
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from playwright.async_api import Browser, async_playwright, expect
from tests.fixtures.browser import DESKTOP, PHONE, PROGRAM, Person, person_at
from tests.fixtures.stack import Stack, stack_with
from tests.fixtures.tenant import Tenant

from enlist.embedded.waiting import wait_for
from enlist.samples import write_sample

FOLDER: Final = Path(__file__).parents[2] / "docs" / "images"
FILES: Final = {
    "autumn offers.csv": ["Autumn offers", "VIP"],
    "newsletter sign-ups.csv": ["Newsletter"],
}
NUMBERS: Final = "07400 123456\n+44 7400 123456\n4.47E+11\n07400123457, 07400123458\ncall Ann"
TEXT: Final = "phone;first name;last name\n07400 123456;Ann;Smith\n+447400123457;José;Núñez"


LOOKS: Final = [
    (f"{width}-{scheme}", {"viewport": viewport, "color_scheme": scheme, "locale": "en-GB"})
    for width, viewport in (("wide", DESKTOP), ("narrow", PHONE))
    for scheme in ("light", "dark")
]


async def main() -> None:
    """Start a stack, fill an account as a person would, and picture every page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with stack_with({"ENLIST_CHUNK_BYTES": "40000"}) as stack, async_playwright() as driver:
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await driver.chromium.launch(executable_path=os.environ[PROGRAM], args=options)
        async with stack.tenant() as newcomer:
            await picture_beginnings(stack, newcomer, browser)
        async with stack.tenant() as tenant:
            for name, lists in FILES.items():
                said = {"lists": lists, "convert_national": True}
                await tenant.ended(await tenant.upload(messy(3_000, len(name)), said, name))
            failed = await tenant.upload(b"hello\nworld\n", name="greetings.csv")
            await tenant.ended(failed)
            await manage(tenant)
            for looks, how in LOOKS:
                async with person_at(stack, tenant, browser, **how) as person:
                    await picture_all(person, looks, failed)
        await browser.close()


async def manage(tenant: Tenant) -> None:
    """What somebody does by hand who has imported: consent, opt-outs, keywords."""
    contact_id, number = await tenant.rows.fetchval(
        "SELECT (contact_id, phone_number) FROM contacts ORDER BY contact_id DESC LIMIT 1"
    )
    for state, evidence in (("opted_in", "form at the till"), ("opted_out", "rang us on Monday")):
        said = {"number": number, "state": state, "evidence": evidence}
        await tenant.http.post("/v1/consents/by-hand", json=said)
    changes = {"company_name": "Northwind", "city": "Bath"}
    await tenant.http.patch(f"/v1/contacts/{contact_id}", json=changes)
    options = {"purpose": "opt_out", "convert_national": True}
    await tenant.ended(await tenant.upload(messy(60, 3), options, "opt-outs of the shop.csv"))
    for keyword, more in (
        ("PIZZA", {"number": "60066", "list": "Hungry"}),
        ("Fête", {"number": "07400 123456", "list": "VIP"}),
        ("BASTA", {"effect": "stop"}),
    ):
        await tenant.http.post("/v1/keywords", json={"keyword": keyword} | more)


def messy(rows: int, seed: int) -> bytes:
    """A sample file as `enlist sample` makes it."""
    out = io.StringIO()
    write_sample(out, rows, seed)
    return out.getvalue().encode()


async def picture(person: Person, name: str) -> None:
    """The page as tall as it is."""
    page, size = person.page, person.page.viewport_size
    assert size is not None
    height = await page.evaluate("document.documentElement.scrollHeight")
    await page.set_viewport_size({"width": size["width"], "height": height})
    await page.screenshot(path=FOLDER / f"{name}.png")
    await page.set_viewport_size(size)


async def picture_beginnings(stack: Stack, newcomer: Tenant, browser: Browser) -> None:
    """What somebody sees who has nothing yet, and whose first import is on its way."""
    for looks, how in LOOKS:
        async with person_at(stack, newcomer, browser, **how) as person:
            for page in ("imports", "lists", "contacts", "opt-outs", "keywords"):
                await person.open(f"/{page}")
                await picture(person, f"no-{page}-{looks}")
    running = await newcomer.upload(messy(20_000, 1), name="members 2026.csv")

    async def is_on_its_way() -> bool:
        units = await newcomer.ledger("units", running)
        return len([unit for unit in units if unit["state"] == "finished"]) > 10

    await wait_for(is_on_its_way, 60)
    with normalizers_paused(stack):
        for looks, how in LOOKS:
            async with person_at(stack, newcomer, browser, **how) as person:
                await person.open(f"/imports/{running}")
                await picture(person, f"import-running-{looks}")


@contextmanager
def normalizers_paused(stack: Stack) -> Iterator[None]:
    """For the length of a block no chunk is normalised."""
    processes = stack.workers("enlist_normalize")
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            process.resume()


async def picture_all(person: Person, looks: str, failed: str) -> None:
    """All pages in one width and theme."""

    rows = person.tenant.rows
    a_list = await rows.fetchval("SELECT min(list_id) FROM lists")
    a_contact = await rows.fetchval("SELECT max(contact_id) FROM contacts")
    completed = await rows.fetchval(
        "SELECT max(import_id::text) FROM imports WHERE listed > 0 AND status = 'completed'"
    )
    opted_out = await rows.fetchval(
        "SELECT max(import_id::text) FROM imports WHERE options->>'purpose' = 'opt_out'"
    )
    number = quote(await rows.fetchval("SELECT max(number) FROM consents"))
    await person.choose("customers.csv", messy(400, 5))
    await expect(person.page.locator("#preview-title")).to_be_visible()
    await person.page.check("[name=convert_national]")
    await expect(person.page.locator("[data-convert]")).to_have_count(0)
    await picture(person, f"upload-{looks}")
    await person.open("/import/numbers")
    await person.page.fill("#numbers", NUMBERS)
    await expect(person.page.locator(".tally")).to_be_visible()
    await picture(person, f"numbers-{looks}")
    await person.open("/import/contacts")
    await person.page.fill("#text", TEXT)
    await expect(person.page.locator(".tally")).to_be_visible()
    await picture(person, f"contacts-pasted-{looks}")
    for name, path in (
        ("import", f"/imports/{completed}"),
        ("import-failed", f"/imports/{failed}"),
        ("history", "/imports"),
        ("lists", "/lists"),
        ("list", f"/lists/{a_list}"),
        ("contacts", "/contacts"),
        ("contact", f"/contacts/{a_contact}"),
        ("contacts-found", "/contacts?name=an&consent=unknown"),
        ("contact-new", "/contacts/new?on_list=VIP"),
        ("contact-edit", f"/contacts/{a_contact}/edit"),
        ("opt-outs", "/opt-outs"),
        ("opt-outs-number", f"/opt-outs?number={number}"),
        ("opt-outs-paste", "/opt-outs/numbers"),
        ("opt-outs-import", f"/imports/{opted_out}"),
        ("keywords", "/keywords"),
        ("missing", "/imports/01900000-0000-7000-8000-000000000000"),
    ):
        await person.open(path)
        await picture(person, f"{name}-{looks}")
    await person.page.click("text=Sign out")
    await person.page.wait_for_url("**/sign-in")
    await picture(person, f"sign-in-{looks}")


if __name__ == "__main__":
    asyncio.run(main())
