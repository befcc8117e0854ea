"""Messy files and sequences of imports: few people, so that they meet, in many spellings.

Only what `contacts.md` decides is made here; its grey zones are listed in `README.md`.
"""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

# Each number in spellings that need no toggle, then in those that do (region GB).
SPELLINGS = {
    "+447911123456": (
        (
            "+447911123456",
            "+44 7911 123456",
            "00447911123456",
            "+44 (0)7911-123.456",
            "'+447911123456",
        ),
        ("07911 123456", "447911123456", "7911123456", "٠٧٩١١١٢٣٤٥٦"),
    ),
    "+447911123520": (
        ("+447911123520", "tel:+447911123520", '="+447911123520"', "+44\u00a07911\u200b123520"),
        ("07911123520", "07911.123520"),
    ),
    "+442079460018": (("+442079460018", "\u202a+44 20 7946 0018\u202c"), ("020 7946 0018",)),
    "+12025550123": (("+12025550123", "001 202-555-0123"), ()),
}
BAD_NUMBERS = (
    "",
    "-",
    "4.47E+11",
    "447911123456.0",
    "447911123456789012.0",
    "#N/A",
    "+44791112345",
    "+447911123456 / +447911123520",
    "+447911123456 ext. 12",
    "+44 7911 FLOWERS",
    "+449098790000",
    "999",
)
LIST_NAMES = ("News", "news", "Spring 24", "Größe", "GRÖSSE")
CELLS: dict[str, tuple[str, ...]] = {
    "first_name": ("Anna", "ANNA", " anna ", "José", "Jose\u0301", "Jose", ""),
    "last_name": ("Lee", "lee", "Straße", "STRASSE", "Van  Dyk", "van dyk", ""),
    "Full Name": ("Anna Lee", "anna lee", "Madonna", "Anna Maria Lee", ""),
    "e-mail": ("#DIV/0!", "anna@example.com", "ANNA@example.com", ""),
    "City": ("London", "Leeds\nWest Yorkshire", 'O"Neil', '"Quoted", Kent', "a;b|c\td", ""),
    "title": ("Ms", "Dr", "T" * 30, ""),
    "Country Code": ("GB", "gb", "44", ""),
    "WhatsApp number": ("+447911123456", "+44 7911 123520", ""),
    "lists": ("News", "news;Spring 24", " ; Größe;News", ""),
    "Shoe size": ("42", "43", ""),
}
SELDOM: dict[str, tuple[str, ...]] = {
    "e-mail": ("nonsense", "a@@b.example"),
    "title": ("T" * 31,),
    "Country Code": ("XX", "US"),
    "WhatsApp number": ("+44791112345", "n/a"),
    "lists": (";".join(f"L{n}" for n in range(21)), "L" * 256),
    "Shoe size": ("x" * 256,),
}
NAME_COLUMNS: tuple[tuple[str, ...], ...] = (
    (),
    ("first_name",),
    ("first_name", "last_name"),
    ("Full Name",),
)
OTHER_COLUMNS = ("e-mail", "City", "title", "Country Code", "WhatsApp number", "lists", "Shoe size")
OPTIONS: dict[str, st.SearchStrategy[Any]] = {
    "duplicates": st.sampled_from(("merge", "merge", "merge_by_number", "skip")),
    "convert_national": st.booleans(),
    "channel": st.sampled_from(("phone", "whatsapp")),
    "default_region": st.sampled_from(("GB", "DE", "US")),
    "number_types": st.sampled_from((["MOBILE"], ["MOBILE", "FIXED_LINE_OR_MOBILE", "UAN"])),
    "over_limit": st.sampled_from(("reject", "truncate", "blank")),
    "unmapped": st.sampled_from(("custom", "skip")),
    "lists": st.lists(st.sampled_from(LIST_NAMES), max_size=2),
    "consent": st.just({"source": "spring fair", "evidence": "signed sheet 12"}),
}
# A mark, an encoding, and whether the importer has to say it; UTF-8 is the usual one.
ENCODINGS = (
    *[(b"", "utf-8", False)] * 6,
    *[(b"\xef\xbb\xbf", "utf-8", False)] * 3,
    (b"\xff\xfe", "utf-16-le", False),
    (b"\xfe\xff", "utf-16-be", False),
    (b"", "utf-16-be", True),
    (b"", "windows-1252", True),
    (b"", "iso-8859-15", True),
)


@dataclass(frozen=True)
class Upload:
    """One import: the bytes of a file and its options."""

    data: bytes
    options: dict[str, Any] = field(default_factory=dict)


