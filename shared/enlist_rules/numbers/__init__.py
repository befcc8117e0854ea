"""Phone numbers: what `phonenumbers` says, for a whole chunk at once (contacts.md, Numbers)."""

from enlist_rules.numbers.reader import NumberReader
from enlist_rules.numbers.regions import (
    DEFAULT_NUMBER_TYPES,
    LIBRARY_VERSION,
    NUMBER_TYPES,
    REGIONS,
    region_of,
)
from enlist_rules.numbers.suggestions import suggestion

__all__ = [
    "DEFAULT_NUMBER_TYPES",
    "LIBRARY_VERSION",
    "NUMBER_TYPES",
    "REGIONS",
    "NumberReader",
    "region_of",
    "suggestion",
]
