"""Phone numbers as they stand in files: spelt in many ways, damaged, missing or not mobile."""

from collections.abc import Callable
from typing import Final

from enlist.samples.chance import Chance, Weighted

# Starts of British mobile numbers after which libphonenumber takes any seven digits.
MOBILES: Final = (
    *("710", "715", "720", "725", "730", "735", "740", "741", "742", "743", "744", "746", "747"),
    *("748", "749", "751", "753", "754", "755", "756", "757", "758", "759", "771", "772", "773"),
    *("774", "775", "776", "777", "780", "781", "784", "785", "786", "787", "788", "789", "790"),
    *("792", "794", "795", "796", "797", "798", "799"),
)
AREAS: Final = ("20 7946", "20 8134", "121 234", "131 225", "113 234", "161 834", "117 922")
ABROAD: Final = (
    ("+353 87 ", 7), ("+33 6 12 ", 6), ("+49 1512 ", 7), ("+34 612 ", 6), ("+31 6 2", 7),
    ("+39 347 ", 7), ("+1 212 55", 5), ("+91 98765 ", 5), ("+48 512 ", 6), ("+61 412 ", 6),
)  # fmt: skip
PREMIUM: Final = ("909", "906", "871")

Spelling = Callable[[str, Chance], str]


def mobile(chance: Chance) -> str:
    """The national number of a British mobile, without its trunk 0: ten digits."""
    return chance.one_of(MOBILES) + chance.digits(7)


def spelt(chance: Chance, number: str) -> str:
    """A mobile number as somebody typed it, or what stands in its place."""
    return SPELLINGS.draw(chance)(number, chance)


def international(number: str, _: Chance) -> str:
    return f"+44{number}"


def _scientific(number: str, _: Chance) -> str:
    return f"{int('44' + number):.2E}"


def _two(number: str, chance: Chance) -> str:
    return f"0{number} / 0{mobile(chance)}"


def _fixed_line(_: str, chance: Chance) -> str:
    return f"0{chance.one_of(AREAS)} {chance.digits(4)}"


def _abroad(_: str, chance: Chance) -> str:
    start, length = chance.one_of(ABROAD)
    return start + chance.digits(length)


def _premium(_: str, chance: Chance) -> str:
    return f"0{chance.one_of(PREMIUM)}{chance.digits(7)}"


SPELLINGS: Final[Weighted[Spelling]] = Weighted(
    (300, lambda n, _: f"0{n}"),
    (130, lambda n, _: f"0{n[:4]} {n[4:]}"),
    (40, lambda n, _: f"0{n[:4]}-{n[4:7]}-{n[7:]}"),
    (20, lambda n, _: f"(0{n[:4]}) {n[4:]}"),
    (120, international),
    (60, lambda n, _: f"+44 {n[:4]} {n[4:]}"),
    (30, lambda n, _: f"+44 (0) {n[:4]} {n[4:]}"),
    (15, lambda n, _: f"+44(0){n}"),
    (20, lambda n, _: f"0044{n}"),
    (70, lambda n, _: f"44{n}"),
    (30, lambda n, _: n),
    (5, lambda n, _: f"'0{n}"),
    (5, lambda n, _: f"\u202a0{n[:4]}\u00a0{n[4:]}\u202c"),
    (12, lambda n, _: f"44{n}.0"),
    (12, _scientific),
    (20, lambda _, __: ""),
    (8, lambda n, _: f"0{n[:-2]}"),
    (6, lambda n, _: f"0{n}00"),
    (4, lambda _, c: c.one_of(("n/a", "none", "unknown", "tbc", "-"))),
    (4, _two),
    (4, lambda n, _: f"0{n} ext 12"),
    (35, _fixed_line),
    (10, _premium),
    (40, _abroad),
)
