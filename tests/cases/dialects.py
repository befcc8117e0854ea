"""Rows: what ends them, separates their cells and quotes them; sizes."""

from typing import Final

from tests.cases.recipe import PEOPLE, A, B, C, Recipe, table

MANY: Final = [f"+447911{number},Anna" for number in range(100_000, 100_600)]

RECIPES: Final[dict[str, Recipe]] = {
    "carriage_returns": Recipe(
        (16,), "Old spreadsheets end rows with CR alone.", PEOPLE.replace("\n", "\r").encode()
    ),
    "every_break": Recipe(
        (17,),
        "Each kind of line break ends one row.",
        f"phone,first name\r\n{A},Anna\r{B},Bob\n{C},Cy\r\n".encode(),
    ),
    "breaks_at_chunk_edges": Recipe(
        (19, 20),
        "Quoted breaks, doubled quotes and long characters everywhere: no chunk may cut them.",
        table(*(f'+4479111235{n},"é""\n{"x" * (n % 7)}\r\n😀"' for n in range(20, 60))),
    ),
    "never_closed": Recipe(
        (21,),
        "A quote that is never closed makes one cell of the rest: refused before any merge.",
        table(MANY[0], '+447911123456,"Anna', *MANY[1:]),
    ),
    "stray_quote": Recipe(
        (22,), "A quote within a cell is a character.", table(f'{A},O"Neil', f'{B},5" tall"')
    ),
    "text_after_a_quote": Recipe(
        (23,), "Text after a closing quote: who knows which?", table(f'{A},"x"y', f"{B},Bob")
    ),
    "other_quotes": Recipe(
        (24,),
        "Backslashes and single quotes are text.",
        table(f"{A},'Anna'", f"{B},Bo\\\\b", f"{C},\\N"),
    ),
    "short_and_long_rows": Recipe(
        (25, 26),
        "Too few cells, or more with something in them: the row is rejected. Empty ones are none.",
        table(A, f"{B},Bob,,", f"{C},Cy,more"),
    ),
    "another_separator_later": Recipe(
        (27,),
        "A row with another separator stays one cell, and is rejected.",
        table(*MANY[:499], f"{A};Anna", *MANY[499:]),
    ),
    "pipes": Recipe((27,), "A pipe separates, too.", PEOPLE.replace(",", "|").encode()),
    "tabs": Recipe((27,), "So does a tab.", PEOPLE.replace(",", "\t").encode()),
    "section_signs": Recipe(
        (27,),
        "Any one character separates, when it is said.",
        f'phone§first name\n{A}§Anna\n{B}§"§ 5"\n'.encode(),
        {"separator": "§"},
    ),
    "full_width_commas": Recipe(
        (27,),
        "A separator of three bytes in UTF-8, one character for a person.",
        f'phone，first name\n{A}，"王，伟"\n{B}\n，\n'.encode(),
        {"separator": "，"},
    ),
    "section_signs_in_windows_1252": Recipe(
        (10, 27),
        "One byte here, two once it is UTF-8.",
        f'phone§first name\n{A}§José\n{B}§"a§é"\n'.encode("cp1252"),
        {"separator": "§", "encoding": "windows-1252"},
    ),
    "carets_in_utf_16": Recipe(
        (8, 27),
        "The same in two bytes a character.",
        f'phone^first name\r\n{A}^José\r\n{B}^"a^\r\nb"\r\n'.encode("utf-16"),
        {"separator": "^"},
    ),
    "separator_line": Recipe(
        (28,),
        "`sep=` is for the spreadsheet, not a header.",
        b"sep=;\n" + PEOPLE.replace(",", ";").encode(),
    ),
    "separator_line_odd": Recipe(
        (28,),
        "It may name any character.",
        "sep=§\r\n".encode() + PEOPLE.replace(",", "§").encode(),
    ),
    "one_column": Recipe((29,), "One column of numbers is enough.", f"phone\n{A}\n{B}\n".encode()),
    "separators_in_quotes": Recipe(
        (29,),
        "What separates within quotes only does not separate.",
        f'phone\n"{A}"\n"x,y"\n"z;"\n'.encode(),
    ),
    "five_thousand_columns": Recipe(
        (30,),
        "Nobody has 5,000 columns.",
        ",".join(["phone", *(f"c{number}" for number in range(4_999))]).encode() + b"\n1\n",
    ),
    "nameless_columns": Recipe(
        (31,), "16,385 columns without a name are too many, too.", b"phone" + b"," * 16_384 + b"\n1"
    ),
    "large_cells": Recipe(
        (32,),
        "A cell of 70 KB, and one of 10 MB: the rows are rejected, the others are people.",
        table(f"{A},Anna", f"{B},{'x' * 70_000}", f'{C},"{"y" * 10_000_000}"', MANY[0]),
    ),
    "large_name_of_a_column": Recipe(
        (32,),
        "A header of a megabyte is no header.",
        b"phone," + b"x" * 1_100_000 + b"\n" + A.encode() + b",Anna\n",
    ),
    "one_endless_line": Recipe(
        (33,), "A text without any line break is no table.", b"x" * 18_000_000
    ),
    "an_endless_row": Recipe(
        (33,),
        "Nor is one of which a row does not end.",
        table(*MANY[:9]) + b"y" * 18_000_000 + b"\n",
    ),
}
