"""Headers, columns, and files that are no tables."""

import bz2
import gzip
import io
import zipfile
from typing import Final

from tests.cases.recipe import PEOPLE, A, B, C, Recipe, table


def zipped(*names: str) -> bytes:
    """An archive that is the same whenever it is made."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), PEOPLE)
    return out.getvalue()


RECIPES: Final[dict[str, Recipe]] = {
    "one_field_twice_by_index": Recipe(
        (37,),
        "Two columns of one name are refused, unless the importer says which of them counts.",
        table(f"{A},a@example.com,b@example.com", header="phone,email,email"),
        {"mapping": {"1": "email", "2": "skip"}},
    ),
    "alike_but_for_marks": Recipe(
        (38,),
        "Names that look alike are alike: case, width, spaces, zero-width marks.",
        table(f"{A},a,b", header="phone,first name,Ｆirst\u200bName "),
    ),
    "columns_without_a_name": Recipe(
        (39,),
        "A column without a name is left out, with one warning where it holds something.",
        table(f"{A},Anna,x,", f"{B},Bob,,", header="phone,first name,,"),
    ),
    "numbers_under_no_header": Recipe(
        (40,),
        "Without a header the numbers tell which column they are.",
        f"{A},x\n{B},y\n".encode(),
    ),
    "said_to_have_no_header": Recipe(
        (40,),
        "A first row that looks like a header is a record, when the importer says so.",
        f"phone,first name\n{A},Anna\n{B},Bob\n".encode(),
        {"header": "absent", "mapping": {"1": "first_name"}},
    ),
    "said_to_have_a_header": Recipe(
        (40,),
        "A header whose names nobody knows, and what its columns are.",
        f"k1,k2\n{A},Anna\n".encode(),
        {"header": "present", "mapping": {"k1": "phone_number", "1": "first_name"}},
    ),
    "two_headers_and_two_tables": Recipe(
        (41,),
        "A second header and a second table are rows like any other; none of them is a person.",
        f"Our list,\nphone,first name\nThe number,The name\n{A},Anna\n\ncity,country\n"
        f"London,GB\nphone,first name\n{B},Bob\n".encode(),
    ),
    "names_of_our_own": Recipe(
        (43,),
        "No column of a file reaches a column of ours: these are custom fields.",
        table(
            f"{A},1,2,3,4,5",
            header=f"phone,__proto__,account_id,id,created_at,{'n' * 300}",
        ),
    ),
    "a_web_page": Recipe((44,), "A login page was saved.", b"\n<!DOCTYPE html>\n<html><p>Log in"),
    "a_web_table": Recipe(
        (44,),
        "What some programs call Excel is a web page.",
        f"<table><tr><td>phone</td></tr><tr><td>{A}</td></tr></table>".encode(),
    ),
    "a_web_page_in_utf_16": Recipe((44,), "Nor in UTF-16.", "<html><p>x".encode("utf-16")),
    "gzip": Recipe((47,), "Compressed is not read.", gzip.compress(PEOPLE.encode(), mtime=0)),
    "bzip2": Recipe((47,), "Compressed is not read.", bz2.compress(PEOPLE.encode())),
    "gzip_bomb": Recipe(
        (48,),
        "It is refused by its first bytes, and never unpacked.",
        gzip.compress(bytes(50_000_000), mtime=0),
    ),
    "zip": Recipe((49,), "An archive of two files is two questions.", zipped("a.csv", "b.csv")),
    "zip_hostile": Recipe(
        (50,), "Nothing is unpacked, so its names do no harm.", zipped("../../etc/x", "/x")
    ),
    "zip_empty": Recipe((51,), "An empty archive holds nothing.", zipped()),
    "pdf": Recipe((51,), "A PDF is no table.", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"),
    "png": Recipe((51,), "A picture of a table is none.", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    "program": Recipe((51,), "A program is none.", b"\x7fELF\x02\x01\x01" + bytes(9)),
    "json": Recipe((51,), "JSON is text, but no table.", b'[{"phone": "+447911123456"}]'),
    "sql": Recipe((51,), "Nor is a dump.", b"-- MySQL dump 10.13\nINSERT INTO c VALUES (1);\n"),
    "vcard": Recipe((51,), "Nor is a card.", b"BEGIN:VCARD\r\nTEL:+447911123456\r\nEND:VCARD\r\n"),
    "every_row_rejected": Recipe(
        (105,),
        "An import of which every record is rejected is completed, and says why of each.",
        table("1,Anna", "x,Bob", ",Cy"),
    ),
    "several_phones": Recipe(
        (),
        "Mobile before phone before other; the next one is the alternate, the rest is kept beside.",
        table(
            f"{A},{B},{C},Anna",
            f",{B},,Bob",
            header="work phone,mobile,phone,first name",
        ),
    ),
    "unmapped_skipped": Recipe(
        (101,),
        "Columns that are no field can be left out.",
        table(f"{A},42", header="phone,shoe size"),
        {"unmapped": "skip"},
    ),
    "mapped_by_name": Recipe(
        (101,),
        "A mapping names a column as the header does, whatever its case: a field, a field of one's "
        "own, or skip; what it does not name is mapped by its header.",
        table(
            f"{A},Anna,Bristol,red,secret",
            header="Reach,first name,Branch,Favourite,Notes",
        ),
        {"mapping": {"reach": "phone_number", "Favourite": "custom.colour", "NOTES": "skip"}},
    ),
}
