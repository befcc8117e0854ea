"""The events that others read: one golden JSON each, and the headers of CloudEvents 1.0."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from pydantic import BaseModel

from enlist_rules.codes import Code
from enlist_shared import events
from enlist_shared.broker import cloud_event
from enlist_shared.consent import ConsentSource, ConsentState
from enlist_shared.ids import AccountId, ImportId, ListId, ObjectKey
from enlist_shared.options import Channel, Purpose, Source
from enlist_shared.states import Status
from enlist_shared.topics import Lane, Topic

GOLDEN: Final = Path(__file__).parents[2] / "docs" / "events" / "examples"
ACCOUNT: Final = AccountId(UUID("01890a5d-ac96-774b-bcce-b302099a8057"))
IMPORT: Final = ImportId(UUID("01890a5d-ac96-774b-bcce-b302099a8058"))
WHOSE: Final = {"account_id": ACCOUNT, "import_id": IMPORT}
ACCEPTED: Final = datetime(2026, 11, 22, 21, 30, 0, 123456, UTC)
ENDED: Final[dict[str, Any]] = {
    **WHOSE,
    "source": Source.FILE,
    "purpose": Purpose.CONTACTS,
    "correlation_id": "campaign-7",
    "lists": (ListId(3), ListId(4)),
    "channel": Channel.PHONE,
    "counts": events.Counts(
        records=10, created=5, updated=1, unchanged=1, duplicate=1, rejected=2, unprocessed=0,
        warnings=2, suppressed=1, listed=5, unlisted=0, fixed_line=1,
    ),
    "reasons": {Code.PHONE_INVALID: 2},
    "warning_reasons": {Code.NAME_SPLIT: 2},
    "accepted_at": ACCEPTED,
    "completed_at": ACCEPTED.replace(second=1),
}  # fmt: skip
PARTLY: Final = ENDED["counts"].model_copy(update={"created": 4, "unprocessed": 1})
MANIFEST: Final = ObjectKey(f"{ACCOUNT}/imports/{IMPORT}/manifest/{'ab' * 32}")
EVENTS: Final[dict[Topic, BaseModel]] = {
    Topic.UPLOAD_REQUESTED: events.UploadRequested(
        account_id=ACCOUNT,
        object_key=f"uploads/{ACCOUNT}/2026/customers.csv",
        request_id="crm-export-4711",
        file_name="customers.csv",
        options={"lists": ["Newsletter"], "convert_national": True},
        correlation_id="campaign-7",
    ),
    Topic.IMPORT_ACCEPTED: events.ImportAccepted(**WHOSE),
    Topic.CHUNK_READY: events.ChunkReady(**WHOSE, chunk=7, manifest_key=MANIFEST),
    Topic.CHUNK_NORMALIZED: events.ChunkNormalized(**WHOSE, chunk=7, result="done", key=MANIFEST),
    Topic.SHARD_READY: events.ShardReady(**WHOSE, shard=63),
    Topic.IMPORT_PROGRESSED: events.ImportProgressed(
        **WHOSE,
        status=Status.MERGING,
        progress=events.Progress(
            chunks=25, chunks_normalized=25, shards=16, shards_merged=3, waiting=1
        ),
    ),
    Topic.IMPORT_COMPLETED: events.ImportCompleted.model_validate(ENDED),
    Topic.IMPORT_FAILED: events.ImportFailed.model_validate(
        {**ENDED, "status": Status.FAILED, "code": Code.SHARD_FAILED, "counts": PARTLY}
    ),
    Topic.CONSENT_CHANGED: events.ConsentChanged(
        account_id=ACCOUNT,
        consent_id=None,
        import_id=IMPORT,
        channel=Channel.PHONE,
        state=ConsentState.OPTED_OUT,
        source=ConsentSource.OPT_OUT_IMPORT,
        numbers=4711,
        effective_at=None,
        object_key=ObjectKey(f"{ACCOUNT}/imports/{IMPORT}/consents/{'ab' * 32}"),
    ),
    Topic.SMS_RECEIVED: events.SmsReceived(
        account_id=ACCOUNT,
        message_id="mo-4711",
        sender="+447400123456",
        to="+447860039047",
        body="Stop, please",
        received_at=ACCEPTED,
    ),
    Topic.DEAD_LETTER: events.DeadLettered(
        topic=Topic.CHUNK_READY, partition=3, offset=42, reason="ValidationError"
    ),
}
TWINS: Final = {
    Topic.CHUNK_READY_SMALL: Topic.CHUNK_READY,
    Topic.CHUNK_NORMALIZED_SMALL: Topic.CHUNK_NORMALIZED,
}


def golden(topic: Topic) -> str:
    return (GOLDEN / f"{topic}.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("topic", EVENTS)
def test_an_event_is_the_json_that_was_agreed(topic: Topic) -> None:
    """What is published today is what consumers were promised, to the byte after parsing."""
    assert json.loads(EVENTS[topic].model_dump_json()) == json.loads(golden(topic))


@pytest.mark.parametrize("topic", EVENTS)
def test_the_agreed_json_is_still_read(topic: Topic) -> None:
    """An event written by another version is read, whatever fields it has beside."""
    later = json.loads(golden(topic)) | {"added_later": {"by": "a newer version"}}
    model = type(EVENTS[topic])
    assert model.model_validate_json(json.dumps(later)) == EVENTS[topic]


def test_every_topic_has_its_golden_event() -> None:
    """No topic without a contract, no contract without a topic; twins share theirs."""
    assert set(EVENTS) | set(TWINS) == set(Topic)
    assert {path.stem for path in GOLDEN.iterdir()} == {str(topic) for topic in EVENTS}
    assert {Lane.SMALL.chunk_ready, Lane.SMALL.chunk_normalized} == set(TWINS)
    assert {Lane.MAIN.chunk_ready, Lane.MAIN.chunk_normalized} == set(TWINS.values())


@pytest.mark.parametrize("topic", set(EVENTS) - {Topic.IMPORT_COMPLETED, Topic.IMPORT_FAILED})
def test_a_work_event_fits_a_kilobyte(topic: Topic) -> None:
    """Claim check: ids, keys and counts, never rows; 4 KB at most for the final events."""
    assert len(EVENTS[topic].model_dump_json()) <= 1024


@pytest.mark.parametrize("model", [events.ImportCompleted, events.ImportFailed])
def test_a_final_event_never_exceeds_four_kilobytes(model: type[BaseModel]) -> None:
    """Not even with every code in it and counts of millions."""
    every = dict.fromkeys(Code, 4_999_999)
    whole = {**ENDED, "status": Status.FAILED, "code": Code.OPTIONS, "correlation_id": "c" * 255}
    event = model.model_validate({**whole, "reasons": every, "warning_reasons": every})
    assert len(event.model_dump_json()) <= 4096


def test_headers_are_cloudevents_in_binary_mode() -> None:
    """The required attributes of CloudEvents 1.0, the subject and the content type."""
    headers = cloud_event(Topic.IMPORT_COMPLETED, IMPORT, str(IMPORT), ACCEPTED)
    assert headers == {
        "ce_specversion": "1.0",
        "ce_id": str(IMPORT),
        "ce_type": "enlist.import.completed.v1",
        "ce_source": "/enlist",
        "ce_subject": str(IMPORT),
        "ce_time": "2026-11-22T21:30:00.123456+00:00",
        "content-type": "application/json",
    }


def test_counts_balance() -> None:
    """records = created + updated + unchanged + duplicate + rejected + unprocessed."""
    counts = events.Counts.model_validate(ENDED["counts"])
    assert counts.balances
    assert not counts.model_copy(update={"records": 11}).balances
