"""The table of a workbook's import."""

from typing import Final

from tests.bench.measures import Large
from tests.bench.report import Section
from tests.bench.workbooks import Cost

SHARE: Final = 1.3
"""Of the time of the same rows as CSV, that a workbook may take beside its reader's own."""
PEAK: Final = "≤ 2,500 MB"


def workbook_section(
    of_sheet: Large, of_text: Large, reader: Cost, child: Cost, size: int
) -> Section:
    """A workbook beside the same rows as CSV, and what reading alone takes."""
    goal = reader.seconds + SHARE * of_text.seconds
    rows = [
        ("as a workbook", f"{of_sheet.seconds:.2f} s", f"≤ {goal:.2f} s"),
        *((f"… {name}", f"{seconds:.2f} s", "") for name, seconds in of_sheet.stages.items()),
        ("as CSV", f"{of_text.seconds:.2f} s", ""),
        ("the reader alone", f"{reader.seconds:.2f} s", ""),
        ("… CPU", f"{reader.cpu:.2f} s", ""),
        ("the child alone", f"{child.seconds:.2f} s", ""),
        ("… CPU", f"{child.cpu:.2f} s", ""),
        ("… memory at most", f"{child.peak / 1e6:,.0f} MB", PEAK),
    ]
    note = (
        f"{of_sheet.records:,} records, {size / 1e6:.1f} MB. The goal is the reader's own time and "
        f"{SHARE} times that of CSV. One run."
    )
    return Section("workbook", ("the same rows", "measured", "goal"), rows, note)
