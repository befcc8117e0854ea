"""Texts: nothing in them, marks, encodings, control characters."""

from typing import Final

from tests.cases.recipe import PEOPLE, A, B, C, Recipe, table

ACCENTS: Final = f"phone,first name,city\n{A},José,Zürich\n{B},Renée,Besançon\n"
POLISH: Final = f"phone,first name,city\n{A},Łukasz,Łódź\n{B},Wałęsa,Kraków\n"
EUROS: Final = f"phone,first name,note\n{A},Šimon,5 €\n{B},Œuvre,Žižka\n"
TEN: Final = [f"+4479111235{number},Anna" for number in range(20, 30)]

RECIPES: Final[dict[str, Recipe]] = {
    "empty_but_for_blanks": Recipe(
        (1, 3), "A mark and white space are nothing to import.", b"\xef\xbb\xbf \r\n\t\n"
    ),
    "header_without_break": Recipe(
        (2,), "A header alone is an import of nothing, with or without a line break.", b"phone,city"
    ),
    "no_final_break": Recipe(
        (4,), "The last row counts without a line break, too.", PEOPLE.encode().rstrip()
    ),
    "blank_rows": Recipe(
        (5,),
        "A thousand blank rows in the middle and two at the end are no records.",
        table(f"{A},Anna", *[""] * 1_000, f"{B},Bob", "", ""),
    ),
    "control_z": Recipe(
        (6,), "Old programs end a text with Ctrl-Z. It is no record.", PEOPLE.encode() + b"\x1a"
    ),
    "marked_utf_8": Recipe(
        (7,), "A mark is no part of the first column's name.", PEOPLE.encode("utf-8-sig")
    ),
    "utf_16_le": Recipe(
        (8,), "What Excel calls Unicode text: UTF-16 with a mark.", ACCENTS.encode("utf-16")
    ),
    "utf_16_be": Recipe(
        (8,),
        "The other order of bytes; a separator and a break look alike in both only as text.",
        b"\xfe\xff" + ACCENTS.replace(",", "\t").replace("\n", "\r\n").encode("utf-16-be"),
    ),
    "utf_16_broken": Recipe(
        (8, 12),
        "Half a pair of surrogates is no character: the row is rejected, the others are read.",
        b"\xff\xfe"
        + f"phone,first name\n{A},x\n{B},\ud83d\n{C},😀\n".encode("utf-16-le", "surrogatepass"),
    ),
    "utf_16_unmarked": Recipe(
        (9,), "Without a mark nobody guesses at the order of bytes.", PEOPLE.encode("utf-16-le")
    ),
    "utf_16_said": Recipe(
        (9,),
        "Who says so is believed.",
        ACCENTS.encode("utf-16-be"),
        {"encoding": "utf-16-be"},
    ),
    "utf_32": Recipe((9,), "Nobody writes UTF-32: it is refused.", PEOPLE.encode("utf-32")),
    "windows_1252": Recipe(
        (10,),
        "The letters tell that a file was saved in Western Europe. Each name is what it was.",
        ACCENTS.encode("cp1252") + f"{C},O’Brien,5 €\n".encode("cp1252"),
    ),
    "iso_8859_2_said": Recipe(
        (10,),
        "The same bytes are other letters in another encoding: the importer knows.",
        POLISH.encode("iso-8859-2"),
        {"encoding": "latin2"},
    ),
    "iso_8859_2": Recipe(
        (10,), "Polish names can be told by their letters.", POLISH.encode("iso-8859-2")
    ),
    "iso_8859_15_said": Recipe(
        (10,), "Latin-9 has the euro.", EUROS.encode("iso-8859-15"), {"encoding": "iso-8859-15"}
    ),
    "iso_8859_1_said": Recipe(
        (10,), "Latin-1, as told.", ACCENTS.encode("latin-1"), {"encoding": "iso-8859-1"}
    ),
    "unknown_encoding": Recipe(
        (10,),
        "Bytes that make sense nowhere: the file is refused, nothing is guessed.",
        b"phone,name\n" + bytes([0x81, 0x98, 0x8D, 0x90, 0x9D]) * 8 + b"\n1,\x81\x98\n",
    ),
    "holes_of_windows_1252": Recipe(
        (10, 13),
        "Five bytes mean nothing in Windows-1252. A row that has one is rejected.",
        f"phone,first name\n{A},José\n{B},\x81\n".encode("latin-1"),
        {"encoding": "windows-1252"},
    ),
    "bad_byte_in_row_7": Recipe(
        (11,),
        "One bad byte in a plain file concerns its row alone.",
        table(*TEN).replace(b"526,Anna", b"526,An\xffa"),
    ),
    "forbidden_utf_8": Recipe(
        (12, 94),
        "Overlong forms, surrogates written as if they were characters, and half of a pair.",
        table(*TEN)
        .replace(b"521,Anna", b"521,\xc0\xaf")
        .replace(b"523,Anna", b"523,\xed\xa0\xbd\xed\xb8\x80")
        .replace(b"525,Anna", b"525,\xed\xa0\xbd"),
    ),
    "two_encodings": Recipe(
        (13,),
        "Rows in another encoding than the rest are rejected, never guessed at.",
        ACCENTS.encode() + f"{C},Jürgen,Köln\n".encode("latin-1"),
    ),
    "lost_characters": Recipe(
        (10, 13),
        "U+FFFD tells that an earlier program gave a letter up. No contact is called like that.",
        table(f"{A},Jos\ufffd", f"{B},Bob"),
    ),
    "utf_7": Recipe(
        (14,), "UTF-7 is text like any other.", table(f"{A},+ACI-Anna+ACI-", f"{B},+AOk-")
    ),
    "encoded_twice": Recipe(
        (15,), "What was wrong before is kept as it is.", table(f"{A},JosÃ©", f"{B},ZÃ¼rich")
    ),
    "no_row_breaks": Recipe(
        (18,),
        "Only line feeds and carriage returns end a row. Of the others some are controls.",
        table(f"{A},a\u2028b", f"{B},a\x85b", f"{C},a\vb\fc"),
    ),
    "zero_bytes": Recipe(
        (35,), "No text has a NUL.", table(f"{A},An\0na", f"{B},Bob", f"{C}\0,Cy")
    ),
    "control_characters": Recipe(
        (36, 93),
        "Controls are removed from texts with a warning; a number has none.",
        table(f"{A},\x1b[31mAnna", f"{B},B\x9fob\x7f", "+44\x1b7911123584,Cy"),
    ),
}
