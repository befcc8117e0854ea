"""What routes ask for: the opened service, and whose request it is."""

import time
from dataclasses import replace
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from enlist_ingest.api.problems import unauthorized
from enlist_ingest.console.sessions import signed_in
from enlist_ingest.service import Ingest
from enlist_ingest.store import Store
from enlist_ingest.upload import Caller
from enlist_shared.accounts import hash_api_key
from enlist_shared.telemetry import bind_ids

REMEMBERED_SECONDS: Final = 5.0
REMEMBERED_KEYS: Final = 10_000

bearer = HTTPBearer(auto_error=False, description="An API key of the account: `enl_…`")


class KeyRing:
    """Whose keys were presented lately; a revoked key is good for `REMEMBERED_SECONDS` more."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[bytes, tuple[float, Caller]] = {}

    async def caller(self, key: str) -> Caller | None:
        """The owner of a key; none if the key is not good."""
        key_hash = hash_api_key(key)
        until, caller = self._known.get(key_hash, (0.0, None))
        if time.monotonic() < until:
            return caller
        caller = await self._store.authenticate(key_hash)
        if caller is not None:
            if len(self._known) >= REMEMBERED_KEYS:
                self._known.clear()
            self._known[key_hash] = time.monotonic() + REMEMBERED_SECONDS, caller
        return caller


def opened(request: Request) -> Ingest:
    """What the application opened when it started."""
    ingest: Ingest = request.app.state.ingest
    return ingest


async def authenticated(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Caller:
    """The account whose API key the request carries, or whose pages the console shows."""
    if credentials is None:
        caller = await signed_in(request)
        if caller is None:
            raise unauthorized("Send an API key of the account: Authorization: Bearer enl_…")
    else:
        keys: KeyRing = request.app.state.keys
        caller = await keys.caller(credentials.credentials)
        if caller is None:
            raise unauthorized("This API key is not known, has expired or was revoked.")
    bind_ids(account_id=caller.account_id)
    return replace(caller, once=getattr(request.state, "once", None))


OpenedIngest = Annotated[Ingest, Depends(opened)]
Authenticated = Annotated[Caller, Depends(authenticated)]
