"""Every page of the console as pictures: `make screenshots` writes them into docs/images/."""

import asyncio
import io
import os
from pathlib import Path
from typing import Final

from playwright.async_api import async_playwright, expect
from tests.fixtures.browser import DESKTOP, PHONE, PROGRAM, Person, person_at
from tests.fixtures.stack import stack_with

from enlist.samples import write_sample

FOLDER: Final = Path(__file__).parents[2] / "docs" / "images"
NUMBERS: Final = "07400 123456\n+44 7400 123456\n4.47E+11\n07400123457, 07400123458\ncall Ann"
TEXT: Final = "phone;first name;last name\n07400 123456;Ann;Smith\n+447400123457;José;Núñez"


async def main() -> None:
    """Start a stack, fill an account as a person would, and picture every page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with (
        stack_with({}) as stack,
        stack.tenant() as tenant,
        async_playwright() as playwright,
    ):
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await playwright.chromium.launch(
            executable_path=os.environ[PROGRAM], args=options
        )
        for lists in (["Autumn offers", "VIP"], ["Newsletter"]):
            said = {"lists": lists, "convert_national": True}
            await tenant.ended(await tenant.upload(messy(3_000, len(lists)), said))
        failed = await tenant.upload(b"hello\nworld\n")
        for width, viewport in (("wide", DESKTOP), ("narrow", PHONE)):
            for scheme in ("light", "dark"):
                looks = {"viewport": viewport, "color_scheme": scheme, "locale": "en-GB"}
                async with person_at(stack, tenant, browser, **looks) as person:
                    await picture_all(person, f"{width}-{scheme}", failed)
        await browser.close()


def messy(rows: int, seed: int) -> bytes:
    """A sample file as `enlist sample` makes it."""
    out = io.StringIO()
    write_sample(out, rows, seed)
    return out.getvalue().encode()


async def picture_all(person: Person, looks: str, failed: str) -> None:
    """All pages in one width and theme."""

    async def picture(name: str) -> None:
        page, size = person.page, person.page.viewport_size
        assert size is not None
        height = await page.evaluate("document.documentElement.scrollHeight")
        await page.set_viewport_size({"width": size["width"], "height": height})
        await page.screenshot(path=FOLDER / f"{name}-{looks}.png")
        await page.set_viewport_size(size)

    rows = person.tenant.rows
    a_list = await rows.fetchval("SELECT min(list_id) FROM lists")
    a_contact = await rows.fetchval("SELECT max(contact_id) FROM contacts")
    completed = await rows.fetchval("SELECT max(import_id::text) FROM imports WHERE created > 0")
    await person.choose("customers.csv", messy(400, 5))
    await expect(person.page.locator("#preview-title")).to_be_visible()
    await person.page.check("[name=convert_national]")
    await expect(person.page.locator("[data-convert]")).to_have_count(0)
    await picture("upload")
    await person.open("/import/numbers")
    await person.page.fill("#numbers", NUMBERS)
    await expect(person.page.locator(".tally")).to_be_visible()
    await picture("numbers")
    await person.open("/import/contacts")
    await person.page.fill("#text", TEXT)
    await expect(person.page.locator(".tally")).to_be_visible()
    await picture("contacts-pasted")
    for name, path in (
        ("import", f"/imports/{completed}"),
        ("import-failed", f"/imports/{failed}"),
        ("history", "/imports"),
        ("lists", "/lists"),
        ("list", f"/lists/{a_list}"),
        ("contacts", "/contacts"),
        ("contact", f"/contacts/{a_contact}"),
    ):
        await person.open(path)
        await picture(name)
    await person.page.click("text=Sign out")
    await person.page.wait_for_url("**/sign-in")
    await picture("sign-in")


if __name__ == "__main__":
    asyncio.run(main())
