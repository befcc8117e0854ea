"""What ingest does when an event arrives; `app.py` says which."""

import asyncio

from enlist_ingest.division import Divider, Division, Source
from enlist_ingest.service import Ingest
from enlist_ingest.sources import put_manifest, read_source
from enlist_rules.codes import Code, PermanentFailure
from enlist_shared.claims import Answer, Claim, Claims, Unit
from enlist_shared.events import ImportAccepted
from enlist_shared.metrics import Stage, timed
from enlist_shared.states import Status, UnitKind


async def split_import(event: ImportAccepted, ingest: Ingest, claims: Claims) -> None:
    """Cut an accepted import into chunks; bytes that are no contact file end it."""
    claim = await claims.claim(Unit(event.account_id, event.import_id, UnitKind.SPLIT, 0))
    try:
        if claim.answer is Answer.GO:
            async with claims.hold(claim):
                await _split(claim, ingest)
    except PermanentFailure as refusal:
        await _refuse(event, ingest, refusal.code, refusal.detail)
    if claim.answer is Answer.QUARANTINED:
        await _refuse(event, ingest, Code.CORRUPT, "splitting was given up after three attempts")


async def _refuse(event: ImportAccepted, ingest: Ingest, code: Code, detail: str) -> None:
    await ingest.store.end(event.account_id, event.import_id, Status.FAILED, code, detail)


async def _split(claim: Claim, ingest: Ingest) -> None:
    source = await ingest.store.begin_split(claim.unit.account_id, claim.unit.import_id)
    with timed(Stage.SPLIT):
        division = await _divide(source, ingest)
        manifest_key = await put_manifest(ingest.objects, division.manifest)
        await ingest.store.finish_split(claim, division, manifest_key)


async def _divide(source: Source, ingest: Ingest) -> Division:
    divider = Divider(source, ingest.settings)
    async for block in read_source(ingest.objects, source):
        await asyncio.to_thread(divider.feed, block)
    return await asyncio.to_thread(divider.finish)
