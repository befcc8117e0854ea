"""The closed table of codes: every reason that a file, a record or a field can be refused for.

The order of the record codes is their rank: a record with several faults carries the first.
`docs/codes.md` is made from this table.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from enlist_rules.code_texts import FIELD_CODES, FILE_CODES, RECORD_CODES

Level = Literal["file", "record", "field"]


class Code(StrEnum):
    """A stable name for what is wrong and where."""

    # file
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_RECORDS = "too_many_records"
    TOO_MANY_COLUMNS = "too_many_columns"
    RECORD_TOO_LARGE = "record_too_large"
    ENCODING = "encoding"  # also a record code
    UNTERMINATED_QUOTE = "unterminated_quote"
    TYPE_MISMATCH = "type_mismatch"
    COMPRESSED = "compressed"
    ARCHIVE = "archive"
    BOMB = "bomb"
    XML_DTD = "xml_dtd"
    ENCRYPTED = "encrypted"
    UNSUPPORTED = "unsupported"
    CORRUPT = "corrupt"
    HEADER_MISSING = "header_missing"
    HEADER_DUPLICATE = "header_duplicate"
    LIST_UNKNOWN = "list_unknown"
    LIST_NAME = "list_name"
    TOO_MANY_LISTS = "too_many_lists"
    SOURCE_MISSING = "source_missing"
    SOURCE_CHANGED = "source_changed"
    COUNT_MISMATCH = "count_mismatch"
    CHUNK_UNREADABLE = "chunk_unreadable"
    SHARD_FAILED = "shard_failed"
    EXPIRED = "expired"
    OPTIONS = "options"
    # record, by rank
    PHONE_MISSING = "phone_missing"
    PHONE_NOT_E164 = "phone_not_e164"
    PHONE_INVALID = "phone_invalid"
    PHONE_AMBIGUOUS = "phone_ambiguous"
    PHONE_CHARS = "phone_chars"
    PHONE_TOO_LONG = "phone_too_long"
    REGION_NEEDED = "region_needed"
    EXCEL_SCIENTIFIC = "excel_scientific"
    EXCEL_DECIMAL = "excel_decimal"
    NUMBER_PRECISION = "number_precision"
    MULTIPLE_NUMBERS = "multiple_numbers"
    EXTENSION = "extension"
    SHORT_CODE = "short_code"
    TYPE_NOT_ALLOWED = "type_not_allowed"
    FIELD_TOO_LONG = "field_too_long"
    CONTROL_CHAR = "control_char"
    RAGGED = "ragged"
    QUOTE = "quote"
    CELL_TOO_LARGE = "cell_too_large"
    HEADER_REPEATED = "header_repeated"
    ERASED = "erased"
    # of a field
    EMAIL_MALFORMED = "email_malformed"
    TRUNCATED = "truncated"
    BLANKED = "blanked"
    NAME_SPLIT = "name_split"
    AMBIGUOUS_CONTACT = "ambiguous_contact"
    DUPLICATE_CONFLICT = "duplicate_conflict"
    FORMULA_ERROR = "formula_error"
    LEADING_ZERO_RESTORED = "leading_zero_restored"
    CONTROL_CHAR_REMOVED = "control_char_removed"
    LIST_GONE = "list_gone"
    LIST_SKIPPED = "list_skipped"
    TOO_MANY_CUSTOM_FIELDS = "too_many_custom_fields"
    COLUMNS_SKIPPED = "columns_skipped"


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a code means at one level and what the person can do about it."""

    code: Code
    level: Level
    message: str
    remedy: str


def _table() -> dict[tuple[Level, Code], Explanation]:
    levels: tuple[tuple[Level, dict[str, tuple[str, str]]], ...] = (
        ("file", FILE_CODES),
        ("record", RECORD_CODES),
        ("field", FIELD_CODES),
    )
    return {
        (level, Code(name)): Explanation(Code(name), level, message, remedy)
        for level, texts in levels
        for name, (message, remedy) in texts.items()
    }


EXPLANATIONS: Final = _table()
RECORD_RANK: Final = {Code(name): rank for rank, name in enumerate(RECORD_CODES)}


class PermanentFailure(Exception):  # noqa: N818 - the word of the architecture
    """The unit at hand can never succeed; `code` is the reason that the person sees."""

    def __init__(self, code: Code, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else str(code))
        self.code = code
        self.detail = detail
