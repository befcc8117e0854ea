"""What becomes of the columns of well-known exports, `docs/exports.md`."""

from collections.abc import Iterator
from typing import Final

from tests.exports.every import EVERY
from tests.exports.export import Export

from enlist_rules.fields import CUSTOM_PREFIX, SKIP
from enlist_rules.layout import LayoutRules, read_layout

_INTRODUCTION: Final = """\
# Exports of other programs

These files import as they are. If their numbers are written as at home (07911 123456), switch
`convert_national` on (`--convert-national`) and name the region; nothing else is needed. `make
docs` writes this page: it has the files of `tests/exports/files` read, whose columns are those of
the programs' public documentation and whose people are made up. `tests/exports/test_exports.py`
says which contacts come of them.

- **Numbers.** Of several phone columns the mobile one is the contact's number, then a plain phone,
  then home, work and other phones, last a company's or an assistant's. The next one fills
  `alternate_phone_number`. A column that is empty in the first 200 rows comes after those that
  are not. A record whose number is blank is rejected with `phone_missing`.
- **Addresses.** Of several kinds of address the first with a value is the contact's: home, then
  business, then other. The others are custom fields.
- **Country.** A column with codes (`GB`, `+44`) is the region in which the record's numbers are
  read; one with names of countries is a custom field.
- **Title.** Beside `Salutation`, a column `Title` is what the person does, a custom field.
- **The rest** becomes custom fields under the columns' names, 50 at most, those that hold something
  first; the others are skipped with the warning `columns_skipped`. `unmapped: skip` leaves all of
  them out. Labels and tags are custom fields, too: they never make lists by themselves.
- **Several values in a cell.** Google joins them (`07911 123457 ::: 07911 123458`). Which of them
  is meant, only a person can say: the record is rejected with `phone_chars`.
- **Apple Contacts** exports cards (vCard), which are refused with `type_mismatch`. Drag the cards
  into a table of Numbers and export that as CSV, or have them converted.
- **Salesforce reports** end with a few lines about the report. They are rejected as `ragged`.
"""


def exports_page() -> str:
    """The page of exports, one section a program."""
    return "\n".join([_INTRODUCTION, *(line for export in EVERY for line in _section(export))])


def _section(export: Export) -> Iterator[str]:
    text = export.render().decode(export.encoding).encode()
    layout = read_layout(text, LayoutRules(), complete=True)
    pairs = list(zip(layout.columns, layout.mapping, strict=True))
    yield from (f"## {export.title}", "", "| column | becomes |", "|---|---|")
    for column, target in pairs:
        if target != SKIP and not target.startswith(CUSTOM_PREFIX):
            yield f"| {column} | `{target}` |"
    custom = [column for column, target in pairs if target.startswith(CUSTOM_PREFIX)]
    yield from ("", f"Custom fields: {', '.join(custom)}.", "")
    if skipped := [column for column, target in pairs if target == SKIP]:
        yield from (f"Skipped: {', '.join(skipped)}.", "")
