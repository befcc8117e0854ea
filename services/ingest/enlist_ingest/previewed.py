"""What a preview is made of: the first bytes of an input, wherever it comes from."""

from asyncio import Semaphore, to_thread
from contextlib import nullcontext
from dataclasses import dataclass
from hashlib import sha256
from tempfile import TemporaryFile
from typing import Final

from enlist_rules import kinds
from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.encodings import Encoding
from enlist_rules.layout import HEAD_BYTES, LayoutRules
from enlist_rules.options import NumberRules, ReadingRules
from enlist_rules.previewing import Preview, preview
from enlist_shared.ids import ObjectKey
from enlist_shared.objectstore import ObjectMissingError, ObjectStore
from enlist_shared.options import ImportOptions
from enlist_shared.workbooks.limits import Limits
from enlist_shared.workbooks.reading import open_sheet

TOO_LARGE_TO_LOOK_AT: Final = "a workbook of more than 1 MB is looked at when it is imported"
WORKBOOK_LIMITS: Final = Limits(memory_bytes=500_000_000, cpu_seconds=5, seconds=20)
"""A preview is waited for; what needs more is looked at when it is imported."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """At most `HEAD_BYTES` of an input; `digest` is the SHA-256 of all of it, where it was seen."""

    head: bytes
    whole: bool
    digest: bytes | None


class Beginnings:
    """Takes the blocks of an input, keeps its beginning and looks at all of it.

    `size`: how many bytes the input has, when only some of them are sent.
    """

    def __init__(self, max_bytes: int, size: int | None = None) -> None:
        self._max_bytes = max_bytes
        self._size = size
        self._head = bytearray()
        self._digest = sha256()
        self._seen = 0

    def take(self, block: bytes) -> None:
        """Take the next bytes; `too_large` past the limit of an import."""
        self._seen += len(block)
        if self._seen > self._max_bytes:
            raise PermanentFailure(Code.TOO_LARGE, f"the limit is {self._max_bytes:,} bytes")
        self._digest.update(block)
        self._head += block[: HEAD_BYTES - len(self._head)]

    def seen(self) -> Beginning:
        """What has been seen."""
        all_seen = self._size in (None, self._seen)
        whole = all_seen and self._seen <= HEAD_BYTES
        return Beginning(bytes(self._head), whole, self._digest.digest() if all_seen else None)


def beginning_of(data: bytes, max_bytes: int) -> Beginning:
    """The beginning of an input that is here."""
    beginnings = Beginnings(max_bytes)
    beginnings.take(data)
    return beginnings.seen()


async def stored_beginning(objects: ObjectStore, key: ObjectKey) -> Beginning:
    """The beginning of an object.

    Raises:
        PermanentFailure: `source_missing`.
    """
    try:
        data = await objects.get(key, 0, HEAD_BYTES + 1)
    except ObjectMissingError as error:
        raise PermanentFailure(Code.SOURCE_MISSING, "object_key names no object") from error
    whole = len(data) <= HEAD_BYTES
    return Beginning(data[:HEAD_BYTES], whole, sha256(data).digest() if whole else None)


@dataclass(frozen=True, slots=True)
class Looked:
    """A preview, and where it is of a workbook, which of its sheets was read."""

    preview: Preview
    sheet: str | None
    other_sheets: tuple[str, ...]


async def look_in_turn(
    beginning: Beginning, options: ImportOptions, account_region: str, room: Semaphore
) -> Looked:
    """`look_at` in a thread. Workbooks wait for `room`: each has a process of its own."""
    turn = room if _is_workbook(beginning) else nullcontext()
    async with turn:
        return await to_thread(look_at, beginning, options, account_region)


def look_at(beginning: Beginning, options: ImportOptions, account_region: str) -> Looked:
    """Read a beginning as an import with these options would; of a workbook, if it is whole.

    Raises:
        PermanentFailure: as `previewing.preview` and `open_sheet`.
    """
    sheet: str | None = None
    others: tuple[str, ...] = ()
    if _is_workbook(beginning):
        beginning, sheet, others = _sheet_beginning(beginning, options.sheet)
        options = options.model_copy(update={"encoding": Encoding.UTF_8, "separator": ","})
    region = options.default_region or account_region
    layout = LayoutRules(
        header=options.header,
        separator=options.separator,
        encoding=options.encoding,
        mapping=options.mapping or {},
        unmapped=options.unmapped,
        default_region=region,
    )
    numbers = NumberRules(region, options.convert_national, options.taken_types)
    found = preview(
        beginning.head,
        layout,
        ReadingRules(numbers, options.over_limit),
        options.duplicates,
        complete=beginning.whole,
    )
    return Looked(found, sheet, others)


def _is_workbook(beginning: Beginning) -> bool:
    return kinds.is_workbook(beginning.head[: kinds.HEAD_BYTES])


def _sheet_beginning(
    workbook: Beginning, said: str | None
) -> tuple[Beginning, str, tuple[str, ...]]:
    """The beginning of the sheet's text, its name, and the others'."""
    if not workbook.whole:
        raise PermanentFailure(Code.UNSUPPORTED, TOO_LARGE_TO_LOOK_AT)
    with TemporaryFile() as file:
        file.write(workbook.head)
        with open_sheet(file, said, WORKBOOK_LIMITS) as sheet:
            text = next(sheet.blocks, b"")
    beginning = Beginning(text, len(text) < HEAD_BYTES, workbook.digest)
    return beginning, sheet.name, sheet.others
