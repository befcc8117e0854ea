"""The names of objects: they begin with the account and, where the content is known before it is
stored, end in its SHA-256, so that nothing is ever overwritten while it may be read.
"""

from hashlib import sha256
from uuid import UUID

from enlist_shared.ids import AccountId, ImportId, ObjectKey


def source_key(account_id: AccountId, import_id: ImportId) -> ObjectKey:
    """The uploaded bytes; written once, before the import is accepted."""
    return ObjectKey(f"{account_id}/imports/{import_id}/source")


def copied_source_key(account_id: AccountId, import_id: ImportId, attempt: UUID) -> ObjectKey:
    """A copy of what was uploaded elsewhere; every attempt writes its own, the ledger names one."""
    return ObjectKey(f"{source_key(account_id, import_id)}/{attempt}")


def sheet_key(account_id: AccountId, import_id: ImportId, attempt: UUID) -> ObjectKey:
    """A workbook's sheet as CSV; every attempt writes its own, the manifest names one."""
    return ObjectKey(f"{account_id}/imports/{import_id}/sheet/{attempt}")


def import_manifest_key(account_id: AccountId, import_id: ImportId, body: bytes) -> ObjectKey:
    """How to read an import."""
    return _hashed(account_id, import_id, "manifest", body)


def chunk_rows_key(
    account_id: AccountId, import_id: ImportId, chunk: int, body: bytes
) -> ObjectKey:
    """The normalised rows and the rejects of a chunk."""
    return _hashed(account_id, import_id, f"chunks/{chunk:05}/rows", body)


def chunk_manifest_key(
    account_id: AccountId, import_id: ImportId, chunk: int, body: bytes
) -> ObjectKey:
    """What normalising made of a chunk."""
    return _hashed(account_id, import_id, f"chunks/{chunk:05}/manifest", body)


def outcomes_key(account_id: AccountId, import_id: ImportId, shard: int, body: bytes) -> ObjectKey:
    """What became of each record of a shard."""
    return _hashed(account_id, import_id, f"shards/{shard:02}/outcomes", body)


def changed_numbers_key(
    account_id: AccountId, import_id: ImportId, shard: int, body: bytes
) -> ObjectKey:
    """The numbers whose consent a shard changed."""
    return _hashed(account_id, import_id, f"shards/{shard:02}/consents", body)


def consent_changes_key(account_id: AccountId, import_id: ImportId, body: bytes) -> ObjectKey:
    """Where the numbers whose consent an import changed are named."""
    return _hashed(account_id, import_id, "consents", body)


def _hashed(account_id: AccountId, import_id: ImportId, what: str, body: bytes) -> ObjectKey:
    return ObjectKey(f"{account_id}/imports/{import_id}/{what}/{sha256(body).hexdigest()}")
