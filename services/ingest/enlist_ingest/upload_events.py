"""What an upload event asks for: as much of it as can be understood, and what is wrong with it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from enlist_ingest.api.forms import OPTIONS_BYTES
from enlist_ingest.api.options import read_options
from enlist_ingest.api.problems import explain
from enlist_ingest.store import Store
from enlist_ingest.stored_uploads import upload_key
from enlist_ingest.upload import tidy_file_name, tidy_text
from enlist_rules.codes import Code, PermanentFailure
from enlist_shared.events import RequestId, UploadRequested
from enlist_shared.ids import AccountId, ObjectKey
from enlist_shared.options import ImportOptions

_REQUEST_ID: Final[TypeAdapter[str]] = TypeAdapter(RequestId)


class UploadEvent(BaseModel):
    """An upload event as it arrives: whose it is must be known, the rest may be wrong."""

    model_config = ConfigDict(frozen=True, extra="allow")

    account_id: AccountId

    @property
    def said(self) -> dict[str, Any]:
        """All of it, as it was sent."""
        return {**(self.model_extra or {}), "account_id": str(self.account_id)}


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """An import to be made; if it has a fault, one that fails."""

    account_id: AccountId
    request_id: str
    file_name: str | None
    correlation_id: str | None
    object_key: ObjectKey | None = None
    options: ImportOptions = field(default_factory=ImportOptions)
    fault: PermanentFailure | None = None


async def understand(event: UploadEvent, store: Store) -> UploadRequest:
    """The request that an event makes, with its fault if it can never be met."""
    said = event.said
    try:
        asked = UploadRequested.model_validate(said)
        key = upload_key(asked.account_id, asked.object_key)
        options = await _read_options(asked, store)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=False, include_input=False)
        return _request(event, fault=PermanentFailure(Code.OPTIONS, explain(errors)))
    except PermanentFailure as fault:
        return _request(event, fault=fault)
    return _request(event, key, options)


def _request(
    event: UploadEvent,
    key: ObjectKey | None = None,
    options: ImportOptions | None = None,
    fault: PermanentFailure | None = None,
) -> UploadRequest:
    said = event.said
    options = options or ImportOptions()
    return UploadRequest(
        event.account_id,
        _request_id(said),
        tidy_file_name(_text(said, "file_name")) or tidy_file_name(key or ""),
        tidy_text(_text(said, "correlation_id")) or options.correlation_id,
        key,
        options,
        fault,
    )


async def _read_options(asked: UploadRequested, store: Store) -> ImportOptions:
    body = json.dumps(asked.options).encode()
    if len(body) > OPTIONS_BYTES:
        raise PermanentFailure(Code.OPTIONS, f"they are larger than {OPTIONS_BYTES:,} bytes")
    return await read_options(asked.account_id, store, body)


def _request_id(said: Mapping[str, Any]) -> str:
    """The sender's id; without a usable one, equal events are one request."""
    try:
        return _REQUEST_ID.validate_python(said.get("request_id"))
    except ValidationError:
        return f"sha256:{sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()}"


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""
