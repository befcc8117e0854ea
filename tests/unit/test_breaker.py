"""The breaker: when it opens, what it lets through, and when it closes again."""

from enlist_shared.breaker import Breaker

TOPIC, OTHER = "one", "other"


class Clock:
    """Time that passes when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_opens_after_so_many_in_a_row() -> None:
    """Two are let through, the third opens it; other topics go on."""
    breaker = Breaker(3, 10.0, Clock())
    assert [breaker.dead_lettered(TOPIC) for _ in range(3)] == [0, 0, 10]
    assert (breaker.closed_in(TOPIC), breaker.closed_in(OTHER)) == (10, 0)


def test_a_handled_message_begins_the_count_again() -> None:
    """Bad messages among good ones are bad data, not a bug."""
    breaker = Breaker(3, 10.0, Clock())
    for _ in range(5):
        assert [breaker.dead_lettered(TOPIC) for _ in range(2)] == [0, 0]
        breaker.handled(TOPIC)


def test_after_the_pause_one_is_let_through() -> None:
    """If it fails, again for twice as long, up to ten minutes; if it does not, it is over."""
    clock = Clock()
    breaker = Breaker(1, 10.0, clock)
    pauses = []
    for _ in range(9):
        pauses.append(breaker.dead_lettered(TOPIC))
        clock.now += pauses[-1]
        assert breaker.closed_in(TOPIC) == 0
    assert pauses == [10, 20, 40, 80, 160, 320, 600, 600, 600]
    breaker.handled(TOPIC)
    assert breaker.dead_lettered(TOPIC) == 10
