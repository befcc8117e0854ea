"""Logs: one JSON object a line, with a stable `action` and ids, never with personal data.

Exceptions are named by class and place: their texts may quote rows. Lines of libraries have the
action `library`, their logger's name, and their text without what it was told of exceptions.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Final, Protocol, cast

import structlog

from enlist_shared.actions import Action

_IDS: Final = ("account_id", "import_id", "unit")
_RAISED: Final = re.compile(r"^([\w.]+(?:Error|Exception))(?::|$)", re.MULTILINE)


class Log(Protocol):
    """Writes lines about one of the actions."""

    def info(self, event: Action, /, **details: object) -> object: ...
    def warning(self, event: Action, /, **details: object) -> object: ...
    def error(self, event: Action, /, **details: object) -> object: ...
    def critical(self, event: Action, /, **details: object) -> object: ...


def configure_logging(service: str, level: str) -> None:
    """Write every log line of this process, also those of libraries, as JSON to stderr."""
    ours: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*ours, _of_a_library],
        processors=[
            _without_exception_texts,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.EventRenamer("action"),
            structlog.processors.JSONRenderer(),
        ],
        pass_foreign_args=True,
        use_get_message=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *ours,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.getLogger("enlist").setLevel(level.upper())
    structlog.contextvars.bind_contextvars(service=service)
    sys.excepthook = _end_of_process


def logger() -> Log:
    """The logger of Enlist's own lines."""
    return cast("Log", structlog.get_logger("enlist"))


def bind_ids(**ids: object) -> None:
    """From here on, the lines about this request or message carry `account_id` and the like."""
    structlog.contextvars.bind_contextvars(**{name: str(value) for name, value in ids.items()})


@contextmanager
def own_ids() -> Iterator[None]:
    """What is bound inside is about one message, and forgotten after it."""
    try:
        yield
    finally:
        structlog.contextvars.unbind_contextvars(*_IDS)


def describe(error: BaseException) -> dict[str, str]:
    """An exception as its class and the innermost place of our own code, without its text."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "enlist" in frame.filename]
    place = (ours or frames)[-1] if frames else None
    return {
        "error": type(error).__name__,
        "at": f"{place.filename.rpartition('/')[2]}:{place.lineno}" if place else "",
        "sqlstate": getattr(error, "sqlstate", None) or "",
    }


def _end_of_process(
    _kind: type[BaseException], error: BaseException, _traceback: TracebackType | None
) -> None:
    logger().critical("process.failed", **describe(error))


def _of_a_library(
    _logger: object, _method: str, entry: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    text = _first_line(str(entry["event"]))
    with suppress(TypeError, ValueError):  # else the template says enough
        text %= _harmless(entry.pop("positional_args", ()))
    entry["event"], entry["logger"], entry["message"] = "library", entry["_record"].name, text
    return entry


def _first_line(text: str) -> str:
    """Of a text of several lines, as of a traceback, the first and the class that was raised."""
    first, _, rest = text.partition("\n")
    raised = _RAISED.findall(rest)
    return f"{first} {raised[-1]}" if raised else first


def _harmless(arguments: Any) -> Any:  # noqa: ANN401 - a tuple or, as logging allows, a mapping
    if isinstance(arguments, dict):
        return {name: _named(value) for name, value in arguments.items()}
    return tuple(_named(value) for value in arguments or ())


def _named(value: object) -> object:
    return value if isinstance(value, (str, int, float)) else type(value).__name__


def _without_exception_texts(
    _logger: object, _method: str, entry: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    raised = entry.pop("exc_info", None)
    error = raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        entry.update(describe(error))
    return entry
