"""Looking things up in the console, with eyes, a screen reader, a keyboard or a phone."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect
from tests.fixtures.browser import DESKTOP, PHONE, Person, person_at
from tests.fixtures.stack import Stack
from tests.fixtures.tenant import Tenant

PEOPLE = (
    b"phone,first name,email,lists\n07400123456,Ann,a@b.example,VIP\n07400123457,Bob,b,\nx,,,\n"
)


@pytest.fixture
async def imported(person: Person) -> str:
    """An import with something to show; its id."""
    options = {"convert_national": True, "lists": ["Autumn"]}
    import_id = await person.tenant.upload(PEOPLE, options)
    await person.tenant.ended(import_id)
    return import_id


async def test_a_contact_is_found_however_it_is_written(person: Person, imported: str) -> None:
    """Its page has its lists and leads to the import that made it."""
    await person.open("/contacts")
    page = person.page
    await page.fill("#number", "07400 123-456")
    await page.keyboard.press("Enter")
    await page.click("text=+447400123456")
    await expect(page.locator("h1")).to_have_text("Ann")
    await expect(page.locator("main")).to_contain_text("a@b.example")
    await expect(page.locator("main a[href^='/lists/']")).to_have_text(["Autumn", "VIP"])
    await page.click(".touches a")
    assert page.url.endswith(imported)


async def test_a_list_shows_its_members(person: Person, imported: str) -> None:
    """With how many there are, from the page of all lists."""
    assert imported
    page = await person.open("/lists")
    await page.click("text=Autumn")
    await expect(page.locator(".title .muted")).to_contain_text("2 contacts")
    await expect(page.locator("tbody tr")).to_have_count(2)


async def test_rejects_are_one_click_away(person: Person, imported: str) -> None:
    """The file comes with its reason, and the way back to upload its correction is beside it."""
    page = await person.open(f"/imports/{imported}")
    async with page.expect_download() as started:
        await page.click("text=Download rejects (CSV)")
    content = (await (await started.value).path()).read_text("utf-8-sig")
    assert content.splitlines()[1].startswith("x,,,,3,phone_")
    await page.click("text=Correct and upload again")
    await expect(page.locator("main")).to_contain_text("corrections of contacts.csv")


async def test_signing_out_closes_the_console(person: Person) -> None:
    """Going back shows the sign-in page."""
    await person.page.click("text=Sign out")
    await person.page.wait_for_url("**/sign-in")
    await person.open("/contacts")
    assert "/sign-in?next=/contacts" in person.page.url


async def pages_of(person: Person, imported: str) -> list[str]:
    """The path of every page that there is to see."""
    contact = await person.tenant.rows.fetchval("SELECT min(contact_id) FROM contacts")
    named = await person.tenant.rows.fetchval("SELECT min(list_id) FROM lists")
    return [
        "/import/upload",
        "/import/numbers",
        "/import/contacts",
        "/imports",
        f"/imports/{imported}",
        "/lists",
        f"/lists/{named}",
        "/contacts",
        f"/contacts/{contact}",
        "/contacts?number=0000",
        "/contacts?name=b",
        "/contacts/new",
        f"/contacts/{contact}/edit",
        "/opt-outs",
        "/opt-outs?number=07400123456",
        "/opt-outs/numbers",
        "/opt-outs/upload",
        "/keywords",
    ]


async def serious_faults(page: Page) -> list[str]:
    """What axe-core finds that would keep somebody out."""
    found = await Axe().run(page)
    return [
        f"{page.url}: {each['id']}: {each['nodes'][0]['html']}"
        for each in found.response["violations"]
        if each["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_nobody_is_kept_out(
    stack: Stack, tenant: Tenant, browser: Browser, scheme: str, viewport: dict[str, int]
) -> None:
    """axe-core finds nothing serious on any page, and no page is wider than the screen."""
    async with person_at(stack, tenant, browser, color_scheme=scheme, viewport=viewport) as person:
        import_id = await tenant.upload(PEOPLE, {"convert_national": True, "lists": ["Autumn"]})
        await tenant.ended(import_id)
        faults = []
        for path in await pages_of(person, import_id):
            page = await person.open(path)
            await page.evaluate(
                "document.querySelectorAll('details').forEach(it => it.open = true)"
            )
            faults += await serious_faults(page)
            too_wide = "document.documentElement.scrollWidth - window.innerWidth"
            if (excess := await page.evaluate(too_wide)) > 0:
                faults.append(f"{path} is {excess} px too wide")
        page = await person.open("/import/upload")
        await person.choose("people.csv", PEOPLE)
        await expect(page.locator("#preview-title")).to_be_visible()
        faults += await serious_faults(page)
        assert faults + person.faults == []


async def test_the_keyboard_is_enough(person: Person) -> None:
    """From the address bar to a started import without a mouse."""
    page = await person.open("/import/numbers")
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.focus("#numbers")
    await page.keyboard.type("+447400123456")
    for _ in range(12):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.matches('[data-start]')"):
            break
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/imports/*")
    await person.completed()
