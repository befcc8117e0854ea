"""A phone number that stands in a request, in any spelling."""

from enlist_ingest.api.problems import Problem
from enlist_rules.codes import EXPLANATIONS
from enlist_rules.numbers import NUMBER_TYPES
from enlist_rules.numbers.specification import read_one
from enlist_rules.options import NumberRules


def read_number(text: str, region: str) -> str:
    """The number in E.164; national forms are of the region, and any type of number will do.

    Raises:
        Problem: 422, with the code that a record would be rejected with.
    """
    rules = NumberRules(region, convert_national=True, number_types=NUMBER_TYPES)
    reading = read_one(text, region, rules)
    if reading.number is None:
        code = reading.code
        if code is None:
            raise LookupError("what is no number has a code")
        raise Problem(422, code, EXPLANATIONS["record", code].message)
    return reading.number
