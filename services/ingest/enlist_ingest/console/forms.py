"""What a form of a page sends, what is wrong with it in words, and where its answer leads."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar
from urllib.parse import parse_qs, urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ValidationError

from enlist_ingest.api.problems import Problem, ProblemCode, problem_of
from enlist_rules.codes import Code, PermanentFailure

SEE_OTHER: Final = 303
ID: Final = re.compile("[1-9][0-9]{0,17}")
_FORM_BYTES: Final = 262_144  # every field and 50 custom ones at their limits, percent-encoded
_OUR_ERRORS: Final = "Value error, "
_Model = TypeVar("_Model", bound=BaseModel)
REFUSALS: Final = (PermanentFailure, Problem)


@dataclass(frozen=True, slots=True)
class Form(Mapping[str, str]):
    """Fields as text without the space around it; of several values of a name, the last."""

    values_of: Mapping[str, list[str]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values_of[name][-1].strip()

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_of)

    def __len__(self) -> int:
        return len(self.values_of)

    def text(self, name: str) -> str:
        """A field; blank where it was not sent."""
        return self.get(name, "")

    def all(self, name: str) -> list[str]:
        """Every value of a name, such as of boxes that are ticked."""
        return self.values_of.get(name, [])

    def ids(self, name: str) -> list[int]:
        """Every value of a name that is an id, each once."""
        return sorted({int(each) for each in self.all(name) if ID.fullmatch(each)})


async def read_form(request: Request, limit: int = _FORM_BYTES) -> Form:
    """The form of a request.

    Raises:
        Problem: 413, it is longer than `limit` bytes.
    """
    body = b""
    async for block in request.stream():
        body += block
        if len(body) > limit:
            raise Problem(413, Code.TOO_LARGE, "This form holds more than a person types.")
    text = body.decode("utf-8", "replace")
    shown = text.replace("%00", "").replace("\0", "")
    return Form(parse_qs(shown, keep_blank_values=True))


def read_as(model: type[_Model], said: Mapping[str, object]) -> _Model:
    """What was typed, as the model that the API takes.

    Raises:
        Problem: 422, in words for the person who typed it.
    """
    try:
        return model.model_validate(said)
    except ValidationError as error:
        faults = (each["msg"].removeprefix(_OUR_ERRORS) for each in error.errors())
        raise Problem(422, ProblemCode.PARAMETERS, ". ".join(faults)) from None


def words_of(refusal: Exception) -> str:
    """Why something cannot be done."""
    return problem_of(refusal).details.detail


def lead_to(path: str, **said: object) -> Response:
    """Show a page after a form has done its work; `said` goes into its query, lists as several."""
    query = urlencode({name: value for name, value in said.items() if value is not None}, True)
    mark = "&" if "?" in path else "?"
    return RedirectResponse(f"{path}{mark}{query}" if query else path, SEE_OTHER)
