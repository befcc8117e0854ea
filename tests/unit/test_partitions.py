"""Where an event lands: units of one import spread evenly, everything else stays with its key."""

from collections import Counter
from uuid import uuid4

from enlist_shared.broker import spread_evenly

PARTITIONS = [3, 0, 2, 1]


def test_the_units_of_an_import_spread_evenly() -> None:
    """Eight shards over four partitions are two each, whatever the import is called."""
    import_id = uuid4()
    keys = [f"{import_id}:{number}".encode() for number in range(8)]
    assert Counter(spread_evenly(key, PARTITIONS, PARTITIONS) for key in keys) == {
        0: 2, 1: 2, 2: 2, 3: 2
    }  # fmt: skip


def test_events_of_one_key_stay_together() -> None:
    """What is keyed by account or import keeps its order."""
    key = str(uuid4()).encode()
    assert len({spread_evenly(key, PARTITIONS, PARTITIONS) for _ in range(20)}) == 1


def test_keys_without_a_unit_use_every_partition() -> None:
    """Accounts do not gather in one place."""
    keys = [str(uuid4()).encode() for _ in range(200)]
    assert {spread_evenly(key, PARTITIONS, PARTITIONS) for key in keys} == set(PARTITIONS)
