"""What goes wrong, as `application/problem+json` (RFC 9457), with a code that never changes."""

from collections.abc import Sequence
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final

import asyncpg
from botocore.exceptions import BotoCoreError, ClientError
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from enlist_rules.codes import EXPLANATIONS, Code, PermanentFailure
from enlist_shared.postgres import is_transient
from enlist_shared.telemetry import describe, logger

MEDIA_TYPE: Final = "application/problem+json"


class ProblemCode(StrEnum):
    """The codes of HTTP itself; a refused upload carries a code of imports instead."""

    UNAUTHORIZED = "unauthorized"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    MEDIA_TYPE = "media_type"
    MALFORMED = "malformed"
    PARAMETERS = "parameters"
    IDEMPOTENCY_KEY = "idempotency_key"
    IDEMPOTENCY_RUNNING = "idempotency_running"
    IDEMPOTENCY_REUSED = "idempotency_reused"
    IN_FLIGHT = "in_flight"
    CONFLICT = "conflict"
    OPTED_OUT_STAYS = "opted_out_stays"
    KEYWORD_TAKEN = "keyword_taken"
    KEYWORD_RESERVED = "keyword_reserved"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


_OF_STATUS: Final = {
    404: ProblemCode.NOT_FOUND,
    405: ProblemCode.METHOD_NOT_ALLOWED,
}
PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {
        "description": "The request cannot be met; `code` says why",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
    },
}
_AWAY: Final = (
    "A server that this request needs does not answer; nothing was accepted. Try again shortly."
)
_UNEXPECTED: Final = "Something that was not foreseen; it has been logged. Trying again may help."


class ProblemDetails(BaseModel):
    """An error: its class, its code, and what it means for this request."""

    type: str
    title: str
    status: int
    code: str
    detail: str


class Problem(Exception):  # noqa: N818 - RFC 9457's word
    """An answer that is an error."""

    def __init__(
        self,
        status: int,
        code: ProblemCode | Code,
        detail: str,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.details = ProblemDetails(
            type=f"urn:enlist:problem:{code}",
            title=HTTPStatus(status).phrase,
            status=status,
            code=code,
            detail=detail,
        )
        self.headers = headers


def unauthorized(detail: str) -> Problem:
    return Problem(401, ProblemCode.UNAUTHORIZED, detail, {"WWW-Authenticate": "Bearer"})


def malformed(detail: str) -> Problem:
    return Problem(400, ProblemCode.MALFORMED, detail)


def problem_of(error: Exception) -> Problem:
    """What any error is to the person who asked; texts of unexpected ones may quote rows."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, PermanentFailure):
        return _refused(error)
    if isinstance(error, HTTPException):
        code = _OF_STATUS.get(error.status_code, ProblemCode.MALFORMED)
        return Problem(error.status_code, code, str(error.detail), dict(error.headers or {}))
    if isinstance(error, RequestValidationError):
        return Problem(422, ProblemCode.PARAMETERS, explain(error.errors()))
    if isinstance(error, (BotoCoreError, ClientError)) or is_transient(error):
        return Problem(503, ProblemCode.UNAVAILABLE, _AWAY, {"Retry-After": "2"})
    return Problem(500, ProblemCode.INTERNAL, _UNEXPECTED)


def explain(errors: Sequence[Any]) -> str:
    """The errors of a validation in one line, by place, without what was given."""
    return "; ".join(
        ".".join(map(str, error["loc"])) + ": " * bool(error["loc"]) + error["msg"]
        for error in errors
    )


def _refused(failure: PermanentFailure) -> Problem:
    explanation = EXPLANATIONS["file", failure.code]
    message = f"{explanation.message} {explanation.remedy}"
    detail = f"{message} ({failure.detail})" if failure.detail else message
    return Problem(413 if failure.code is Code.TOO_LARGE else 422, failure.code, detail)


def answer_every_error(app: FastAPI) -> None:
    """Let no error leave the application in another form."""
    for kind in (
        Problem,
        PermanentFailure,
        HTTPException,
        RequestValidationError,
        BotoCoreError,
        ClientError,
        OSError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        Exception,
    ):
        app.add_exception_handler(kind, _answer)
    app.add_exception_handler(ClientDisconnect, _nobody_listens)


async def _answer(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    details = problem.details
    if details.status >= 500:
        route = getattr(request.scope.get("route"), "path", "")  # a path may name a person
        logger().warning("api.failed", route=route, **describe(error))
    return JSONResponse(
        details.model_dump(), details.status, problem.headers, media_type=MEDIA_TYPE
    )


async def _nobody_listens(_request: Request, _error: Exception) -> Response:
    return Response(status_code=400)
