"""The balance of a checked file: what an import into an empty account would come to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from enlist.checking.chunk import CheckedChunk
from enlist.checking.folding import Folding
from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.dividing import detected
from enlist_rules.identity import name_key
from enlist_rules.layout import Layout
from enlist_shared.events import Counts
from enlist_shared.options import ImportOptions
from enlist_shared.workbooks.reading import Sheet

NEW_LISTS: Final = 1000


@dataclass(frozen=True, slots=True)
class Balance:
    """Counts of records, and how many stand under each code."""

    counts: Counts = field(default_factory=Counts)
    reasons: Counter[str] = field(default_factory=Counter)
    warning_reasons: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a file of `size` bytes; with a `failure` an import would fail as a whole."""

    size: int
    seconds: float
    layout: Layout | None = None
    balance: Balance = field(default_factory=Balance)
    failure: PermanentFailure | None = None
    sheet: Sheet | None = None

    @property
    def detected(self) -> dict[str, Any] | None:
        """What an import would say about how the file was read."""
        if self.layout is None:
            return None
        return detected(self.layout) | (self.sheet.detected if self.sheet else {})


def tally(
    chunks: Sequence[CheckedChunk],
    folding: Sequence[Folding],
    layout: Layout,
    options: ImportOptions,
) -> Balance:
    """Add up. Refuses with PermanentFailure: `too_many_lists`."""
    _refuse_lists(chunks, options)
    rejected = sum(chunk.rejects.height for chunk in chunks)
    duplicate = sum(each.duplicates for each in folding)
    created = sum(chunk.keys.size for chunk in chunks) - duplicate
    wishes = sum(chunk.wishes for chunk in chunks) - sum(each.wishes for each in folding)
    warned = sum(chunk.warned for chunk in chunks) + sum(each.warned for each in folding)
    counts = Counts(
        records=created + duplicate + rejected,
        created=created,
        duplicate=duplicate,
        rejected=rejected,
        warnings=warned,
        listed=created if options.lists else wishes,
        fixed_line=sum(chunk.fixed_line for chunk in chunks),
    )
    return Balance(counts, _reasons(chunks), _warning_reasons(chunks, folding, layout))


def _refuse_lists(chunks: Sequence[CheckedChunk], options: ImportOptions) -> None:
    named = {name_key(name) for name in options.lists if isinstance(name, str)}
    names = named.union(*(chunk.list_names for chunk in chunks))
    if len(names) > NEW_LISTS and any(chunk.keys.size for chunk in chunks):
        raise PermanentFailure(Code.TOO_MANY_LISTS, f"{len(names)} names")


def _reasons(chunks: Sequence[CheckedChunk]) -> Counter[str]:
    reasons: Counter[str] = Counter()
    for chunk in chunks:
        reasons.update(dict(chunk.rejects["code"].value_counts().iter_rows()))
    return reasons


def _warning_reasons(
    chunks: Sequence[CheckedChunk], folding: Sequence[Folding], layout: Layout
) -> Counter[str]:
    reasons = Counter({str(code): count for code, count in layout.warnings.items()})
    for chunk in chunks:
        reasons.update(chunk.warning_reasons)
    for each in folding:
        reasons.update(each.warning_reasons)
    return reasons
