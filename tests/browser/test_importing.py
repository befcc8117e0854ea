"""Bringing contacts in through the console: from the click to the database."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from tests.fixtures.browser import Person

from enlist.samples import write_sample

PEOPLE = (
    "mobile,first name,colour\n"
    "07400 123456,Ann,red\n"
    "+44 7400 123457,Bob,blue\n"
    "4.47E+11,Cid,green\n"
    "07400123456,Ann,red\n"
)


def sample(rows: int, *, plain: bool = False) -> bytes:
    """A made-up file with so many records."""
    out = io.StringIO()
    write_sample(out, rows, 7, plain=plain)
    return out.getvalue().encode()


async def numbers(person: Person) -> list[str]:
    rows = await person.tenant.rows.fetch("SELECT phone_number FROM contacts ORDER BY 1")
    return [row["phone_number"] for row in rows]


async def lists(person: Person) -> list[str]:
    return [row["name"] for row in await person.tenant.rows.fetch("SELECT name FROM lists")]


async def test_a_file_is_looked_at_corrected_and_imported(person: Person) -> None:
    """The preview marks what is wrong, the toggle mends it, a column is renamed, and it is so."""
    page = person.page
    await person.choose("people.csv", PEOPLE.encode())
    await expect(page.locator(".tally")).to_contain_text("1 good")
    await expect(page.locator("td.wrong").first).to_contain_text("+447400123456")
    await page.click("[data-convert]")
    await expect(page.locator(".tally")).to_contain_text("2 good")
    await page.select_option("[data-column='2']", "city")
    await expect(page.locator("[data-column='2'][data-chosen]")).to_have_value("city")
    await person.start()
    await person.completed()
    sums = page.locator(".sum tr")
    await expect(sums.filter(has_text="created")).to_contain_text("2")
    await expect(sums.filter(has_text="duplicate")).to_contain_text("1")
    await expect(sums.filter(has_text="rejected")).to_contain_text("1")
    await expect(page.locator(".reasons")).to_contain_text("excel_scientific")
    assert await numbers(person) == ["+447400123456", "+447400123457"]
    stored = await person.tenant.rows.fetch("SELECT first_name, city FROM contacts ORDER BY 1")
    assert [tuple(row) for row in stored] == [("Ann", "red"), ("Bob", "blue")]
    assert await lists(person) == [f"people {datetime.now(UTC):%Y-%m-%d}"]


async def drop(page: Page, file: Path, selector: str) -> None:
    """Drag a file from the desktop over an element and let it fall there, for real."""
    box = await page.locator(selector).bounding_box()
    assert box is not None
    session = await page.context.new_cdp_session(page)
    drag = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
    place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2, "data": drag}
    for kind in ("dragEnter", "dragOver", "drop"):
        await session.send("Input.dispatchDragEvent", {"type": kind, **place})


async def test_a_file_is_dropped(person: Person, tmp_path: Path) -> None:
    """On its field it is looked at and imported; beside it the page stays as it is."""
    file = tmp_path / "people.csv"
    file.write_bytes(b"phone,first name\n+447400123456,Ann\n")
    address = person.page.url
    await drop(person.page, file, "h1")
    await expect(person.page.locator(".tally")).to_have_count(0)
    assert person.page.url == address
    await drop(person.page, file, "[data-drop]")
    await expect(person.page.locator(".tally")).to_contain_text("1 good")
    await person.start()
    await person.completed()
    assert await numbers(person) == ["+447400123456"]


async def test_numbers_are_counted_while_they_are_typed(person: Person) -> None:
    """Valid, duplicate and invalid ones at once; imported into the list that was named."""
    page = await person.open("/import/numbers")
    await page.fill("#numbers", "07400 123456\n+447400123456, 07400123457\nhello")
    await expect(page.locator(".tally")).to_contain_text("1 valid 0 duplicate 3 invalid")
    await page.check("[name=convert_national]")
    await expect(page.locator(".tally")).to_contain_text("2 valid 1 duplicate 1 invalid")
    await page.fill("#new-list", "Callers")
    await page.check("[name=opted_in]")
    await page.click("[data-start]")
    await expect(page.locator("[data-fault]")).to_contain_text("Say where these people agreed")
    await page.fill("#consent-source", "the form at the till")
    await page.fill("#consent-evidence", "folder 12")
    await person.start()
    await person.completed()
    states = await person.tenant.rows.fetch("SELECT number, state, evidence FROM consents")
    assert sorted(map(tuple, states)) == [
        ("+447400123456", "opted_in", "folder 12"),
        ("+447400123457", "opted_in", "folder 12"),
    ]
    assert await numbers(person) == ["+447400123456", "+447400123457"]
    assert await lists(person) == ["Callers"]


async def test_pasted_contacts_follow_the_separator(person: Person) -> None:
    """The person says how the text is separated, sees it, and imports it by the keyboard alone."""
    page = await person.open("/import/contacts")
    await page.fill("#text", "+447400123456^Ann^Smith, née Jones")
    await page.fill("#separator-own", "^")
    await page.select_option("#header", "absent")
    await expect(page.locator(".preview tbody td")).to_have_text(
        ["+447400123456", "Ann", "Smith, née Jones"]
    )
    await page.select_option("[data-column='2']", "last_name")
    await expect(page.locator("[data-column='2'][data-chosen]")).to_have_value("last_name")
    await page.focus("[data-start]")
    await page.keyboard.press("Enter")
    await person.completed()
    stored = await person.tenant.rows.fetch("SELECT phone_number, last_name FROM contacts")
    assert [tuple(row) for row in stored] == [("+447400123456", "Smith, née Jones")]


async def test_a_reload_in_the_middle_loses_nothing(person: Person) -> None:
    """Two tabs follow an import, one of them reloads: both show its end."""
    await person.choose("many.csv", sample(20_000))
    import_id = await person.start()
    other = await person.another_tab()
    await other.goto(f"{person.address}/imports/{import_id}")
    await person.page.reload()
    await person.completed()
    await other.wait_for_selector(".badge.completed")
    found = await person.tenant.find(import_id)
    assert found["counts"]["records"] == 20_000
    for page in (person.page, other):
        await expect(page.locator(".sum tfoot")).to_contain_text("20,000")


async def test_two_tabs_import_at_once(person: Person) -> None:
    """Each follows its own import; the history has both."""
    other = await person.another_tab()
    await other.goto(f"{person.address}/import/numbers")
    await other.fill("#numbers", "+447400123456")
    await person.choose("people.csv", PEOPLE.encode())
    await expect(person.page.locator(".tally")).to_be_visible()
    await other.click("[data-start]")
    first = await person.start()
    await person.completed()
    await other.wait_for_selector(".badge.completed")
    assert first not in other.url
    await person.open("/imports")
    await expect(person.page.locator(".badge.completed")).to_have_count(2)


@pytest.mark.timeout(300)
async def test_98_megabytes_go_through(person: Person, tmp_path: Path) -> None:
    """The bar moves while the file is sent; 720,000 contacts are there in the end."""
    file = tmp_path / "big.csv"
    rest = ",Ann,Smith," + "a street with a long name " * 4
    rows = (f"+4474{n:08}{rest}\n" for n in range(720_000))
    file.write_text("".join(("phone,first name,last name,address\n", *rows)))
    assert file.stat().st_size > 90_000_000
    await person.page.set_input_files("input[type=file]", file)
    await expect(person.page.locator(".tally")).to_contain_text("in the first megabyte")
    await person.page.click("[data-start]")
    await expect(person.page.locator("[data-sent]")).to_contain_text("MB of")
    await person.page.wait_for_url("**/imports/*", timeout=120_000)
    await person.completed(seconds=180)
    assert await person.tenant.rows.fetchval("SELECT count(*) FROM contacts") == 720_000


async def test_an_upload_can_be_cancelled(person: Person) -> None:
    """It says so, nothing was imported, and the same file can be sent again."""
    page = person.page
    network = await page.context.new_cdp_session(page)
    await person.choose("many.csv", sample(60_000))
    await expect(page.locator(".tally")).to_be_visible()
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 1_000_000}
    await network.send("Network.emulateNetworkConditions", slow)
    await page.click("[data-start]")
    await expect(page.locator("[data-sent]")).to_contain_text("MB of")
    await page.click("[data-cancel]")
    await expect(page.locator("[data-fault]")).to_have_text(
        "The upload was cancelled. Nothing was imported."
    )
    await network.send("Network.emulateNetworkConditions", slow | {"uploadThroughput": -1})
    await person.start()
    await person.completed()
    ended = await person.tenant.rows.fetch("SELECT status FROM imports WHERE status <> 'completed'")
    assert {row["status"] for row in ended} <= {"cancelled"}


async def test_a_wrong_file_is_explained(person: Person) -> None:
    """Before it is imported and after; the person is told what to do."""
    page = person.page
    await person.choose("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(400))
    await expect(page.locator("[data-result] [role=alert]")).to_contain_text("cannot be imported")
    await person.choose("hello.csv", b"hello\nworld\n")
    await expect(page.locator("[data-result] [role=alert]")).to_contain_text("No column with phone")
    await person.start()
    await expect(page.locator(".badge")).to_have_text("failed")
    await expect(page.locator(".fault-card")).to_contain_text("Name the column")
    assert await numbers(person) == []


async def test_an_expired_session_asks_to_sign_in_again(person: Person) -> None:
    """Pressing Import leads to the sign-in page, and from there back to the tab."""
    page = await person.open("/import/numbers")
    await page.fill("#numbers", "+447400123456")
    await expect(page.locator(".tally")).to_contain_text("1 valid")
    await person.tenant.rows.execute("UPDATE sessions SET expires_at = now()")
    await page.click("[data-start]")
    await page.wait_for_url("**/sign-in?next=*")
    key = person.tenant.http.headers["Authorization"].removeprefix("Bearer ")
    await page.fill("#api_key", key)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/import/numbers")
    assert [fault for fault in person.faults if "401" not in fault] == []
    person.faults.clear()
