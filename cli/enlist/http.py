"""How the command speaks HTTP: refusals in words, and requests that may be sent again."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from uuid import uuid4

import httpx2

SILENCE: Final = 20.0  # seconds without a byte; then the connection is taken for lost
UPLOAD_SILENCE: Final = 300.0  # the answer to an upload comes when all of it has been stored
PAUSES: Final = (0.5, 1.0, 2.0, 4.0, 8.0)  # seconds before each further try
_BUSY: Final = frozenset({502, 503, 504})
_RUNNING: Final = "idempotency_running"
Request = dict[str, Any]


class ApiError(Exception):
    """The API refused; `status` is HTTP's, `code` is stable."""

    sent = True

    def __init__(self, status: int, title: str, code: str, detail: str) -> None:
        super().__init__(f"{title}: {detail}" if detail and detail != title else title)
        self.status = status
        self.code = code

    @property
    def passes(self) -> bool:
        """Whether the same request may succeed later."""
        return self.status in _BUSY or self.code == _RUNNING


class UnreachableError(Exception):
    """Nobody answered at the address; `sent` tells whether the request may have arrived."""

    passes = True

    def __init__(self, message: str, *, sent: bool = False) -> None:
        super().__init__(message)
        self.sent = sent


class Http:
    """Requests to the API at `url` as the owner of a key."""

    def __init__(self, url: str, api_key: str) -> None:
        self.url = url.rstrip("/")
        self.client = httpx2.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {api_key}"},
            timeout=httpx2.Timeout(30.0, read=SILENCE),
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
        self.client.close()

    def get(self, path: str, **request: Any) -> Any:  # noqa: ANN401 - JSON
        """What the API shows there."""
        return self._answer("GET", path, request).json()

    def change(self, method: str, path: str, body: object | None = None) -> Any:  # noqa: ANN401 - JSON
        """PATCH or DELETE: what comes of it is the same however often it is sent."""
        answer = self._answer(method, path, {} if body is None else {"json": body})
        return answer.json() if answer.content else {}

    def ask(self, path: str, request: Callable[[], Request]) -> Any:  # noqa: ANN401 - JSON
        """POST what changes nothing, and what is not worth a second try."""
        return self._answer("POST", path, _patient(request())).json()

    def post(self, path: str, request: Callable[[], Request]) -> Any:  # noqa: ANN401 - JSON
        """POST until there is an answer: the key sees to it that it is done once at most.

        `request` makes the request anew for every try. Where nobody ever answered, one is enough.
        """
        headers = {"Idempotency-Key": f'"{uuid4()}"'}
        pauses = iter(PAUSES)
        sent = False
        while True:
            try:
                return self._answer("POST", path, _patient(request()), headers).json()
            except (ApiError, UnreachableError) as error:
                sent = sent or error.sent
                pause = next(pauses, None)
                if pause is None or not (sent and error.passes):
                    raise
            time.sleep(pause)

    def save(self, path: str, target: Path) -> int:
        """Write what the API sends into a file, as it comes; answers with its bytes.

        A file that did not come whole is not left behind.
        """
        part = target.with_name(f"{target.name}.part")
        try:
            with part.open("wb") as file:
                for block in self.blocks(path):
                    file.write(block)
            return part.replace(target).stat().st_size
        finally:
            part.unlink(missing_ok=True)

    def blocks(self, path: str) -> Iterator[bytes]:
        """What the API sends, as it comes."""
        with self._reached(), self.client.stream("GET", path) as answer:
            if answer.is_error:
                answer.read()
                raise _problem(answer)
            yield from answer.iter_bytes()

    def _answer(
        self, method: str, path: str, request: Request, headers: dict[str, str] | None = None
    ) -> httpx2.Response:
        with self._reached():
            answer = self.client.request(method, path, headers=headers, **request)
        if answer.is_error:
            raise _problem(answer)
        return answer

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except httpx2.TransportError as error:
            reason = str(error) or type(error).__name__
            never_sent = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
            message = f"no answer from {self.url}: {reason}"
            raise UnreachableError(message, sent=not never_sent) from error


def _patient(request: Request) -> Request:
    return {"timeout": httpx2.Timeout(30.0, read=UPLOAD_SILENCE)} | request


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
