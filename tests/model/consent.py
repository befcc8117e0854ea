"""What an import makes of the consent that its records state, or of opt-outs."""

from typing import Any

from tests.model.classification import Decision
from tests.model.reading import Reading

Place = tuple[str, str]  # number, channel


def state_consent(
    decisions: list[Decision], known: set[Place], options: dict[str, Any]
) -> set[Place]:
    """Who becomes opted in; a record by which a state differs is no longer `unchanged`.

    `known` have a state already, opted in or out, from before this import.
    """
    if not options.get("consent"):
        return set()
    channel = options.get("channel", "phone")
    opted_in = set()
    for one in decisions:
        differing = {place_stated(reading, channel) for reading in one.folded.readings} - known
        if differing and one.outcome == "unchanged" and options.get("duplicates") != "skip":
            one.outcome = "updated"
        opted_in |= differing
    return opted_in


def opt_out(
    readings: list[Reading], opted_out: set[Place], options: dict[str, Any]
) -> tuple[dict[int, tuple[str, str | None]], set[Place]]:
    """The outcome of each record, (outcome, code), and everybody who is out by this import."""
    outcomes: dict[int, tuple[str, str | None]] = {}
    stated: set[Place] = set()
    for reading in sorted(readings, key=lambda each: each.record):
        if reading.code:
            outcomes[reading.record] = "rejected", reading.code
            continue
        place = place_stated(reading, options.get("channel", "phone"))
        first = "unchanged" if place in opted_out else "created"
        outcomes[reading.record] = "duplicate" if place in stated else first, None
        stated.add(place)
    return outcomes, stated


def place_stated(reading: Reading, channel: str) -> Place:
    """The number that the record itself states: on WhatsApp its own one, when blank its phone."""
    other = reading.fields.get("whatsapp_number") if channel == "whatsapp" else None
    return other or reading.number, channel
