"""M6 and M7: the records of one import that mean one contact become one (contacts.md, Merging)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.model.identity import name_key
from tests.model.reading import Reading

NAMELESS = ("", "")
Fold = Callable[[list[Reading]], tuple[list["Folded"], list[Reading]]]


@dataclass
class Folded:
    """One identity of one import; the reading of its lowest record, `carrier`, has the outcome.

    `readings` are all that have a part in it.
    """

    carrier: Reading
    readings: list[Reading]
    fields: dict[str, str] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)

    @property
    def number(self) -> str:
        return self.carrier.number

    @property
    def keys(self) -> tuple[str, str]:
        return name_key(self.fields.get("first_name", "")), name_key(
            self.fields.get("last_name", "")
        )


def fold(readings: list[Reading], duplicates: str) -> tuple[list[Folded], list[Reading]]:
    """What is left to merge, and the records that are `duplicate`; `readings` of one number."""
    ways: dict[str, Fold] = {
        "merge": _fold_identities,
        "merge_by_number": _fold_number,
        "skip": _fold_lowest,
    }
    return ways[duplicates](sorted(readings, key=lambda reading: reading.record))


def _fold_number(readings: list[Reading]) -> tuple[list[Folded], list[Reading]]:
    return [_union(readings, readings[0])], readings[1:]


def _fold_identities(readings: list[Reading]) -> tuple[list[Folded], list[Reading]]:
    named, nameless = _identities(readings)
    if not named:
        return _fold_number(nameless)
    if len(named) == 1:
        carrier = named[0][0]
        folded = [_union(readings, carrier)]
    else:
        folded = [_union(group, group[0]) for group in named]
        _share_lists(nameless, folded)
    carriers = [one.carrier for one in folded]
    return folded, [reading for reading in readings if reading not in carriers]


def _fold_lowest(readings: list[Reading]) -> tuple[list[Folded], list[Reading]]:
    named, nameless = _identities(readings)
    groups = named or [nameless]
    folded = [
        Folded(group[0], group[:1], dict(group[0].fields), dict(group[0].lists)) for group in groups
    ]
    carriers = [one.carrier for one in folded]
    return folded, [reading for reading in readings if reading not in carriers]


def _identities(readings: list[Reading]) -> tuple[list[list[Reading]], list[Reading]]:
    """The named identities, each in record order and by their lowest record; the nameless."""
    groups: dict[tuple[str, str], list[Reading]] = {}
    for reading in readings:
        groups.setdefault(reading.keys, []).append(reading)
    nameless = groups.pop(NAMELESS, [])
    return list(groups.values()), nameless


def _union(readings: list[Reading], carrier: Reading) -> Folded:
    """Per field the last non-blank value by record number; lists by union."""
    folded = Folded(carrier, list(readings))
    for reading in readings:
        folded.fields |= reading.fields
        folded.lists |= {key: reading.lists[key] for key in reading.lists.keys() - folded.lists}
    for reading in readings:
        if any(folded.fields[name] != value for name, value in reading.fields.items()):
            reading.warnings.add("duplicate_conflict")
    return folded


def _share_lists(nameless: list[Reading], folded: list[Folded]) -> None:
    """M7 among several: lists for each of the identities, other fields for none."""
    for reading in nameless:
        for one in folded:
            one.lists |= reading.lists
            one.readings.append(reading)
        if reading.fields:
            reading.warnings.add("ambiguous_contact")
