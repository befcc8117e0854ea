"""`enlist check`: a file through every rule, with the balance that an empty account would give."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from enlist.checking.chunk import CheckedChunk, check_chunk
from enlist.checking.folding import Folding, crowded_keys, fold_part, parts_of
from enlist.checking.tally import Checked, tally
from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.dividing import TextDivider
from enlist_rules.layout import Layout, LayoutRules
from enlist_rules.numbers.regions import DEFAULT_NUMBER_TYPES
from enlist_rules.options import NumberRules, ReadingRules
from enlist_rules.splitting import CHUNK_BYTES, Cut
from enlist_shared.options import ImportOptions

MAX_BYTES: Final = 104_857_600
REGION: Final = "GB"
_BLOCK_BYTES: Final = 8_388_608


def check(file: Path, options: ImportOptions, *, chunk_bytes: int = CHUNK_BYTES) -> Checked:
    """Check a file with some threads and bounded memory: rows wait in a temporary folder."""
    begun, size = time.monotonic(), file.stat().st_size
    divider = TextDivider(_layout_rules(options), size, chunk_bytes=chunk_bytes)
    try:
        with TemporaryDirectory(prefix="enlist-check-") as folder:
            chunks, folding = _run(file, divider, options, Path(folder))
        balance = tally(chunks, folding, divider.layout, options)
    except PermanentFailure as failure:
        return Checked(size, time.monotonic() - begun, failure=failure)
    return Checked(size, time.monotonic() - begun, divider.layout, balance)


def _run(
    file: Path, divider: TextDivider, options: ImportOptions, folder: Path
) -> tuple[list[CheckedChunk], list[Folding]]:
    """Every chunk, then the numbers that stand more than once."""
    if (size := file.stat().st_size) > MAX_BYTES:
        raise PermanentFailure(Code.TOO_LARGE, f"{size:,} bytes")
    with file.open("rb") as source, ThreadPoolExecutor(os.cpu_count()) as pool:
        chunks = [
            future.result()
            for future in list(_submitted(pool, source.fileno(), divider, options, folder))
        ]
        crowded, rows = crowded_keys(chunks)
        parts = parts_of(rows)
        fold_each = partial(fold_part, chunks, crowded, parts=parts, mode=options.duplicates)
        return chunks, list(pool.map(fold_each, range(parts)))


def _submitted(
    pool: ThreadPoolExecutor,
    source: int,
    divider: TextDivider,
    options: ImportOptions,
    folder: Path,
) -> Iterator[Future[CheckedChunk]]:
    """Chunks as they are found, to be checked while the next ones are being looked for."""
    rules = _reading_rules(options)

    def work(cut: Cut, layout: Layout) -> CheckedChunk:
        data = os.pread(source, cut.end - cut.start, cut.start)
        return check_chunk(data, cut, layout, rules, folder / f"{cut.first_record}.arrow")

    at = 0
    while block := os.pread(source, _BLOCK_BYTES, at):
        at += len(block)
        for cut in divider.feed(block):
            yield pool.submit(work, cut, divider.layout)
    for cut in divider.finish():
        yield pool.submit(work, cut, divider.layout)


def _layout_rules(options: ImportOptions) -> LayoutRules:
    return LayoutRules(
        header=options.header,
        encoding=options.encoding,
        separator=options.separator,
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
