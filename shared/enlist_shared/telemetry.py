"""Logs: one JSON object a line, with a stable `action` and ids, never with personal data.

Exceptions are named by class and place: their texts may quote rows.
"""

import logging
import sys
import traceback

import structlog


def configure_logging(service: str, level: str) -> None:
    """Write every log line of this process, also those of libraries, as JSON to stderr."""
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=processors,
        processors=[
            _without_exception_texts,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.EventRenamer("action"),
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *processors,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.getLogger("enlist").setLevel(level.upper())
    structlog.contextvars.bind_contextvars(service=service)


def logger() -> structlog.stdlib.BoundLogger:
    """The logger of Enlist's own lines."""
    log: structlog.stdlib.BoundLogger = structlog.get_logger("enlist")
    return log


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


def _without_exception_texts(
    _logger: object, _method: str, entry: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    raised = entry.pop("exc_info", None)
    error = raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        entry.update(describe(error))
    return entry
