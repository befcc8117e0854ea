"""Which column means what (contacts.md, Header).

The importer's own choices come first, then the names, then what the columns hold. A target is a
field's name, `custom.<name>`, `name`, `lists` or `skip`, and never anything else.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.columns import Columns
from enlist_rules.fields import (
    CUSTOM_FIELDS_PER_CONTACT,
    CUSTOM_NAME_LIMIT,
    CUSTOM_PREFIX,
    LISTS,
    NAME,
    SKIP,
    Field,
)
from enlist_rules.header import (
    ADDRESS_NAMES,
    ALTERNATE_NAMES,
    COUNTRY_NAMES,
    FIELD_NAMES,
    PHONE_RANKS,
    REJECT_COLUMNS,
    SECOND_FIELD_NAMES,
    folded,
    is_exported,
)
from enlist_rules.options import Unmapped
from enlist_rules.tolerant import is_blank

TARGETS: Final = frozenset({*Field, NAME, LISTS, SKIP})


def map_columns(
    columns: Columns, choices: Mapping[str, str], unmapped: Unmapped, *, has_header: bool
) -> dict[Code, int]:
    """Give every column its target; answers with the warnings for the import.

    Refuses with PermanentFailure: `header_missing` (no phone column), `header_duplicate`,
    `options` (a choice that names no column, or no target).
    """
    _take_choices(columns, choices)
    if has_header:
        _skip_own_reject_columns(columns)
        _map_exported(columns)
        _map_fields(columns)
        _map_address(columns)
        _map_phones(columns)
        _map_full_name(columns)
    _map_by_content(columns, has_header=has_header)
    return _map_rest(columns, unmapped)


def chosen_columns(names: tuple[str, ...], choices: Mapping[str, str]) -> dict[int, str]:
    """The importer's choices by column: by name (without a header `column 1`, …), else by index.

    Indexes count from 0, as in JSON and every API.
    """
    keys = [folded(name) or name for name in names]
    chosen: dict[int, str] = {}
    for choice, target in choices.items():
        if target not in TARGETS and not _is_custom(target):
            raise PermanentFailure(Code.OPTIONS, f"mapping: {target!r} is not a field")
        key = folded(choice) or choice
        if key in keys:
            index = keys.index(key)
        elif key.isdecimal() and int(key) < len(names):
            index = int(key)
        else:
            raise PermanentFailure(Code.OPTIONS, f"mapping: there is no column {choice!r}")
        chosen[index] = target
    return chosen


def _is_custom(target: str) -> bool:
    name = target.removeprefix(CUSTOM_PREFIX)
    return name != target and 0 < len(name.strip()) == len(name) <= CUSTOM_NAME_LIMIT


def _take_choices(columns: Columns, choices: Mapping[str, str]) -> None:
    for index, target in chosen_columns(columns.names, choices).items():
        if target == SKIP:
            columns.targets[index] = SKIP
        else:
            columns.assign(index, target)


def _skip_own_reject_columns(columns: Columns) -> None:
    """What our reject files add is known, so that a corrected one can be uploaded again."""
    own = len(REJECT_COLUMNS)
    if columns.keys[-own:] == REJECT_COLUMNS:
        columns.targets[-own:] = [SKIP] * own


def _map_exported(columns: Columns) -> None:
    """The columns of an export are called what they are, custom ones however many there are."""
    if is_exported(columns.names):
        for index in columns.free():
            if columns.names[index] not in columns.targets:
                columns.assign(index, columns.names[index])


def _map_fields(columns: Columns) -> None:
    chosen = frozenset(columns.targets)
    for index in columns.free(FIELD_NAMES.__contains__):
        target = FIELD_NAMES[columns.keys[index]]
        if target != NAME and target not in chosen:
            columns.assign(index, target)
    _map_second_names(columns, chosen)
    for index in columns.free(COUNTRY_NAMES.__contains__):
        if Field.COUNTRY_CODE not in columns.targets and columns.holds_regions(index):
            columns.assign(index, Field.COUNTRY_CODE)


def _map_second_names(columns: Columns, chosen: frozenset[str | None]) -> None:
    """Names that give way to every other name of their field."""
    for index in columns.free(SECOND_FIELD_NAMES.__contains__):
        target = SECOND_FIELD_NAMES[columns.keys[index]]
        taken = columns.targets.index(target) if target in columns.targets else None
        if taken is None or (target not in chosen and columns.keys[taken] == columns.keys[index]):
            columns.assign(index, target)


def _map_address(columns: Columns) -> None:
    """Where no column is plainly an address, the first kind of address that holds a value."""
    if not set(columns.targets).isdisjoint(ADDRESS_NAMES[0].values()):
        return
    for names in ADDRESS_NAMES:
        indexes = columns.free(names.__contains__)
        if not all(map(columns.is_empty, indexes)):
            for index in indexes:
                if names[columns.keys[index]] not in columns.targets:
                    columns.assign(index, names[columns.keys[index]])
            return


def _map_phones(columns: Columns) -> None:
    """Mobile before phone before other; the next is the alternate number, the rest unmapped.

    A column without a value says nothing, whatever it is called: it comes after the others.
    """
    phones = sorted(
        columns.free(PHONE_RANKS.__contains__),
        key=lambda index: (columns.is_empty(index), PHONE_RANKS[columns.keys[index]]),
    )
    alternates = columns.free(ALTERNATE_NAMES.__contains__)
    if Field.PHONE_NUMBER not in columns.targets:
        first = phones or alternates
        if not first:
            return
        columns.assign(first.pop(0), Field.PHONE_NUMBER)
    rest = [*alternates, *phones]
    if rest and Field.ALTERNATE_PHONE_NUMBER not in columns.targets:
        columns.assign(rest[0], Field.ALTERNATE_PHONE_NUMBER)


def _map_full_name(columns: Columns) -> None:
    """A full name; beside one half of a name it is the other half (`Vorname`, `Name`)."""
    missing = [half for half in (Field.FIRST_NAME, Field.LAST_NAME) if half not in columns.targets]
    if not missing or NAME in columns.targets:
        return
    for index in columns.free(lambda key: FIELD_NAMES.get(key) == NAME):
        columns.assign(index, missing[0] if len(missing) == 1 else NAME)


def _map_by_content(columns: Columns, *, has_header: bool) -> None:
    if not has_header and Field.EMAIL not in columns.targets:
        for index in filter(columns.is_mostly_emails, columns.free()):
            columns.assign(index, Field.EMAIL)
            break
    if Field.PHONE_NUMBER in columns.targets:
        return
    shares = {index: columns.number_share(index) for index in columns.free()}
    phones = sorted((index for index in shares if shares[index]), key=lambda index: -shares[index])
    if not phones:
        raise PermanentFailure(Code.HEADER_MISSING, "no column is called phone or holds numbers")
    columns.assign(phones[0], Field.PHONE_NUMBER)
    if len(phones) > 1 and Field.ALTERNATE_PHONE_NUMBER not in columns.targets:
        columns.assign(phones[1], Field.ALTERNATE_PHONE_NUMBER)


def _map_rest(columns: Columns, unmapped: Unmapped) -> dict[Code, int]:
    """Custom fields as long as there is room; the rest and columns without a name are skipped.

    Columns that hold something have room before those that hold nothing.
    """
    room = CUSTOM_FIELDS_PER_CONTACT - sum(
        target is not None and target.startswith(CUSTOM_PREFIX) for target in columns.targets
    )
    skipped = 0
    for index in sorted(columns.free(), key=columns.is_empty):
        nameless = is_blank(columns.names[index])
        if unmapped is Unmapped.SKIP or nameless or room <= 0:
            columns.targets[index] = SKIP
            skipped += unmapped is Unmapped.CUSTOM and not (nameless and columns.is_empty(index))
        else:
            columns.assign(index, columns.custom_target(index))
            room -= 1
    if not is_exported(columns.names):
        _refuse_equal_names(columns)
    return {Code.COLUMNS_SKIPPED: 1} if skipped else {}


def _refuse_equal_names(columns: Columns) -> None:
    """Custom fields whose names differ in case alone would be mistaken for one another."""
    names = Counter(
        target.casefold()
        for target in columns.targets
        if target is not None and target.startswith(CUSTOM_PREFIX)
    )
    name, count = next(iter(names.most_common(1)), ("", 0))
    if count > 1:
        raise PermanentFailure(Code.HEADER_DUPLICATE, f"{count} columns are {name}")
