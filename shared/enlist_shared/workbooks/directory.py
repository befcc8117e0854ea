"""The directory of a zip archive, judged before anything in it is unpacked."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipInfo

from enlist_rules.codes import Code, PermanentFailure

ENTRIES: Final = 10_000
INFLATED_BYTES: Final = 4_294_967_296
RATIO: Final = 100
"""What deflate saves on the sheets of programs is 5 to 40; it can save 1,032."""
SMALL_BYTES: Final = 16_777_216
"""Of entries that are not larger, any ratio is harmless."""
_HEADER_BYTES: Final = 30
_ENCRYPTED: Final = 1  # a flag (APPNOTE 4.4.4)
_HOSTILE: Final = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|\0")


def judge_directory(entries: Sequence[ZipInfo]) -> None:
    """Refuse what no program for tables writes.

    Raises:
        PermanentFailure: `archive`, `bomb`, `encrypted`, `unsupported`.
    """
    if len(entries) > ENTRIES:
        raise PermanentFailure(Code.BOMB, f"{len(entries):,} entries")
    inflated = sum(entry.file_size for entry in entries)
    if inflated > INFLATED_BYTES:
        raise PermanentFailure(Code.BOMB, f"{inflated:,} bytes when it is unpacked")
    for entry in entries:
        _judge_entry(entry)
    names = {entry.filename for entry in entries}
    if len(names) < len(entries):
        raise PermanentFailure(Code.ARCHIVE, "two entries have one name")
    by_place = sorted(entries, key=lambda entry: entry.header_offset)
    if any(_end(entry) > following.header_offset for entry, following in pairwise(by_place)):
        raise PermanentFailure(Code.BOMB, "entries overlap")


def _judge_entry(entry: ZipInfo) -> None:
    if _HOSTILE.search(entry.orig_filename):
        raise PermanentFailure(Code.ARCHIVE, "an entry's name leads out of the archive")
    if entry.flag_bits & _ENCRYPTED:
        raise PermanentFailure(Code.ENCRYPTED)
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise PermanentFailure(Code.UNSUPPORTED, "an unusual compression")
    if entry.file_size > max(SMALL_BYTES, RATIO * entry.compress_size):
        raise PermanentFailure(Code.BOMB, f"an entry unpacks to {entry.file_size:,} bytes")


def _end(entry: ZipInfo) -> int:
    return entry.header_offset + _HEADER_BYTES + len(entry.orig_filename) + entry.compress_size
