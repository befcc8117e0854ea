"""What a process of ingest works with."""

from dataclasses import dataclass

from enlist_ingest.audience import Audiences
from enlist_ingest.consents import Consents
from enlist_ingest.contacts_edits import Edits
from enlist_ingest.contacts_reads import Reads
from enlist_ingest.exports import Exports
from enlist_ingest.idempotency import IdempotencyKeys
from enlist_ingest.keywords import Keywords
from enlist_ingest.lists import Lists
from enlist_ingest.messages import Messages
from enlist_ingest.profiles import Profiles
from enlist_ingest.requests import Requests
from enlist_ingest.results import ResultStore
from enlist_ingest.settings import IngestSettings
from enlist_ingest.store import Store
from enlist_ingest.tasks import Tasks
from enlist_shared.objectstore import ObjectStore


@dataclass(frozen=True, slots=True)
class Ingest:
    """Opened once a process, in `app.py`."""

    settings: IngestSettings
    store: Store
    objects: ObjectStore
    idempotency: IdempotencyKeys
    requests: Requests
    profiles: Profiles
    results: ResultStore
    consents: Consents
    keywords: Keywords
    messages: Messages
    audiences: Audiences
    reads: Reads
    edits: Edits
    lists: Lists
    tasks: Tasks
    exports: Exports
