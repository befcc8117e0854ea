"""The states of an import and its moves."""

from enlist_shared.states import FINAL, MOVES, Status


def reached(start: Status) -> set[Status]:
    found, waiting = {start}, [start]
    while waiting:
        fresh = MOVES[waiting.pop()] - found
        found |= fresh
        waiting += fresh
    return found


def test_every_state_has_its_moves() -> None:
    """The table has a row for each state and names no other."""
    assert set(MOVES) == set(Status)
    assert reached(Status.RECEIVING) == set(Status)


def test_every_import_can_end() -> None:
    """From each state a final one can be reached."""
    assert all(reached(status) & FINAL for status in Status)


def test_whatever_runs_can_be_cancelled_or_fail() -> None:
    """Until it has ended, and but for an undo, an import may fail or be cancelled."""
    running = set(Status) - FINAL - {Status.UNDOING}
    assert {status for status in Status if Status.CANCELLED in MOVES[status]} == running
    assert {status for status in Status if Status.FAILED in MOVES[status]} == running


def test_what_ended_runs_again_by_retry_or_undo_alone() -> None:
    """Completed and cancelled imports can only be undone; undone is final for ever."""
    assert MOVES[Status.COMPLETED] == MOVES[Status.CANCELLED] == {Status.UNDOING}
    assert MOVES[Status.FAILED] == {Status.NORMALIZING, Status.MERGING, Status.UNDOING}
    assert MOVES[Status.UNDONE] == frozenset()