def numbers() -> st.SearchStrategy[str]:
    """A cell with a number: mostly good, seldom in need of the toggle, seldom bad."""
    plain = st.sampled_from([text for without, _ in SPELLINGS.values() for text in without])
    national = st.sampled_from([text for _, toggle in SPELLINGS.values() for text in toggle])
    return seldom(seldom(plain, national, 6), st.sampled_from(BAD_NUMBERS), 12)


def cells(column: str) -> st.SearchStrategy[str]:
    """A cell of the column: mostly good, seldom one that is warned of or rejected."""
    if column not in CELLS:
        return numbers()
    usual = st.sampled_from(CELLS[column])
    return seldom(usual, st.sampled_from(SELDOM.get(column, CELLS[column])), 16)


def seldom(
    usual: st.SearchStrategy[T], other: st.SearchStrategy[T], of: int
) -> st.SearchStrategy[T]:
    """`other` once in `of` times."""
    return st.integers(1, of).flatmap(lambda chance: other if chance == of else usual)


@st.composite
def headers(draw: st.DrawFn) -> list[str]:
    """A number's column and some others, in any order."""
    names = draw(st.sampled_from(NAME_COLUMNS))
    others = draw(st.lists(st.sampled_from(OTHER_COLUMNS), unique=True, max_size=4))
    phone = draw(st.sampled_from(("phone", "Phone Number", "MOBILE")))
    return draw(st.permutations([phone, *names, *others]))


@st.composite
def rows(draw: st.DrawFn, header: list[str]) -> list[str]:
    """The cells of a row; seldom too few or too many, seldom the header again, seldom blank."""
    cells = [draw(st.sampled_from(CELLS[name]) if name in CELLS else numbers()) for name in header]
    kinds = ["plain"] * 12 + ["short", "long", "padded", "header", "blank"]
    changed = {
        "short": cells[:-1],
        "long": [*cells, "more"],
        "padded": [*cells, " "],
        "header": list(header),
        "blank": [" "] * len(header),
    }
    return changed.get(draw(st.sampled_from(kinds)), cells)


@st.composite
def texts(draw: st.DrawFn, max_rows: int, separator: str | None) -> str:
    """The text of a file; without a separator, one of those that are found by themselves."""
    header = draw(headers())
    separator = separator or (draw(st.sampled_from(",;\t|")) if len(header) > 1 else ",")
    line_break = draw(st.sampled_from(("\n", "\r\n", "\r")))
    preamble = draw(st.sampled_from(("", "", f"Our contacts{line_break}{line_break}")))
    few = draw(st.sampled_from((0, 3, max_rows // 2, max_rows // 2)))
    body = draw(st.lists(rows(header), min_size=few, max_size=max_rows))
    spoilt = st.integers(0, 20)
    written = [[_quoted(cell, draw(spoilt)) for cell in row] for row in body]
    text = line_break.join(map(separator.join, [header, *written])) + draw(
        st.sampled_from(("", line_break))
    )
    return preamble + text


def _quoted(cell: str, chance: int) -> str:
    """The cell as it stands in a file; seldom quoted without need, or spoilt after its quote."""
    doubled = cell.replace('"', '""')
    if chance == 20 and cell.isalpha():
        return f'"{doubled}"s'
    must = cell.startswith('"') or any(char in cell for char in ",;\t|\n\r")
    return f'"{doubled}"' if must or chance > 17 else cell


@st.composite
def uploads(draw: st.DrawFn, max_rows: int = 12) -> Upload:
    """One import with some options given and the others left to their defaults."""
    options = draw(st.fixed_dictionaries({}, optional=OPTIONS))
    separator = draw(seldom(st.none(), st.sampled_from("^§，"), 6))
    mark, encoding, is_said = draw(st.sampled_from(ENCODINGS))
    data = mark + draw(texts(max_rows, separator)).encode(encoding, "replace")
    if separator and "?" in separator.encode(encoding, "replace").decode(encoding):
        separator = "?"
    options |= {"separator": separator} if separator else {}
    options |= {"encoding": encoding} if is_said else {}
    return Upload(data, options)


def sequences(
    max_imports: int = 4, max_rows: int = 12, *, opt_outs: bool = False
) -> st.SearchStrategy[list[Upload]]:
    """Imports into one account, one after the other; now and then one that opts out, if asked."""
    each = uploads(max_rows)
    if opt_outs:
        each = seldom(each, each.map(_opting_out), 3)
    return st.lists(each, min_size=1, max_size=max_imports)


def _opting_out(upload: Upload) -> Upload:
    """The same file, of people who have opted out; what is about contacts goes."""
    about_contacts = ("lists", "consent", "duplicates")
    kept = {name: each for name, each in upload.options.items() if name not in about_contacts}
    return Upload(upload.data, {**kept, "purpose": "opt_out"})
