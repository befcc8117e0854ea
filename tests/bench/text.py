"""What it costs to split 100 MB and to read a chunk of 4 MB, by how the text is written.

.venv/bin/python -m tests.bench.text
"""

import time
from collections.abc import Callable
from typing import Final

from enlist_rules.dialect import Dialect
from enlist_rules.encodings import Encoding
from enlist_rules.layout import Layout
from enlist_rules.reading import read_rows
from enlist_rules.splitting import Splitter

LINE: Final = (
    "Mr,Smith,Jane,07911123456,GB,jane@example.com,1990-01-01,1 High Street,Flat 2,London,Kent,"
    "SW1A 1AA,Acme Ltd,note\n"
)
NAMES: Final = tuple(f"column {number}" for number in range(1, 15))
PLAIN: Final = LINE.encode()
KINDS: Final = {
    "plain": PLAIN,
    "fully quoted": b'"' + PLAIN.strip().replace(b",", b'","') + b'"\r\n',
    "lone CR": PLAIN.replace(b"\n", b"\r"),
    "not ASCII": PLAIN.replace(b"Smith", "Müller".encode()),
    "a stray quote in 1 of 20 rows": PLAIN * 19 + PLAIN.replace(b"Smith", b'O"Neil'),
    "a stray quote in every row": PLAIN.replace(b"Smith", b'O"Neil'),
    "text after quotes, everywhere": b'"a"b,' * 13 + b"\n",
}
LAYOUT: Final = Layout(Dialect(Encoding.UTF_8, 1.0, ",", "\n"), NAMES, (), False, 0, 0, {})


def split(data: bytes) -> None:
    splitter = Splitter(LAYOUT)
    for at in range(0, len(data), 1 << 20):
        list(splitter.feed(data[at : at + (1 << 20)]))
    list(splitter.finish())


def cpu(action: Callable[[], object], times: int) -> float:
    """The least CPU seconds, all threads together."""
    seconds = []
    for _ in range(times):
        start = time.process_time()
        action()
        seconds.append(time.process_time() - start)
    return min(seconds)


def main() -> None:
    print(f"{'':32} split 100 MB   read 4 MB   (CPU)")
    for name, row in KINDS.items():
        chunk = row * (4_000_000 // len(row))
        whole = row * (100_000_000 // len(row))
        splitting = cpu(lambda whole=whole: split(whole), 2)  # type: ignore[misc]
        reading = cpu(lambda chunk=chunk: read_rows(chunk, 14, ",", NAMES, 1), 3)  # type: ignore[misc]
        print(f"{name:32} {splitting:8.2f} s   {reading * 1000:8.0f} ms")


if __name__ == "__main__":
    main()
