"""`enlist check`: a file through every rule, with the balance that an empty account would give."""

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from enlist.checking.chunk import CheckedChunk, check_chunk
from enlist.checking.folding import Folding, crowded_keys, fold_part, parts_of
from enlist.checking.opening import open_text
from enlist.checking.rejects import shape_of, write_rejects
from enlist.checking.tally import Checked, tally
from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.dividing import TextDivider
from enlist_rules.encodings import Encoding
from enlist_rules.layout import Layout, LayoutRules
from enlist_rules.numbers.regions import DEFAULT_NUMBER_TYPES
from enlist_rules.options import NumberRules, ReadingRules
from enlist_rules.splitting import CHUNK_BYTES, Cut
from enlist_shared.options import ImportOptions
from enlist_shared.workbooks.reading import Sheet

MAX_BYTES: Final = 104_857_600
REGION: Final = "GB"
_BLOCK_BYTES: Final = 8_388_608


def check(
    file: Path,
    options: ImportOptions,
    *,
    rejects: Path | None = None,
    chunk_bytes: int = CHUNK_BYTES,
) -> Checked:
    """Check a file, and write its rejected records into another.

    Threads work on chunks; what Polars and NumPy do, they do at once on all cores. Rows wait in a
    temporary folder, so that memory is bounded.
    """
    begun, size = time.monotonic(), file.stat().st_size
    try:
        if size > MAX_BYTES:
            _refuse(size)
        with (
            TemporaryDirectory(prefix="enlist-check-") as folder,
            open_text(file, options.sheet) as (source, sheet),
            ThreadPoolExecutor(os.cpu_count()) as pool,
        ):
            rules, text_size = _layout_rules(options, sheet), os.fstat(source.fileno()).st_size
            divider = TextDivider(rules, text_size, chunk_bytes=chunk_bytes)
            run = _Run(source.fileno(), divider, options, Path(folder), pool)
            chunks = run.chunks()
            balance = tally(chunks, run.fold(chunks), divider.layout, options)
            if rejects is not None:
                shape = shape_of(divider.layout, run.rules.numbers)
                line_break = divider.layout.dialect.line_break
                write_rejects(rejects, run.read, chunks, shape, line_break, pool)
    except PermanentFailure as failure:
        return Checked(size, time.monotonic() - begun, failure=failure)
    return Checked(size, time.monotonic() - begun, divider.layout, balance, sheet=sheet)


def _refuse(size: int) -> None:
    raise PermanentFailure(Code.TOO_LARGE, f"{size:,} bytes")


@dataclass(frozen=True, slots=True)
class _Run:
    """One file on its way through the rules; `source` is its descriptor."""

    source: int
    divider: TextDivider
    options: ImportOptions
    folder: Path
    pool: ThreadPoolExecutor

    @property
    def rules(self) -> ReadingRules:
        return _reading_rules(self.options)

    def read(self, start: int, end: int) -> bytes:
        """The bytes of the file from one place to another."""
        return os.pread(self.source, end - start, start)

    def chunks(self) -> list[CheckedChunk]:
        """Every chunk, checked while the next ones are being looked for."""
        return [future.result() for future in list(self._submitted())]

    def fold(self, chunks: Sequence[CheckedChunk]) -> list[Folding]:
        """The numbers that stand more than once."""
        crowded, rows = crowded_keys(chunks)
        parts, mode = parts_of(rows), self.options.duplicates
        fold_each = partial(fold_part, chunks, crowded, parts=parts, mode=mode)
        return list(self.pool.map(fold_each, range(parts)))

    def _submitted(self) -> Iterator[Future[CheckedChunk]]:
        at = 0
        while block := self.read(at, at + _BLOCK_BYTES):
            at += len(block)
            for cut in self.divider.feed(block):
                yield self.pool.submit(self._check, cut, self.divider.layout)
        for cut in self.divider.finish():
            yield self.pool.submit(self._check, cut, self.divider.layout)

    def _check(self, cut: Cut, layout: Layout) -> CheckedChunk:
        to = self.folder / f"{cut.first_record}.arrow"
        return check_chunk(self.read(cut.start, cut.end), cut, layout, self.rules, to)


def _layout_rules(options: ImportOptions, sheet: Sheet | None) -> LayoutRules:
    return LayoutRules(
        header=options.header,
        encoding=Encoding.UTF_8 if sheet else options.encoding,
        separator="," if sheet else options.separator,
        mapping=options.mapping or {},
        unmapped=options.unmapped,
        default_region=options.default_region or REGION,
    )


def _reading_rules(options: ImportOptions) -> ReadingRules:
    types = options.number_types
    numbers = NumberRules(
        default_region=options.default_region or REGION,
        convert_national=options.convert_national,
        number_types=frozenset(DEFAULT_NUMBER_TYPES if types is None else types),
    )
    return ReadingRules(numbers=numbers, over_limit=options.over_limit)
