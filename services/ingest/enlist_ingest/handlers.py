"""What ingest does when an event arrives; `app.py` says which."""

import asyncio

from enlist_ingest.division import Divider, Division, Source
from enlist_ingest.landing import open_landing
from enlist_ingest.service import Ingest
from enlist_ingest.sheets import divide_workbook
from enlist_ingest.sources import put_manifest, read_source
from enlist_ingest.stored_uploads import read_upload, upload_size
from enlist_ingest.upload_events import UploadEvent, understand
from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.kinds import HEAD_BYTES, is_workbook
from enlist_shared.claims import Answer, Claim, Claims, Unit
from enlist_shared.events import ImportAccepted
from enlist_shared.failpoints import failpoint
from enlist_shared.keys import copied_source_key
from enlist_shared.metrics import Stage, timed
from enlist_shared.states import Status, UnitKind


async def request_import(event: UploadEvent, ingest: Ingest, claims: Claims) -> None:
    """An upload event becomes an import, once; whatever is wrong with it ends that import.

    A small one is copied and split at once, a larger one when its turn comes.
    """
    request = await understand(event, ingest.store)
    size = await upload_size(ingest.objects, request.object_key)
    small = size is not None and size <= ingest.settings.chunk_bytes
    accepted = await ingest.requests.enter(request, size, announced=not small)
    failpoint("ingest.entered", 0)
    if accepted is not None and small:
        await split_import(accepted, ingest, claims)


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
    await _copy_requested(claim, ingest)
    source = await ingest.store.begin_split(claim.unit.account_id, claim.unit.import_id)
    with timed(Stage.SPLIT):
        division = await _divide(source, ingest)
        manifest_key = await put_manifest(ingest.objects, division.manifest)
        await ingest.store.finish_split(claim, division, manifest_key)


async def _copy_requested(claim: Claim, ingest: Ingest) -> None:
    """Give an import that an event asked for its own copy of the object, if it has none yet."""
    whose = claim.unit.account_id, claim.unit.import_id
    wanted = await ingest.requests.not_copied(*whose)
    if wanted is None or claim.token is None:
        return
    key, limit = copied_source_key(*whose, claim.token), ingest.settings.max_bytes
    async with open_landing(ingest.objects, key, limit) as landing:
        async for block in read_upload(ingest.objects, wanted, limit):
            await landing.write(block)
        landed = await landing.finish()
    failpoint("ingest.copied", 0)
    await ingest.requests.copied(*whose, key, landed)


async def _divide(source: Source, ingest: Ingest) -> Division:
    blocks = read_source(ingest.objects, source)
    first = await anext(blocks, b"")
    if is_workbook(first[:HEAD_BYTES]):
        return await divide_workbook(source, first, blocks, ingest)
    divider = Divider(source, ingest.settings)
    await asyncio.to_thread(divider.feed, first)
    async for block in blocks:
        await asyncio.to_thread(divider.feed, block)
    return await asyncio.to_thread(divider.finish)
