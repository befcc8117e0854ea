"""Uploading a file of contacts."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from hashlib import sha256
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from enlist_ingest.api.dependencies import Authenticated, OpenedIngest
from enlist_ingest.api.forms import LARGEST_REST, UploadForm
from enlist_ingest.api.imports import wanted_import
from enlist_ingest.api.once import OnceRoute
from enlist_ingest.api.options import read_options
from enlist_ingest.api.views import ImportView
from enlist_ingest.receiving import Receiving, open_receiving
from enlist_rules.codes import Code, PermanentFailure
from enlist_shared.options import ImportOptions

FORM: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "options": {"$ref": "#/components/schemas/ImportOptions"},
                    },
                }
            }
        },
    }
}
ReadOptions = Callable[[bytes], Awaitable[ImportOptions]]


class FileIdentity:
    """Two uploads are the same when file, file name and options are, however they are framed."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._form = UploadForm(headers)
        self._file, self._options = sha256(), sha256()

    def feed(self, block: bytes) -> None:
        for piece in self._form.feed(block):
            self._file.update(piece)
        self._options.update(self._form.take_options())

    def fingerprint(self) -> bytes:
        self._form.finish()
        name = sha256((self._form.file_name or "").encode())
        parts = (part.digest() for part in (self._file, self._options, name))
        return sha256(b"".join(parts)).digest()


class UploadRoute(OnceRoute):
    """A route whose bodies are forms with a file."""

    identity = FileIdentity


router = APIRouter(prefix="/v1/imports", tags=["imports"], route_class=UploadRoute)


@router.post("/file", status_code=202, openapi_extra=FORM)
async def upload_file(
    request: Request, response: Response, caller: Authenticated, ingest: OpenedIngest
) -> ImportView:
    """Upload a file of contacts, at most 100 MB; the import goes on after the answer.

    A file that turns out to be no contact file is an import that failed, with its code. Larger
    than the limit: 413 while it is sent. Options that cannot be met: 422. Then nothing is kept.
    """
    _refuse_declared_size(request, ingest.settings.max_bytes)
    async with open_receiving(ingest, caller) as receiving:
        await _receive(request, receiving, partial(read_options, caller.account_id, ingest.store))
        import_id = await receiving.accept()
    response.headers["Location"] = f"/v1/imports/{import_id}"
    return await wanted_import(import_id, caller, ingest)


async def _receive(request: Request, receiving: Receiving, read: ReadOptions) -> None:
    """Hand over the file as it comes in; options that come before it are looked at before it."""
    form = UploadForm(request.headers)
    options: ImportOptions | None = None
    async for block in request.stream():
        pieces = form.feed(block)
        if options is None and form.has_options:
            options = await read(form.take_options())
        receiving.describe(form.file_name, options)
        for piece in pieces:
            await receiving.take(piece)
    form.finish()


def _refuse_declared_size(request: Request, max_bytes: int) -> None:
    """A request that says it is too large need not be read."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > max_bytes + LARGEST_REST:
        raise PermanentFailure(Code.TOO_LARGE, f"the limit is {max_bytes:,} bytes")
