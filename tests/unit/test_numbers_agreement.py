"""The chunk reader, the specification and phonenumbers agree on whatever people write."""

from random import Random

import numpy as np
import phonenumbers
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import NumberParseException
from tests.unit.numbers_samples import EXAMPLES, sample

from enlist_rules.codes import Code
from enlist_rules.numbers import (
    DEFAULT_NUMBER_TYPES,
    NUMBER_TYPES,
    REGIONS,
    NumberReader,
    suggestion,
)
from enlist_rules.numbers.judging import Judge
from enlist_rules.numbers.refusals import refusal
from enlist_rules.numbers.specification import read_one
from enlist_rules.numbers.spelling import spelled
from enlist_rules.numbers.verdicts import Verdicts
from enlist_rules.options import NumberRules

Row = tuple[str | None, Code | None, bool, Code | None]

RULES = st.builds(
    NumberRules,
    default_region=st.sampled_from(sorted(REGIONS)),
    convert_national=st.booleans(),
    number_types=st.sampled_from([NUMBER_TYPES, DEFAULT_NUMBER_TYPES, frozenset({"MOBILE"})]),
)
SAMPLES = st.randoms(use_true_random=False).map(lambda random: [sample(random) for _ in range(40)])
ODDITIES = st.text(alphabet="+0123456789 ()-./;,x#*'=\"\n\u00a0\u202a٣４e−", max_size=30)


def specified(samples: list[tuple[str, str]], rules: NumberRules) -> list[Row]:
    """The rows that the specification gives, one cell after the other."""
    readings = [read_one(value, region, rules) for value, region in samples]
    return [(each.number, each.code, each.fixed_line, each.warning) for each in readings]


def read(samples: list[tuple[str, str]], rules: NumberRules) -> list[Row]:
    """The rows that the chunk reader gives."""
    values, regions = zip(*samples, strict=True)
    frame = NumberReader(rules).read(pl.Series(values), pl.Series(regions))
    return list(frame.iter_rows())


@settings(max_examples=20)
@given(SAMPLES, RULES)
def test_a_chunk_reads_as_its_cells_do(samples: list[tuple[str, str]], rules: NumberRules) -> None:
    """Vectorised or not, in company or alone, a cell means what the specification says."""
    assert read(samples, rules) == specified(samples, rules)


@settings(max_examples=50)
@given(st.lists(ODDITIES, min_size=1, max_size=20), RULES)
def test_odd_cells_read_as_the_specification_says(values: list[str], rules: NumberRules) -> None:
    """No text, however odd, makes the two disagree."""
    samples = [(value, rules.default_region) for value in values]
    assert read(samples, rules) == specified(samples, rules)


def test_every_example_of_the_metadata_is_decided_without_asking_the_library() -> None:
    """All regions and types, in E.164: the patterns alone decide, and as the library does."""
    rules = NumberRules("GB", convert_national=True, number_types=NUMBER_TYPES)
    samples = [(f"+{code}{national}", "GB") for _, code, national in EXAMPLES]
    verdicts = Verdicts.undecided(len(samples))
    judge = Judge(verdicts, np.ones(256, dtype=np.bool_), convert_national=True)
    judge.international(np.arange(len(samples)), pl.Series([value for value, _ in samples]))
    assert list(verdicts.frame().iter_rows()) == specified(samples, rules)


@settings(max_examples=20)
@given(SAMPLES)
def test_the_specification_says_what_phonenumbers_says(samples: list[tuple[str, str]]) -> None:
    """A number is taken exactly when the library finds it valid, in the library's E.164 form."""
    rules = NumberRules("GB", convert_national=True, number_types=NUMBER_TYPES)
    set_aside = {Code.PHONE_AMBIGUOUS, Code.PHONE_TOO_LONG}
    for value, region in samples:
        text = spelled(value)
        reading = read_one(value, region, rules)
        if refusal(text, region) is None and reading.code not in set_aside:
            assert reading.number == asked(text, region)


def asked(text: str, region: str) -> str | None:
    """What phonenumbers itself answers."""
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or number.extension:
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


@settings(max_examples=20)
@given(SAMPLES, RULES)
def test_a_stored_number_reads_as_itself(
    samples: list[tuple[str, str]], rules: NumberRules
) -> None:
    """Reading is idempotent: what was taken is taken again, unchanged, in every region."""
    taken = [(number, "FR") for number, *_ in read(samples, rules) if number is not None]
    if taken:
        assert [number for number, *_ in read(taken, rules)] == [number for number, _ in taken]


@settings(max_examples=20)
@given(SAMPLES, RULES)
def test_a_suggestion_is_accepted(samples: list[tuple[str, str]], rules: NumberRules) -> None:
    """Whatever is suggested for a reject is taken as it stands when it comes back."""
    suggested = [suggestion(value, region, rules) for value, region in samples]
    again = [(number, "FR") for number in suggested if number is not None]
    if again:
        assert [number for number, *_ in read(again, rules)] == [number for number, _ in again]


def test_the_samples_cover_what_can_happen() -> None:
    """The generator reaches every outcome, so that agreement on it means something."""
    rules = NumberRules("GB", convert_national=True, number_types=DEFAULT_NUMBER_TYPES)
    random = Random(20261122)
    seen = {code for _, code, _, _ in read([sample(random) for _ in range(4000)], rules)}
    expected = {
        None,
        Code.PHONE_INVALID,
        Code.PHONE_AMBIGUOUS,
        Code.PHONE_CHARS,
        Code.PHONE_TOO_LONG,
        Code.EXCEL_DECIMAL,
        Code.MULTIPLE_NUMBERS,
        Code.EXTENSION,
        Code.SHORT_CODE,
        Code.TYPE_NOT_ALLOWED,
    }
    assert expected <= seen
