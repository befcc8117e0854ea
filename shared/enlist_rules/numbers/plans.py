"""Numbering plans: libphonenumber's metadata as patterns and expressions for Polars.

A plan is that of one region, or of one calling code without a region (+800). What is said to be
a twin does for a column what the named function of phonenumbers does for one text.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

import phonenumbers
import polars as pl
from phonenumbers import PhoneNumberType
from phonenumbers.phonemetadata import PhoneMetadata, PhoneNumberDesc

REGIONS_OF_CODE: Final[dict[int, tuple[str, ...]]] = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
UNKNOWN: Final = PhoneNumberType.UNKNOWN


@dataclass(frozen=True, slots=True)
class Numbers:
    """National numbers by their pattern, in Rust's syntax, and their lengths in digits.

    `lengths` is empty where the pattern alone decides; `local_lengths` are those of numbers that
    can be dialled inside an area only.
    """

    pattern: str
    lengths: tuple[int, ...]
    local_lengths: tuple[int, ...]

    def viable(self, digits: pl.Expr) -> pl.Expr:
        """Twin of `_match_national_number`: the pattern alone."""
        return digits.str.contains(f"^{self.pattern}$")

    def possible(self, digits: pl.Expr) -> pl.Expr:
        """Where `_test_number_length` answers IS_POSSIBLE."""
        length = digits.str.len_bytes()
        shortest, longest = min(self.lengths), max(self.lengths)
        if len(self.lengths) == longest - shortest + 1:
            return (length >= shortest) & (length <= longest)
        return length.is_in(self.lengths)

    def too_long(self, digits: pl.Expr) -> pl.Expr:
        """Where `_test_number_length` answers TOO_LONG."""
        length = digits.str.len_bytes()
        longer = length > max(self.lengths)
        local = [local for local in self.local_lengths if local > max(self.lengths)]
        return longer & ~length.is_in(local) if local else longer

    def match(self, digits: pl.Expr) -> pl.Expr:
        """Twin of `_is_number_matching_desc`: the pattern and the lengths."""
        return self.viable(digits) & self.possible(digits) if self.lengths else self.viable(digits)


@dataclass(frozen=True, slots=True)
class Plan:
    """One numbering plan; patterns are anchored at the start.

    `special` are the types that the library looks for before fixed lines and mobiles, in its
    order. `leading_digits` tell regions apart that share a calling code. `national_prefix` is
    what `parse` strips; it may match nothing at all. When the group that `rewriting` names takes
    part in the match, its replacement takes the place of the prefix. `drops_zero`: numbers are
    dialled with a 0 at home. `short_codes` must all match for a short code such as 999.
    """

    calling_code: str
    general: Numbers
    special: tuple[tuple[int, Numbers], ...]
    fixed_line: Numbers | None
    mobile: Numbers | None
    one_pattern: bool
    leading_digits: str | None
    international_prefix: str | None
    national_prefix: str | None
    rewriting: tuple[int, str] | None
    drops_zero: bool
    short_codes: tuple[Numbers, ...]


@cache
def plan_of_region(region: str) -> Plan:
    """The plan of a region of libphonenumber."""
    return _plan(PhoneMetadata.metadata_for_region(region))


@cache
def plans_of_code(calling_code: int) -> tuple[Plan, ...]:
    """The plans that share a calling code, the main region's first."""
    return tuple(
        _plan(PhoneMetadata.metadata_for_region_or_calling_code(calling_code, region))
        for region in REGIONS_OF_CODE[calling_code]
    )


def _plan(metadata: PhoneMetadata | None) -> Plan:
    general = _numbers(metadata.general_desc) if metadata is not None else None
    if metadata is None or general is None:
        raise LookupError("phonenumbers names a region without metadata")
    special = {
        PhoneNumberType.PREMIUM_RATE: metadata.premium_rate,
        PhoneNumberType.TOLL_FREE: metadata.toll_free,
        PhoneNumberType.SHARED_COST: metadata.shared_cost,
        PhoneNumberType.VOIP: metadata.voip,
        PhoneNumberType.PERSONAL_NUMBER: metadata.personal_number,
        PhoneNumberType.PAGER: metadata.pager,
        PhoneNumberType.UAN: metadata.uan,
        PhoneNumberType.VOICEMAIL: metadata.voicemail,
    }
    prefix = metadata.national_prefix_for_parsing or None
    return Plan(
        calling_code=str(metadata.country_code),
        general=general,
        special=tuple((kind, known) for kind, d in special.items() if (known := _numbers(d))),
        fixed_line=_numbers(metadata.fixed_line),
        mobile=_numbers(metadata.mobile),
        one_pattern=metadata.same_mobile_and_fixed_line_pattern,
        leading_digits=_start(metadata.leading_digits),
        international_prefix=_start(metadata.international_prefix),
        national_prefix=_start(prefix),
        rewriting=_rewriting(prefix, metadata.national_prefix_transform_rule),
        drops_zero=metadata.national_prefix == "0",
        short_codes=_short_codes(metadata.id),
    )


def _numbers(description: PhoneNumberDesc | None) -> Numbers | None:
    if description is None or not description.national_number_pattern:
        return None
    return Numbers(
        _rust(description.national_number_pattern),
        tuple(description.possible_length),
        tuple(description.possible_length_local_only),
    )


def _rewriting(prefix: str | None, rule: str | None) -> tuple[int, str] | None:
    if not prefix or not rule:
        return None
    return re.compile(prefix).groups, re.sub(r"\\(\d)", r"${\1}", rule)


def _short_codes(region: str) -> tuple[Numbers, ...]:
    short = PhoneMetadata.short_metadata_for_region(region)
    if short is None:
        return ()
    general, code = _numbers(short.general_desc), _numbers(short.short_code)
    return (general, code) if general and code else ()


def _start(pattern: str | None) -> str | None:
    return f"^{_rust(pattern)}" if pattern else None


def _rust(pattern: str) -> str:
    """A pattern of the metadata for Rust's regex, where \\d would mean every script's digits."""
    return "(?:" + pattern.replace(r"\d", "[0-9]") + ")"
