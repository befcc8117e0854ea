"""A server that answers what a test wrote down: for how the command speaks HTTP.

What the real API answers is proven in `tests/pipeline`.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; the connection is closed after it. Status 0: closed without an answer."""

    status: int
    body: bytes
    kind: str = "application/json"


@dataclass(slots=True)
class ScriptedApi:
    """Answers by method and path, each once and in order, the last one again and again."""

    url: str = ""
    script: dict[str, list[Answer]] = field(default_factory=dict)
    received: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def answer(self, request: str) -> Answer:
        answers = self.script.get(request) or [problem(404, "Not found", "not_found", request)]
        return answers.pop(0) if len(answers) > 1 else answers[0]


@dataclass(frozen=True, slots=True)
class Done:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


Enlist = Callable[..., Done]


def shown(status: str, **fields: Any) -> dict[str, Any]:
    """An import as the API shows it."""
    return {
        "import_id": "i-1",
        "account_id": "a-1",
        "source": "file",
        "status": status,
        "file_name": "contacts.csv",
        "size": 5,
        "counts": {"records": 0},
        "reasons": {},
        "warning_reasons": {},
        "error": None,
        "progress": {"chunks": 1},
    } | fields


CUT = Answer(0, b"")


def as_json(value: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode())


def events(*values: object) -> Answer:
    """A stream of server-sent events that then ends."""
    lines = "".join(f"data: {json.dumps(value)}\n\n" for value in values)
    return Answer(200, f": hello\n\n{lines}".encode(), "text/event-stream")


def problem(status: int, title: str, code: str, detail: str) -> Answer:
    body = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail}
    return Answer(status, json.dumps(body).encode(), "application/problem+json")


UPLOAD = "POST /v1/imports/file"
LOOK = "GET /v1/imports/i-1"
EVENTS = "GET /v1/imports/i-1/events"
DONE = shown(
    "completed",
    counts={"records": 7, "created": 3, "updated": 1, "duplicate": 1, "rejected": 2, "listed": 4},
    reasons={"phone_invalid": 1, "phone_missing": 1},
    accepted_at="2026-11-22T10:00:00Z",
    completed_at="2026-11-22T10:00:02Z",
)


@contextmanager
def serving() -> Iterator[ScriptedApi]:
    """The server on a free loopback port, for the length of a block."""
    api = ScriptedApi()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def do_PATCH(self) -> None:
            self._answer()

        def do_DELETE(self) -> None:
            self._answer()

        def log_message(self, *_: object) -> None:
            """Tests have their own reports."""

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            api.received.append((f"{self.command} {self.path}", dict(self.headers), body))
            answer = api.answer(f"{self.command} {self.path}")
            if not answer.status:
                return
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(answer.body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        api.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield api
        finally:
            server.shutdown()
            thread.join()
