"""The two kinds of rows: as people really send them, and clean over the full width."""

from collections.abc import Iterator
from typing import Final

from enlist.samples.chance import Chance, Weighted
from enlist.samples.numbers import international, spelt
from enlist.samples.people import Person, lists, person

MESSY_HEADER: Final = (
    "First name", "Surname", "Mobile", "E-mail", "Town", "Postcode", "Company", "Notes",
)  # fmt: skip
PLAIN_HEADER: Final = (
    "Title", "First name", "Last name", "Mobile", "E-mail", "Address 1", "Address 2", "City",
    "County", "Postcode", "Country", "Company", "Date of birth", "Alternate phone",
)  # fmt: skip
REMEMBERED: Final = 4096  # people who may come up again

Row = tuple[str, ...]


def plain_rows(chance: Chance) -> Iterator[Row]:
    """Fourteen columns, every number valid E.164 and nearly every one different; for ever."""
    drawn = lists()
    while True:
        who = person(chance)
        yield (
            who.title,
            who.first_name,
            who.last_name,
            international(who.number, chance),
            who.email,
            f"{1 + chance.below(200)} {chance.one_of(drawn.streets)}",
            chance.one_of(drawn.parts) if chance.happens(0.15) else "",
            who.town,
            who.county,
            who.postcode,
            "GB",
            who.company if chance.happens(0.6) else "",
            f"{1940 + chance.below(68)}-{1 + chance.below(12):02}-{1 + chance.below(28):02}",
            f"+44207946{chance.digits(4)}" if chance.happens(0.1) else "",
        )


def messy_rows(chance: Chance) -> Iterator[Row]:
    """Eight columns with everything that goes wrong; some people come again; for ever."""
    known: list[Person] = []
    while True:
        who = _somebody(chance, known)
        yield (
            _typed(who.first_name, chance),
            _typed(who.last_name, chance),
            spelt(chance, who.number),
            EMAILS.draw(chance).replace("{}", who.email),
            _typed(who.town, chance),
            who.postcode if chance.happens(0.9) else who.postcode.replace(" ", "").lower(),
            who.company if chance.happens(0.3) else "",
            chance.one_of(lists().notes) if chance.happens(0.15) else "",
        )


EMAILS: Final = Weighted(
    (700, "{}"), (230, ""), (20, " {} "), (10, "mailto:{}"), (10, "{}; {}"), (10, "{}."),
    (10, "no email"), (5, "@{}"), (5, "{}@"),
)  # fmt: skip


def _somebody(chance: Chance, known: list[Person]) -> Person:
    if known and chance.happens(0.06):
        return _again(chance.one_of(known), chance)
    who = person(chance)
    if len(known) < REMEMBERED:
        known.append(who)
    else:
        known[chance.below(REMEMBERED)] = who
    return who


def _again(who: Person, chance: Chance) -> Person:
    """The same person, now and then with another e-mail; or somebody else on their phone."""
    other = person(chance)
    if chance.happens(0.7):
        other.title, other.first_name, other.last_name = who.title, who.first_name, who.last_name
        other.email = who.email if chance.happens(0.7) else other.email
    other.number = who.number
    return other


def _typed(text: str, chance: Chance) -> str:
    if chance.happens(0.9):
        return text
    return chance.one_of((text.upper(), text.lower(), f" {text}", f"{text} ", ""))
