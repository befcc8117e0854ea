"""Uploads that lie in the bucket already, under `uploads/{account_id}/`: their keys, their bytes.

Whoever may write there may overwrite what is there, so they are read once, in one request, and
what was read is what is imported.
"""

import asyncio
import unicodedata
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import unquote
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from enlist_rules.codes import Code, PermanentFailure
from enlist_shared.ids import AccountId, ObjectKey
from enlist_shared.objectstore import ObjectMissingError, ObjectStore

_LONGEST: Final = 1_024  # bytes of a key (Amazon's API)
_PATIENCE: Final = 2.0  # seconds, for a hint
_FORBIDDEN: Final = frozenset({"Cc", "Cs"})  # control characters, halves of surrogate pairs


def new_upload_key(account_id: AccountId) -> ObjectKey:
    """A key for an upload that nobody has named."""
    return ObjectKey(f"{_prefix(account_id)}{uuid4()}")


def upload_key(account_id: AccountId, object_key: str) -> ObjectKey:
    """The key, if it names an upload of this account and can be read in no other way.

    Raises:
        PermanentFailure: `source_missing`.
    """
    prefix = _prefix(account_id)
    name = object_key.removeprefix(prefix)
    if name == object_key or not _is_plain(name) or len(object_key.encode()) > _LONGEST:
        raise PermanentFailure(
            Code.SOURCE_MISSING, f"object_key names no object under {prefix}; keys of at most "
            f"{_LONGEST:,} bytes without empty, . or .. parts do"
        )  # fmt: skip
    return ObjectKey(object_key)


async def read_upload(objects: ObjectStore, key: ObjectKey, max_bytes: int) -> AsyncIterator[bytes]:
    """The bytes of an upload as it is now.

    Raises:
        PermanentFailure: `source_missing`, `too_large`.
    """
    try:
        async with objects.reading(key) as reading:
            if reading.size > max_bytes:
                raise PermanentFailure(Code.TOO_LARGE, f"the limit is {max_bytes:,} bytes")
            async for block in reading.blocks():
                yield block
    except ObjectMissingError as error:
        raise PermanentFailure(Code.SOURCE_MISSING, "object_key names no object") from error


async def upload_size(objects: ObjectStore, key: ObjectKey | None) -> int | None:
    """How large an upload seems to be, as a hint: 0 if it is missing, none if nobody knows."""
    if key is None:
        return None
    try:
        async with asyncio.timeout(_PATIENCE):
            return await objects.size(key)
    except ObjectMissingError:
        return 0
    except (BotoCoreError, ClientError, OSError):
        return None


def _prefix(account_id: AccountId) -> str:
    return f"uploads/{account_id}/"


def _is_plain(name: str) -> bool:
    """Whether the parts of a name are names, also to a server that decodes it once more."""
    while (decoded := unquote(name)) != name:
        name = decoded
    return not (
        {"", ".", ".."} & {*name.replace("\\", "/").split("/")}
        or _FORBIDDEN & {*map(unicodedata.category, name)}
    )
