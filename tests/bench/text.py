"""What it costs to split and to read 370,000 records, by how their text is written.

.venv/bin/python -m tests.bench.text

As plain UTF-8 they are 50 MB, in UTF-16 twice as many; each kind holds the same 14 cells a record.
Reading is what normalising does before any rule: from the bytes of a chunk to columns of text.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from enlist_rules.dialect import Dialect
from enlist_rules.encodings import Encoding, to_utf8
from enlist_rules.layout import Layout
from enlist_rules.reading import read_rows
from enlist_rules.recognition import recognise
from enlist_rules.splitting import Splitter

LINE: Final = (
    "Mr,Smith,Jane,07911123456,GB,jane@example.com,1990-01-01,1 High Street,Flat 2,London,Kent,"
    "SW1A 1AA,Acme Ltd,a short note from last year\n"
)
NAMES: Final = tuple(f"column {number}" for number in range(1, 15))
RECORDS: Final = 370_000
CHUNK: Final = 30_000
"""Records of the chunk that is read; a chunk of 4 MB has as many."""
BLOCK: Final = 8 * 1024 * 1024
MULLER: Final = LINE.replace("Smith", "Müller")


@dataclass(frozen=True, slots=True)
class Kind:
    """Twenty records in one way of writing."""

    text: str
    encoding: Encoding = Encoding.UTF_8
    separator: str = ","

    @property
    def dialect(self) -> Dialect:
        return Dialect(self.encoding, 1.0, self.separator, "\n")

    def data(self, records: int) -> bytes:
        return self.text.encode(self.encoding) * (records // 20)


KINDS: Final = {
    "plain": Kind(LINE * 20),
    "fully quoted": Kind(('"' + LINE.strip().replace(",", '","') + '"\r\n') * 20),
    "lone CR": Kind(LINE.replace("\n", "\r") * 20),
    "a letter beyond ASCII in each": Kind(MULLER * 20),
    "… windows-1252": Kind(MULLER * 20, Encoding.WINDOWS_1252),
    "… iso-8859-2": Kind(MULLER * 20, Encoding.ISO_8859_2),
    "… iso-8859-15": Kind(MULLER * 20, Encoding.ISO_8859_15),
    "… utf-16-le": Kind(MULLER * 20, Encoding.UTF_16_LE),
    "… utf-16-be": Kind(MULLER * 20, Encoding.UTF_16_BE),
    "separated by §": Kind(LINE.replace(",", "§") * 20, Encoding.UTF_8, "§"),
    "a stray quote in 1 of 20": Kind(LINE * 19 + LINE.replace("Smith", 'O"Neil')),
    "a stray quote in each": Kind(LINE.replace("Smith", 'O"Neil') * 20),
    "text after quotes, everywhere": Kind(('"a"b,' * 13 + "\n") * 20),
}


def split(kind: Kind, data: bytes) -> None:
    """What the splitter does, after the first look."""
    splitter = Splitter(Layout(kind.dialect, NAMES, (), False, 0, 0, {}))
    for at in range(0, len(data), BLOCK):
        list(splitter.feed(data[at : at + BLOCK]))
    list(splitter.finish())


def read(kind: Kind, data: bytes) -> None:
    """What a normaliser does with the bytes of a chunk, before the rules."""
    read_rows(to_utf8(data, kind.encoding), 14, kind.separator, NAMES, 1)


def cpu(action: Callable[[], object], times: int) -> float:
    """The least CPU seconds, all threads together."""
    seconds = []
    for _ in range(times):
        start = time.process_time()
        action()
        seconds.append(time.process_time() - start)
    return min(seconds)


def main() -> None:
    print(f"CPU seconds of {RECORDS:,} records{'':8}     size    split     read")
    for name, kind in KINDS.items():
        whole, chunk = kind.data(RECORDS), kind.data(CHUNK)
        splitting = cpu(lambda kind=kind, whole=whole: split(kind, whole), 2)  # type: ignore[misc]
        reading = cpu(lambda kind=kind, chunk=chunk: read(kind, chunk), 3)  # type: ignore[misc]
        size = f"{len(whole) / 1e6:5.0f} MB"
        print(f"{name:36} {size} {splitting:6.2f} s {reading * RECORDS / CHUNK:6.2f} s")
    head = KINDS["… windows-1252"].data(CHUNK)[: 1 << 20]
    print(f"recognising an encoding: {cpu(lambda: recognise(head), 3) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
