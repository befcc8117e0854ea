"""Made-up people: names, addresses and the rest, drawn from `people.json`."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from unicodedata import combining, normalize

from enlist.samples.chance import Chance
from enlist.samples.numbers import mobile

POSTCODE_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists that people are drawn from; a town is its name, county and postcode area."""

    titles: list[str]
    first_names: list[str]
    last_names: list[str]
    towns: list[list[str]]
    streets: list[str]
    parts: list[str]
    companies: list[str]
    notes: list[str]
    domains: list[str]


@dataclass(slots=True)
class Person:
    """One contact as it is meant, before anybody types it; `number` is national."""

    title: str
    first_name: str
    last_name: str
    number: str
    email: str
    town: str
    county: str
    postcode: str
    company: str


@cache
def lists() -> Lists:
    return Lists(**json.loads(files("enlist.samples").joinpath("people.json").read_bytes()))


def person(chance: Chance) -> Person:
    drawn = lists()
    first, last = chance.one_of(drawn.first_names), chance.one_of(drawn.last_names)
    town, county, area = chance.one_of(drawn.towns)
    domain = chance.one_of(drawn.domains)
    return Person(
        title=chance.one_of(drawn.titles),
        first_name=first,
        last_name=last,
        number=mobile(chance),
        email=f"{plain_letters(first)}.{plain_letters(last)}{chance.below(1000)}@{domain}",
        town=town,
        county=county,
        postcode=_postcode(area, chance),
        company=chance.one_of(drawn.companies),
    )


@cache
def plain_letters(name: str) -> str:
    """A name as it stands in an e-mail address."""
    bare = "".join(c for c in normalize("NFKD", name) if not combining(c))
    return "".join(c for c in bare.lower() if c.isascii() and c.isalnum())


def _postcode(area: str, chance: Chance) -> str:
    end = chance.one_of(POSTCODE_LETTERS) + chance.one_of(POSTCODE_LETTERS)
    return f"{area}{1 + chance.below(19)} {chance.below(10)}{end}"
