"""A workbook on its way to chunks: its sheet becomes a text of the import's own, and is cut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import replace
from tempfile import TemporaryFile
from uuid import uuid4

from enlist_ingest.division import Divider, Division, Source
from enlist_ingest.landing import open_landing
from enlist_ingest.service import Ingest
from enlist_shared.keys import sheet_key
from enlist_shared.workbooks.reading import BLOCK_BYTES, Sheet, open_sheet


async def divide_workbook(
    source: Source, first: bytes, rest: AsyncIterator[bytes], ingest: Ingest
) -> Division:
    """Read the sheet of a workbook once, which may take minutes; the chunks lie in its text.

    Raises:
        PermanentFailure: as `open_sheet`, and as `Divider`.
    """
    limits = ingest.settings.workbook_limits
    with ExitStack() as stack:
        file = stack.enter_context(TemporaryFile())
        await asyncio.to_thread(file.write, first)
        async for block in rest:
            await asyncio.to_thread(file.write, block)
        opening = open_sheet(file, source.options.sheet, limits)
        sheet = await asyncio.to_thread(stack.enter_context, opening)
        return await _divide_sheet(sheet, source, ingest)


async def _divide_sheet(sheet: Sheet, source: Source, ingest: Ingest) -> Division:
    """Store the text and cut it, block by block."""
    key = sheet_key(source.account_id, source.import_id, uuid4())
    block = await asyncio.to_thread(next, sheet.blocks, b"")
    more = len(block) == BLOCK_BYTES
    divider = Divider(replace(source, key=key, size=len(block) + more), ingest.settings, sheet)
    most = ingest.settings.workbook_limits.text_bytes
    async with open_landing(ingest.objects, key, most) as landing:
        while block:
            await landing.write(block)
            await asyncio.to_thread(divider.feed, block)
            block = await asyncio.to_thread(next, sheet.blocks, b"")
        division = await asyncio.to_thread(divider.finish)
        await landing.finish()
        await landing.stored()
    return division
