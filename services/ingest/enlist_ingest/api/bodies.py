"""A JSON body of bounded size, refused while it is sent when it is larger."""

from typing import Any, Final, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from enlist_ingest.api.problems import Problem, ProblemCode, explain, malformed
from enlist_rules.codes import Code

Body = TypeVar("Body", bound=BaseModel)
_JSON: Final = "application/json"


def json_body(model: type[BaseModel]) -> dict[str, Any]:
    """What OpenAPI says of a body that a route reads itself; the model is a named component."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "content": {_JSON: {"schema": schema}}}}


async def read_json(request: Request, model: type[Body], max_bytes: int) -> Body:
    """The body of a request as `model`.

    Raises:
        Problem: 400 `malformed`, 413 `too_large`, 415 `media_type`, 422 `parameters`.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _JSON:
        raise Problem(415, ProblemCode.MEDIA_TYPE, f"Send {_JSON}.")
    body = await _read(request, max_bytes)
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=False, include_input=False)
        if any(each["type"] == "json_invalid" for each in errors):
            raise malformed("The body is no JSON.") from None
        raise Problem(422, ProblemCode.PARAMETERS, explain(errors)) from None


async def _read(request: Request, max_bytes: int) -> bytes:
    declared = request.headers.get("content-length", "")
    blocks: list[bytes] = []
    size = int(declared) if declared.isdecimal() and int(declared) > max_bytes else 0
    if size == 0:
        async for block in request.stream():
            size += len(block)
            if size > max_bytes:
                break
            blocks.append(block)
    if size > max_bytes:
        limit = f"The body is larger than {max_bytes:,} bytes. Upload it as a file instead."
        raise Problem(413, Code.TOO_LARGE, limit)
    return b"".join(blocks)
