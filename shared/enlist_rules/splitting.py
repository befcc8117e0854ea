"""Where the chunks of an input lie, decided while its bytes go by once.

The records counted here are the import's own count: it is written before any outcome exists and
everything that follows must add up to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.layout import Layout
from enlist_rules.records import Scan
from enlist_rules.scanning import scan_source

CHUNK_BYTES: Final = 4_000_000
RECORD_LIMIT: Final = 16_777_216
"""Bytes of one row, its break included."""
MAX_RECORDS: Final = 5_000_000
_QUOTE: Final = b'"'
_WINDOW: Final = 2_097_152


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Where a chunk lies: bytes `[start, end)` of the input, records from `first_record` on."""

    start: int
    end: int
    first_record: int
    records: int


class Splitter:
    """Fed with an input from its first byte, it answers with the chunks that are complete.

    A chunk ends with the first row that reaches `chunk_bytes`; the blocks it is fed with make no
    difference. Every chunk holds a record, unless the input has none: then it is one chunk.
    `records` counts the records so far. `encoding` may be set to another one as long as all bytes
    mean the same in both.

    Refuses with PermanentFailure: `record_too_large`, `unterminated_quote`, `too_many_records`.
    """

    def __init__(
        self,
        layout: Layout,
        *,
        chunk_bytes: int = CHUNK_BYTES,
        max_records: int = MAX_RECORDS,
        window_bytes: int = _WINDOW,
    ) -> None:
        self.records = 0
        self.encoding = layout.dialect.encoding
        self._separator = layout.dialect.separator
        self._chunk_bytes = chunk_bytes
        self._max_records = max_records
        self._window_bytes = window_bytes
        self._skip = layout.data_start
        self._pending = bytearray()
        self._at = layout.data_start  # where `_pending` begins in the input
        self._rows = 0  # rows that ended before `_pending`, blank ones included
        self._due = window_bytes  # how long `_pending` is when it is scanned
        self._never_closed = False  # the row at `_at` is too large, but a quote in it is open
        self._chunk_start = layout.data_start
        self._chunk_base = 0  # records before the chunk
        self._planned = False

    def feed(self, block: bytes) -> Iterator[Cut]:
        """Take the next bytes of the input, of any length."""
        skipped = min(self._skip, len(block))
        self._skip -= skipped
        if self._never_closed:
            if _QUOTE in block:
                raise self._refusal(Code.RECORD_TOO_LARGE)
            return
        self._pending += block[skipped:]
        if len(self._pending) >= self._due:
            yield from self._take(final=False)

    def finish(self) -> Iterator[Cut]:
        """The input has ended: the last chunks."""
        if self._never_closed:
            raise self._refusal(Code.UNTERMINATED_QUOTE)
        yield from self._take(final=True)
        if self.records > self._chunk_base or not self._planned:
            yield self._cut(self._at, self.records)

    def _take(self, *, final: bool) -> Iterator[Cut]:
        pending = bytes(self._pending)
        scanned = scan_source(pending, self.encoding, self._separator, final=final)
        self._refuse(scanned, final=final)
        yield from self._chunks_of(scanned)
        self._at += scanned.rest
        self._rows += scanned.ends.size
        self._never_closed = len(self._pending) - scanned.rest > RECORD_LIMIT
        del self._pending[: None if self._never_closed else scanned.rest]
        # A row that does not end is scanned again when it has doubled, not with every block.
        self._due = max(self._window_bytes, 2 * len(self._pending))

    def _refuse(self, scanned: Scan, *, final: bool) -> None:
        """Rows that are too large, and a last row of which a quote is never closed."""
        too_large = scanned.ends - scanned.starts > RECORD_LIMIT
        if final and scanned.open_quote:
            too_large = too_large[:-1]
        if too_large.any():
            raise self._refusal(Code.RECORD_TOO_LARGE, int(np.argmax(too_large)))
        if final and scanned.open_quote:
            raise self._refusal(Code.UNTERMINATED_QUOTE, scanned.ends.size - 1)
        if not scanned.open_quote and len(self._pending) - scanned.rest > RECORD_LIMIT:
            raise self._refusal(Code.RECORD_TOO_LARGE, scanned.ends.size)

    def _refusal(self, code: Code, row: int = 0) -> PermanentFailure:
        number = self._rows + row + 1
        return PermanentFailure(code, f"row {number} after the header, blank rows included")

    def _chunks_of(self, scanned: Scan) -> Iterator[Cut]:
        ends = scanned.ends + self._at
        totals = np.cumsum(~scanned.blank) + self.records
        if totals.size:
            self.records = int(totals[-1])
        if self.records > self._max_records:
            raise PermanentFailure(Code.TOO_MANY_RECORDS, f"more than {self._max_records:,}")
        while True:
            last = np.searchsorted(ends, self._chunk_start + self._chunk_bytes)
            if last == ends.size:
                return
            end, total = int(ends[last]), int(totals[last])
            if total > self._chunk_base:
                yield self._cut(end, total)
            self._chunk_start = end

    def _cut(self, end: int, total: int) -> Cut:
        """The chunk that ends at byte `end`, `total` records being before that."""
        cut = Cut(
            start=self._chunk_start,
            end=end,
            first_record=self._chunk_base + 1,
            records=total - self._chunk_base,
        )
        self._chunk_start, self._chunk_base, self._planned = end, total, True
        return cut
