"""How a page is made: templates, what they may call, and the headers of every answer."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from enlist_ingest.console.labels import CHANNELS, EFFECTS, GROUPS, LABELS, SOURCES, label
from enlist_ingest.console.notes import FAULTS, NOTES
from enlist_ingest.console.reads import changed_fields
from enlist_rules.codes import EXPLANATIONS, Code, Explanation, Level
from enlist_rules.fields import LIMITS

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""No scripts, styles or connections but our own, and none that stand in the page."""

_CODE: Final = re.compile("`([^`]+)`")
_STATES: Final = {
    "receiving": "uploading",
    "accepted": "waiting its turn",
    "splitting": "reading",
    "normalizing": "normalising",
}
_UNITS: Final = ("bytes", "kB", "MB", "GB")


def page(request: Request, name: str, status: int = 200, **context: object) -> HTMLResponse:
    """A page, or the part of one that htmx asked for."""
    said = request.query_params
    around = {
        "path": request.url.path,
        "note": NOTES.get(said.get("said", "")),
        "fault": FAULTS.get(said.get("fault", "")),
    }
    return HTMLResponse(render(name, **around | context), status, dict(HEADERS))


def render(name: str, **context: object) -> str:
    """A template's text; a name that it uses and nobody gives is an error."""
    return _ENVIRONMENT.get_template(name).render(**context)


def number(value: int) -> str:
    return f"{value:,}"


def size(value: int) -> str:
    """Bytes in the unit that a person would choose, by thousands."""
    amount, unit = float(value), 0
    while amount >= 1000 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:,.0f} {_UNITS[unit]}" if unit == 0 else f"{amount:,.1f} {_UNITS[unit]}"


def state(status: str) -> str:
    """A state of an import in the words of somebody who waits for it."""
    return _STATES.get(status, status.replace("_", " "))


def moment(value: datetime) -> Markup:
    """A time in UTC, which a script turns into the reader's own."""
    said = value.astimezone(UTC)
    text = f"{said.day} {said:%b %Y, %H:%M} UTC"
    return Markup('<time datetime="{}">{}</time>').format(said.isoformat(), text)


def seconds(start: datetime, end: datetime) -> str:
    """How long something took, for a person."""
    took = (end - start).total_seconds()
    if took < 90:
        return f"{took:.1f} s"
    return f"{took // 60:.0f} min {took % 60:.0f} s"


def quoted(text: str) -> str:
    """A text whose words between backticks stand between quotation marks."""
    return _CODE.sub("“\\1”", text)


def explain(code: str, level: Level) -> Explanation:
    """What a code means, and what the person can do."""
    return EXPLANATIONS[level, Code(code)]


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("enlist_ingest.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=number,
        quoted=quoted,
        size=size,
        state=state,
        moment=moment,
        changed_fields=changed_fields,
    )
    environment.filters["label"] = label
    environment.globals.update(
        explain=explain,
        seconds=seconds,
        CHANNELS=CHANNELS,
        EFFECTS=EFFECTS,
        GROUPS=GROUPS,
        LABELS=LABELS,
        LIMITS=LIMITS,
        SOURCES=SOURCES,
    )
    return environment


_ENVIRONMENT: Final = _environment()
