"""A client of Enlist's HTTP API: upload, paste, preview, look, follow."""

import json
import time
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

import httpx2
from pydantic import BaseModel, ConfigDict, ValidationError

from enlist.http import ApiError, Http, Request, UnreachableError
from enlist_shared.events import Counts, Progress
from enlist_shared.states import FINAL, Status

PATIENCE: Final = 60.0  # seconds without any answer after which following gives up
PAUSE: Final = 0.5  # seconds between two tries to follow on
OCTETS: Final = "application/octet-stream"


class Failure(BaseModel):
    """Why an import failed."""

    model_config = ConfigDict(extra="allow")

    code: str
    message: str


class Import(BaseModel):
    """An import as the API shows it; fields that this version does not know are kept."""

    model_config = ConfigDict(extra="allow")

    import_id: str
    status: Status
    file_name: str | None = None
    size: int = 0
    counts: Counts = Counts()
    reasons: dict[str, int] = {}
    warning_reasons: dict[str, int] = {}
    error: Failure | None = None
    accepted_at: datetime | None = None
    completed_at: datetime | None = None
    progress: Progress = Progress()

    @property
    def final(self) -> bool:
        return self.status in FINAL


class ImportsPage(BaseModel):
    """Imports, newest first; `next_cursor` leads on, None on the last page."""

    imports: list[Import]
    next_cursor: str | None = None


class Client:
    """One account's view of the API at `url`; close it by leaving its block."""

    def __init__(self, url: str, api_key: str) -> None:
        self._api = Http(url, api_key)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._api.client.close()

    def upload(self, file: IO[bytes], name: str, options: dict[str, Any]) -> Import:
        """Send a file as it is read, never whole in memory; returns the accepted import.

        It is sent from its beginning again when the connection is lost, and imported once.
        """
        return Import.model_validate(
            self._api.post("/v1/imports/file", lambda: _form(file, name, options))
        )

    def paste(self, kind: str, body: dict[str, Any]) -> Import:
        """Send pasted `numbers` or `contacts`; returns the accepted import."""
        return Import.model_validate(self._api.post(f"/v1/imports/{kind}", lambda: {"json": body}))

    def preview(self, head: bytes, size: int, name: str, options: dict[str, Any]) -> dict[str, Any]:
        """How a file of `size` bytes that begins with `head` would be read; nothing is kept."""
        said: dict[str, Any] = self._api.ask(
            f"/v1/previews?size={size}", lambda: _form(BytesIO(head), name, options)
        )
        return said

    def profiles(self) -> list[dict[str, Any]]:
        """The account's saved profiles, as the API's JSON says them."""
        said: list[dict[str, Any]] = self._api.get("/v1/profiles")["profiles"]
        return said

    def find(self, import_id: str) -> Import:
        return Import.model_validate(self._api.get(f"/v1/imports/{import_id}"))

    def cancel(self, import_id: str) -> Import:
        return Import.model_validate(self._api.post(f"/v1/imports/{import_id}/cancel", dict))

    def newest(self, cursor: str | None = None) -> ImportsPage:
        parameters = {} if cursor is None else {"cursor": cursor}
        return ImportsPage.model_validate(self._api.get("/v1/imports", params=parameters))

    def save(self, import_id: str, document: str, target: Path) -> int:
        """Write a document of an import (`rejects.csv`, …) into a file; answers with its bytes."""
        return self._api.save(f"/v1/imports/{import_id}/{document}", target)

    def blocks(self, import_id: str, document: str) -> Iterator[bytes]:
        """A document of an import, as it comes."""
        return self._api.blocks(f"/v1/imports/{import_id}/{document}")

    def follow(self, import_id: str) -> Iterator[Import]:
        """The import at every change until it is final; a lost connection is made again."""
        silent_since = time.monotonic()
        while True:
            try:
                for state in self._events(import_id):
                    yield state
                    if state.final:
                        return
                    silent_since = time.monotonic()
            except (httpx2.TransportError, UnreachableError, ValidationError, ApiError) as error:
                if isinstance(error, ApiError) and error.status < 500:
                    raise
                if time.monotonic() - silent_since > PATIENCE:
                    raise UnreachableError(
                        f"no word from {self._api.url} about import {import_id} for "
                        f"{PATIENCE:.0f} s; it goes on without us: enlist status {import_id}"
                    ) from None
            time.sleep(PAUSE)

    def _events(self, import_id: str) -> Iterator[Import]:
        """Where the import stands now, then what the server says, until it stops talking."""
        yield self.find(import_id)
        with self._api.client.sse(f"/v1/imports/{import_id}/events") as source:
            if source.response.is_error:
                return
            for event in source:
                yield Import.model_validate_json(event.data)


def _form(file: IO[bytes], name: str, options: dict[str, Any]) -> Request:
    file.seek(0)
    return {
        "data": {"options": json.dumps(options)},
        "files": {"file": (name, file, OCTETS)},
    }
