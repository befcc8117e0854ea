"""Damage done to workbooks: to their bytes, or to one part of an archive that stays whole."""

import io
from collections.abc import Callable, Sequence
from random import Random
from typing import Final
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 - it is a class

HARMS: Final = (
    *(b"\x00", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80", b"\xff\xfe", b"\xc3"),
    *(b"<!DOCTYPE a>", b"&#0;", b"&a;", b"&#xD800;", b"]]>", b"<![CDATA[", b"<!--", b"</row>"),
    *(b'r="XFD1048576"', b'r="A99999999999"', b't="s"', b't="e"', b't="d"', b't="b"', b"<v>-1</v>"),
    *(
        b"<v>1e999</v>",
        b"<v>nan</v>",
        b"<v>99999999999</v>",
        b'xml:space="preserve"',
        b'date1904="1"',
    ),
    *(b'table:number-rows-repeated="1048576"', b'table:number-columns-repeated="16384"'),
    *(b"\x09\x08\x10\x00\x00\x06\x10\x00", b"\x2f\x00\x06\x00", b"\xfc\x00", b"\x3c\x00"),
)
MOST_CHANGES: Final = 6
PIECE: Final = 64

Damage = Callable[[Random, bytearray], None]


def mutant(random: Random, workbooks: Sequence[bytes]) -> bytes:
    """One of the workbooks, damaged."""
    whole = random.choice(workbooks)
    if whole.startswith(b"PK") and random.random() < 0.7:
        try:
            return _with_damaged_part(random, whole)
        except (BadZipFile, ZlibError, ValueError, EOFError, NotImplementedError, RuntimeError):
            pass  # it is too damaged already
    return _damaged(random, whole)


def _with_damaged_part(random: Random, whole: bytes) -> bytes:
    out = io.BytesIO()
    with ZipFile(io.BytesIO(whole)) as archive, ZipFile(out, "w", ZIP_DEFLATED) as changed:
        entries = archive.infolist()
        chosen = random.choice(entries)
        for entry in entries:
            part = archive.read(entry)
            changed.writestr(entry.filename, _damaged(random, part) if entry is chosen else part)
    return out.getvalue()


def _damaged(random: Random, whole: bytes) -> bytes:
    changed = bytearray(whole)
    for _ in range(random.randint(1, MOST_CHANGES)):
        if changed:
            random.choice(_DAMAGES)(random, changed)
    return bytes(changed)


def _flip(random: Random, changed: bytearray) -> None:
    changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)


def _overwrite(random: Random, changed: bytearray) -> None:
    at, harm = random.randrange(len(changed)), random.choice(HARMS)
    changed[at : at + len(harm)] = harm


def _insert(random: Random, changed: bytearray) -> None:
    at = random.randrange(len(changed))
    changed[at:at] = random.choice(HARMS)


def _leave_out(random: Random, changed: bytearray) -> None:
    at = random.randrange(len(changed))
    del changed[at : at + random.randint(1, PIECE)]


def _repeat(random: Random, changed: bytearray) -> None:
    at = random.randrange(len(changed))
    changed[at:at] = changed[at : at + random.randint(1, PIECE)] * random.randint(1, 20)


def _cut(random: Random, changed: bytearray) -> None:
    del changed[random.randrange(len(changed)) :]


_DAMAGES: Final[Sequence[Damage]] = (
    *(_flip, _flip, _overwrite, _overwrite, _insert, _insert, _leave_out, _repeat, _cut),
)
