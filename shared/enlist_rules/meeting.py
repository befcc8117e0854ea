"""Rules M1 to M5 for one record: which of the contacts with its number it means.

An import decides this for a whole shard in SQL (`classify.sql` of merge); what is typed by hand is
one record, met by few contacts. `tests/handlers/test_hand_follows_the_model.py` holds the two
together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Keys = tuple[str, str]
"""First and last name as they are compared; "" when blank."""
NAMELESS: Keys = ("", "")


class Rule(StrEnum):
    """What becomes of a record."""

    CREATE = "create"
    MERGE = "merge"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class Meeting:
    """The contacts that a record means: none to create one, one to merge into, or several."""

    rule: Rule
    contact_ids: tuple[int, ...] = ()


def meet(keys: Keys, known: Mapping[int, Keys]) -> Meeting:
    """What becomes of a record with these names; `known` are the contacts with its number."""
    for contact_id, theirs in known.items():
        if theirs == keys:  # M1
            return Meeting(Rule.MERGE, (contact_id,))
    if not known:  # M5
        return Meeting(Rule.CREATE)
    if keys == NAMELESS:  # M4
        rule = Rule.MERGE if len(known) == 1 else Rule.SEVERAL
        return Meeting(rule, tuple(known))
    nameless = [contact_id for contact_id, theirs in known.items() if theirs == NAMELESS]
    if nameless:  # M3
        return Meeting(Rule.MERGE, (nameless[0],))
    return Meeting(Rule.CREATE)  # M2
