"""The options that change how records are read and folded."""

from dataclasses import dataclass
from enum import StrEnum


class Header(StrEnum):
    """Whether the input has a header row."""

    AUTO = "auto"
    PRESENT = "present"
    ABSENT = "absent"


class OverLimit(StrEnum):
    """What becomes of a field that is longer than its limit."""

    REJECT = "reject"
    TRUNCATE = "truncate"
    BLANK = "blank"


class Unmapped(StrEnum):
    """What becomes of columns that map to no field."""

    CUSTOM = "custom"
    SKIP = "skip"


class Duplicates(StrEnum):
    """How records of one import that mean the same contact are folded."""

    MERGE = "merge"
    MERGE_BY_NUMBER = "merge_by_number"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class NumberRules:
    """How the numbers of an import are read.

    `number_types` are names of libphonenumber's types (`MOBILE`, `FIXED_LINE`, …).
    """

    default_region: str
    convert_national: bool
    number_types: frozenset[str]


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """Everything that changes how a chunk becomes rows and rejects."""

    numbers: NumberRules
    over_limit: OverLimit = OverLimit.REJECT
