"""Every error has an answer with a stable code."""

import asyncpg
import pytest
from botocore.exceptions import EndpointConnectionError
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from enlist_ingest.api.problems import malformed, problem_of, unauthorized
from enlist_rules.codes import Code, PermanentFailure

SECRET = "+447700900100"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (malformed("why"), 400, "malformed"),
        (unauthorized("why"), 401, "unauthorized"),
        (HTTPException(404), 404, "not_found"),
        (HTTPException(405), 405, "method_not_allowed"),
        (PermanentFailure(Code.TOO_LARGE), 413, "too_large"),
        (PermanentFailure(Code.LIST_UNKNOWN, "7"), 422, "list_unknown"),
        (RequestValidationError([{"loc": ("query", "limit"), "msg": "no"}]), 422, "parameters"),
        (ConnectionRefusedError(SECRET), 503, "unavailable"),
        (TimeoutError(), 503, "unavailable"),
        (asyncpg.TooManyConnectionsError(SECRET), 503, "unavailable"),
        (EndpointConnectionError(endpoint_url=SECRET), 503, "unavailable"),
        (asyncpg.CheckViolationError(SECRET), 500, "internal"),
        (KeyError(SECRET), 500, "internal"),
    ],
)
def test_an_error_has_its_answer(error: Exception, status: int, code: str) -> None:
    """Status and code are fixed, and the texts of unexpected errors never get out."""
    problem = problem_of(error)
    assert (problem.details.status, problem.details.code) == (status, code)
    assert problem.details.type == f"urn:enlist:problem:{code}"
    assert SECRET not in problem.details.model_dump_json()


def test_a_refusal_says_what_to_do() -> None:
    """A code of imports answers with its message, its remedy and the detail."""
    detail = problem_of(PermanentFailure(Code.LIST_UNKNOWN, "7")).details.detail
    assert detail == "A list that is named by its id does not exist. Choose another list. (7)"
