"""How fast and how right the numbers are: `python -m tests.bench.numbers [samples] [seed]`.

Prints, on one thread: the agreement of the vectorised path with the specification on generated
cells of all regions, then for clean and mixed spellings the rate and the share of cells that fall
back to the library.
"""

import os
import sys
import time
from collections.abc import Callable
from random import Random

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import polars as pl
from tests.unit.numbers_samples import EXAMPLES, changed, sample

from enlist_rules.numbers import DEFAULT_NUMBER_TYPES, NumberReader
from enlist_rules.numbers import reader as reader_module
from enlist_rules.numbers.specification import Reading, read_one
from enlist_rules.options import NumberRules

Cells = tuple[pl.Series, pl.Series | None]
ROWS = 1_000_000


class Asked:
    """Stands where the reader calls the specification, and remembers the cells."""

    def __init__(self) -> None:
        self.cells: set[tuple[str | None, str]] = set()

    def __call__(self, value: str | None, region: str, rules: NumberRules) -> Reading:
        self.cells.add((value, region))
        return read_one(value, region, rules)


def watched(cells: Cells, rules: NumberRules) -> tuple[pl.DataFrame, Asked]:
    """Read the cells; the second value says which of them the library was asked about."""
    asked = Asked()
    setattr(reader_module, "read_one", asked)  # noqa: B010 - mypy guards the name
    try:
        return NumberReader(rules).read(*cells), asked
    finally:
        setattr(reader_module, "read_one", read_one)  # noqa: B010


def agreement(count: int, seed: int) -> None:
    """Compare every cell that the vectorised path decided with the specification."""
    random = Random(seed)
    samples = [sample(random) for _ in range(count)]
    values, regions = zip(*samples, strict=True)
    cells = (pl.Series(values), pl.Series(regions))
    for convert in (True, False):
        rules = NumberRules("GB", convert_national=convert, number_types=DEFAULT_NUMBER_TYPES)
        frame, asked = watched(cells, rules)
        compared, different = 0, []
        for cell, row in zip(samples, frame.iter_rows(), strict=True):
            if cell in asked.cells:
                continue
            each = read_one(*cell, rules)
            compared += 1
            if row != (each.number, each.code, each.fixed_line, each.warning):
                different.append((cell, row, each))
        share = 1 - compared / count
        print(
            f"agreement, toggle {'on' if convert else 'off'}: {compared - len(different)} of "
            f"{compared} compared cells agree; {share:.1%} of {count} fell back"
        )
        for difference in different[:5]:
            print("  differs:", difference)


def mobile(random: Random) -> str:
    """A British mobile, national significant number."""
    return f"7{random.choice('45789')}{random.randrange(10**8):08}"


def mixed(random: Random) -> str:
    """A British mobile as people write it; every tenth has a digit too many or too few."""
    number = mobile(random)
    if random.random() < 0.1:
        number = random.choice([number[:-1], number + "5"])
    forms = [
        f"+44{number}",
        f"+44 {number[:4]} {number[4:]}",
        f"+44 (0) {number[:4]} {number[4:7]} {number[7:]}",
        f"+44-{number[:4]}-{number[4:7]}-{number[7:]}",
        f"0044{number}",
        f"44{number}",
        f"0{number}",
        f"0{number[:4]} {number[4:]}",
        f"(0{number[:4]}) {number[4:7]}-{number[7:]}",
        f"0{number[:4]}.{number[4:7]}.{number[7:]}",
        number,
        f"'+44{number}",
        f"+44\u00a0{number[:4]}\u00a0{number[4:]}",
        f"tel:+44{number}",
        f"0{number[:4]}/{number[4:]}",
        f"+44{number} (home)",
    ]
    return random.choice(forms)


def worldwide(random: Random) -> str:
    """E.164 of any region; one in ten changed."""
    _, code, national = random.choice(EXAMPLES)
    tail = "".join(str(random.randrange(10)) for _ in national[-4:])
    national = national[:-4] + tail if random.random() < 0.9 else changed(national, random)
    return f"+{code}{national}"


def rate(name: str, write: Callable[[Random], str]) -> None:
    """Cells a second of processor time, the best of three, and the share that falls back."""
    random = Random(1)
    cells = (pl.Series([write(random) for _ in range(ROWS)]), None)
    rules = NumberRules("GB", convert_national=True, number_types=DEFAULT_NUMBER_TYPES)
    seconds = []
    for _ in range(3):
        start = time.process_time()
        NumberReader(rules).read(*cells)
        seconds.append(time.process_time() - start)
    frame, asked = watched(cells, rules)
    fallen = cells[0].is_in([value for value, _ in asked.cells]).sum()
    taken = frame.height - frame["number"].null_count()
    print(
        f"{name:30} {ROWS / min(seconds):12,.0f} cells/s, {fallen / ROWS:.2%} fall back, "
        f"{taken / ROWS:.1%} taken"
    )


def main() -> None:
    """Agreement first, then the rates."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    agreement(count, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    rate("clean, E.164 of one region", lambda random: "+44" + mobile(random))
    rate("clean, E.164 of all regions", worldwide)
    rate("mixed spellings, one region", mixed)


if __name__ == "__main__":
    main()
