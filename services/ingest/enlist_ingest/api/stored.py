"""Direct to storage: a URL to put a file into the bucket, and an import of what lies there."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from enlist_ingest.api.bodies import json_body, read_json
from enlist_ingest.api.dependencies import Authenticated, OpenedIngest
from enlist_ingest.api.forms import LARGEST_REST
from enlist_ingest.api.imports import wanted_import
from enlist_ingest.api.once import OnceRoute
from enlist_ingest.api.options import read_options
from enlist_ingest.api.views import ImportView
from enlist_ingest.receiving import open_receiving
from enlist_ingest.stored_uploads import new_upload_key, read_upload, upload_key
from enlist_ingest.upload import tidy_file_name
from enlist_rules.codes import Code, PermanentFailure
from enlist_shared.options import Source

URL_SECONDS: Final = 900


class PlannedUpload(BaseModel):
    """A file that is to be put into the bucket."""

    model_config = ConfigDict(extra="forbid")

    size: int = Field(gt=0, description="bytes, exactly")


class PresignedUpload(BaseModel):
    """How to put it there: this request, with these headers, as its body the file alone."""

    object_key: str = Field(description="for `POST /v1/imports/object`")
    method: Literal["PUT"] = "PUT"
    url: str = Field(description="lets whoever has it store this one object, until it expires")
    headers: dict[str, str]
    expires_at: AwareDatetime


class StoredUpload(BaseModel):
    """An object under `uploads/{account_id}/` that is to be imported."""

    model_config = ConfigDict(extra="forbid")

    object_key: str
    options: dict[str, Any] = Field(default={}, description="ImportOptions")
    file_name: str | None = None


router = APIRouter(prefix="/v1", tags=["imports"], route_class=OnceRoute)


@router.post("/uploads", status_code=201, openapi_extra=json_body(PlannedUpload))
async def plan_upload(
    request: Request, caller: Authenticated, ingest: OpenedIngest
) -> PresignedUpload:
    """Get a URL for a file, good for 15 minutes and for exactly `size` bytes, at most 100 MB."""
    planned = await read_json(request, PlannedUpload, LARGEST_REST)
    limit = ingest.settings.max_bytes
    if planned.size > limit:
        raise PermanentFailure(Code.TOO_LARGE, f"the limit is {limit:,} bytes")
    key = new_upload_key(caller.account_id)
    expires_at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=URL_SECONDS)
    return PresignedUpload(
        object_key=key,
        url=ingest.objects.presigned_put(key, planned.size, URL_SECONDS),
        headers={"Content-Length": str(planned.size)},
        expires_at=expires_at,
    )


@router.post("/imports/object", status_code=202, openapi_extra=json_body(StoredUpload))
async def import_object(
    request: Request, response: Response, caller: Authenticated, ingest: OpenedIngest
) -> ImportView:
    """Import what lies in the bucket at this moment; what is put there later is never read."""
    wanted = await read_json(request, StoredUpload, LARGEST_REST)
    key = upload_key(caller.account_id, wanted.object_key)
    said = json.dumps(wanted.options).encode()
    options = await read_options(caller.account_id, ingest.store, said)
    async with open_receiving(ingest, caller, Source.OBJECT) as receiving:
        receiving.describe(tidy_file_name(wanted.file_name or ""), options)
        async for block in read_upload(ingest.objects, key, ingest.settings.max_bytes):
            await receiving.take(block)
        import_id = await receiving.accept()
    response.headers["Location"] = f"/v1/imports/{import_id}"
    return await wanted_import(import_id, caller, ingest)
