"""A client of Enlist's HTTP API: upload, look, follow."""

import json
import time
from collections.abc import Iterator
from datetime import datetime
from types import TracebackType
from typing import IO, Any, Final, Self

import httpx2
from pydantic import BaseModel, ConfigDict, ValidationError

from enlist_shared.events import Counts, Progress
from enlist_shared.states import FINAL, Status

PATIENCE: Final = 60.0  # seconds without any answer after which following gives up
PAUSE: Final = 0.5  # seconds between two tries to follow on
SERVER_MAY_STAY_SILENT: Final = 20.0  # seconds; then the connection is taken for lost


class ApiError(Exception):
    """The API refused; `status` is HTTP's, `code` is stable."""

    def __init__(self, status: int, title: str, code: str, detail: str) -> None:
        super().__init__(f"{title}: {detail}" if detail and detail != title else title)
        self.status = status
        self.code = code


class UnreachableError(Exception):
    """Nobody answered at the address."""


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
        self._url = url.rstrip("/")
        self._http = httpx2.Client(
            base_url=self._url,
            headers={"Authorization": f"Bearer {api_key}"},
            timeout=httpx2.Timeout(30.0, read=SERVER_MAY_STAY_SILENT),
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def upload(self, file: IO[bytes], name: str, options: dict[str, Any]) -> Import:
        """Send a file as it is read, never whole in memory; returns the accepted import."""
        return Import.model_validate(
            self._call(
                "POST",
                "/v1/imports/file",
                data={"options": json.dumps(options)},
                files={"file": (name, file, "application/octet-stream")},
                timeout=httpx2.Timeout(30.0, read=300.0),
            )
        )

    def find(self, import_id: str) -> Import:
        return Import.model_validate(self._call("GET", f"/v1/imports/{import_id}"))

    def newest(self, cursor: str | None = None) -> ImportsPage:
        parameters = {} if cursor is None else {"cursor": cursor}
        return ImportsPage.model_validate(self._call("GET", "/v1/imports", params=parameters))

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
                        f"no word from {self._url} about import {import_id} for {PATIENCE:.0f} s; "
                        f"it goes on without us: enlist status {import_id}"
                    ) from None
            time.sleep(PAUSE)

    def _events(self, import_id: str) -> Iterator[Import]:
        """Where the import stands now, then what the server says, until it stops talking."""
        yield self.find(import_id)
        with self._http.sse(f"/v1/imports/{import_id}/events") as source:
            if source.response.is_error:
                return
            for event in source:
                yield Import.model_validate_json(event.data)

    def _call(self, method: str, path: str, **request: Any) -> Any:  # noqa: ANN401 - JSON
        try:
            answer = self._http.request(method, path, **request)
        except httpx2.TransportError as error:
            reason = str(error) or type(error).__name__
            raise UnreachableError(f"no answer from {self._url}: {reason}") from error
        if answer.is_error:
            raise _problem(answer)
        return answer.json()


def _problem(answer: httpx2.Response) -> ApiError:
    """What an application/problem+json says, or what can be said without one."""
    try:
        said = answer.json()
    except ValueError:
        said = None
    told: dict[str, Any] = said if isinstance(said, dict) else {}
    return ApiError(
        answer.status_code,
        str(told.get("title") or answer.reason_phrase or f"HTTP {answer.status_code}"),
        str(told.get("code") or ""),
        str(told.get("detail") or ""),
    )
