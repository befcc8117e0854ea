"""How a text is to be read and where its chunks lie, found while its bytes go by once."""

from collections.abc import Iterator
from typing import Any, Final

from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.layout import HEAD_BYTES, Layout, LayoutRules, read_layout
from enlist_rules.splitting import CHUNK_BYTES, MAX_RECORDS, Cut, Splitter


class TextDivider:
    """Fed with a text of `size` bytes, the first block being `HEAD_BYTES` or all of it.

    Refuses with PermanentFailure, whose code says why these bytes are no contact file.
    """

    def __init__(
        self,
        rules: LayoutRules,
        size: int,
        *,
        chunk_bytes: int = CHUNK_BYTES,
        max_records: int = MAX_RECORDS,
    ) -> None:
        self._rules: Final = rules
        self._size: Final = size
        self._limits: Final = (chunk_bytes, max_records)
        self._parts: tuple[Layout, Splitter] | None = None
        self._awaits_encoding = False  # all bytes so far mean the same in each encoding

    @property
    def layout(self) -> Layout:
        """How the text is read; certain only when all of it has gone by."""
        return self._begun[0]

    @property
    def records(self) -> int:
        """The records so far."""
        return self._begun[1].records

    def feed(self, block: bytes) -> Iterator[Cut]:
        """Take the next bytes: the chunks that end in them."""
        if self._parts is None:
            self._parts = self._begin(block)
        layout, splitter = self._parts
        if self._awaits_encoding and not block.isascii():
            layout = layout.recognised_by(block)
            splitter.encoding = layout.dialect.encoding
            self._parts, self._awaits_encoding = (layout, splitter), False
        yield from splitter.feed(block)

    def finish(self) -> Iterator[Cut]:
        """The text has ended: the last chunks."""
        yield from self._begun[1].finish()

    @property
    def _begun(self) -> tuple[Layout, Splitter]:
        if self._parts is None:
            raise PermanentFailure(Code.EMPTY)
        return self._parts

    def _begin(self, block: bytes) -> tuple[Layout, Splitter]:
        head = block[:HEAD_BYTES]
        layout = read_layout(head, self._rules, complete=len(head) == self._size)
        self._awaits_encoding = self._rules.encoding is None and head.isascii()
        chunk_bytes, max_records = self._limits
        return layout, Splitter(layout, chunk_bytes=chunk_bytes, max_records=max_records)


def detected(layout: Layout) -> dict[str, Any]:
    """What the import says about how it was read; `mapping` in the order of the columns."""
    return {
        "encoding": layout.dialect.encoding,
        "encoding_confidence": round(layout.dialect.confidence, 3),
        "separator": layout.dialect.separator,
        "line_break": layout.dialect.line_break,
        "header": layout.has_header,
        "preamble_rows": layout.preamble_rows,
        "mapping": [
            {"column": column, "field": target}
            for column, target in zip(layout.columns, layout.mapping, strict=True)
        ],
    }
