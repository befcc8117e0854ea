"""What a file is, by its bytes and never by its name; what is no text table is refused."""

import re
import zlib
from typing import Final

from enlist_rules.cleaning import TRIM
from enlist_rules.codes import Code, PermanentFailure

HEAD_BYTES: Final = 65_536
"""How much of a file the answer needs, unless the file is shorter."""

_MAGIC: Final[tuple[tuple[bytes, Code, str], ...]] = (
    (b"\x1f\x8b", Code.COMPRESSED, "gzip"),
    (b"\x1f\x9d", Code.COMPRESSED, "compress"),
    (b"\x28\xb5\x2f\xfd", Code.COMPRESSED, "zstd"),
    (b"\x04\x22\x4d\x18", Code.COMPRESSED, "lz4"),
    (b"\xfd7zXZ\x00", Code.COMPRESSED, "xz"),
    (b"Rar!\x1a\x07", Code.ARCHIVE, "RAR"),
    (b"7z\xbc\xaf\x27\x1c", Code.ARCHIVE, "7-Zip"),
    (b"PK\x05\x06", Code.TYPE_MISMATCH, "an empty zip archive"),
    (b"PK\x07\x08", Code.ARCHIVE, "zip in parts"),
    (b"MSCF\x00\x00", Code.ARCHIVE, "cabinet"),
    (b"%PDF-", Code.TYPE_MISMATCH, "PDF"),
    (b"\x89PNG\r\n", Code.TYPE_MISMATCH, "PNG image"),
    (b"\xff\xd8\xff", Code.TYPE_MISMATCH, "JPEG image"),
    (b"GIF8", Code.TYPE_MISMATCH, "GIF image"),
    (b"\x7fELF", Code.TYPE_MISMATCH, "program"),
    (b"SQLite format 3\x00", Code.TYPE_MISMATCH, "SQLite database"),
    (b"PAR1", Code.TYPE_MISMATCH, "Parquet"),
    (b"ARROW1", Code.TYPE_MISMATCH, "Arrow"),
    (b"{\\rtf", Code.TYPE_MISMATCH, "RTF document"),
)
_BZIP2: Final = re.compile(rb"BZh[1-9]\x31\x41\x59\x26\x53\x59")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OPEN_DOCUMENT: Final = b"mimetypeapplication/vnd.oasis.opendocument."
# Atomic: many comments must not be tried in every combination.
_COMMENTS: Final = rb"(?>(?:--|\#)[^\n]*\n\s*|/\*.*?\*/;?\s*)*+"
# What a person may have saved under the name of a table although it is text of another kind.
_FOREIGN_TEXTS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), name)
    for pattern, name in (
        (rb"<(?:!doctype|!--|\?xml|[a-z][a-z0-9:]*[\s>/])", "HTML or XML"),
        (rb"\{\s*(?:\"[^\"]*\"\s*:|\})", "JSON"),
        (rb"\[\s*(?:[\[{\]]|\"[^\"]*\"\s*[,\]]|-?\d+(?:\.\d+)?\s*[,\]])", "JSON"),
        (rb"BEGIN:V(?:CARD|CALENDAR)\b", "vCard"),
        (_COMMENTS + rb"(?:INSERT\s+INTO|LOCK\s+TABLES|ALTER\s+TABLE)\s", "SQL dump"),
        (_COMMENTS + rb"(?:CREATE|DROP)\s+(?:TABLE|DATABASE|SCHEMA)\s", "SQL dump"),
        (_COMMENTS + rb"(?:SET\s+@?\w+(?:\s*=|\s+TO\s)|PRAGMA\s+\w+\s*=|USE\s+`)", "SQL dump"),
        (_COMMENTS + rb"(?:BEGIN(?:\s+TRANSACTION)?;|START\s+TRANSACTION)", "SQL dump"),
        (rb"--(?:\s|-)*(?:MySQL|MariaDB|PostgreSQL|phpMyAdmin)[^\n]*dump", "SQL dump"),
    )
)
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b\x00")) + b"\x7f"


def refuse_foreign_text(text: bytes) -> None:
    """Refuse what is no table, by the first `HEAD_BYTES` of a text in UTF-8 without its mark.

    Raises PermanentFailure: `empty`, `type_mismatch`.
    """
    if not text.strip(TRIM.encode("ascii", "ignore") + b"\x1a"):
        raise PermanentFailure(Code.EMPTY, "nothing but white space")
    if len(text.translate(None, _CONTROLS + b"\x00")) < 0.9 * len(text):
        raise PermanentFailure(Code.TYPE_MISMATCH, "binary data")
    for pattern, name in _FOREIGN_TEXTS:
        if pattern.match(text.lstrip()):
            raise PermanentFailure(Code.TYPE_MISMATCH, name)


def refuse_foreign(head: bytes) -> None:
    """Refuse what is no text at all, by its first `HEAD_BYTES` (or all of it).

    Raises PermanentFailure: `compressed`, `archive`, `unsupported` (workbooks), `encrypted`,
    `type_mismatch`.
    """
    for magic, code, name in _MAGIC:
        if head.startswith(magic):
            raise PermanentFailure(code, name)
    if _BZIP2.match(head) or _is_zlib(head):
        raise PermanentFailure(Code.COMPRESSED, "bzip2 or zlib")
    if head[257:262] == b"ustar":
        raise PermanentFailure(Code.ARCHIVE, "tar")
    if head.startswith(b"PK\x03\x04"):
        raise _zip_refusal(head)
    if head.startswith(_OLE):
        raise _ole_refusal(head)


def is_workbook(head: bytes) -> bool:
    """Whether the first `HEAD_BYTES` of a file (or all of it) look like those of a workbook."""
    try:
        refuse_foreign(head)
    except PermanentFailure as refusal:
        return refusal.code is Code.UNSUPPORTED
    return False


def _is_zlib(head: bytes) -> bool:
    """Two bytes of a zlib header are also text (`x^`), so the stream has to unpack, too."""
    if head[:1] != b"x" or int.from_bytes(head[:2], "big") % 31:
        return False
    stream = zlib.decompressobj()
    try:
        unpacked = stream.decompress(head, 64)
    except zlib.error:
        return False
    return stream.eof or len(unpacked) == 64


def _zip_refusal(head: bytes) -> PermanentFailure:
    """Workbooks are zip archives of known content; the other kinds of office file are, too."""
    if head[30:].startswith(_OPEN_DOCUMENT):
        kind = head[30 + len(_OPEN_DOCUMENT) :]
        if kind.startswith(b"spreadsheet"):
            return PermanentFailure(Code.UNSUPPORTED, "OpenDocument workbook")
        return PermanentFailure(Code.TYPE_MISMATCH, "OpenDocument text or drawing")
    entries = [found.start() for found in re.finditer(rb"PK\x03\x04", head)]
    folders = {_entry_name(head[entry : entry + 300]).split(b"/")[0] for entry in entries}
    if folders & {b"word", b"ppt", b"visio"}:
        return PermanentFailure(Code.TYPE_MISMATCH, "an office document that is no workbook")
    if folders & {b"xl", b"[Content_Types].xml", b"_rels", b"docProps"}:
        return PermanentFailure(Code.UNSUPPORTED, "Excel workbook")
    return PermanentFailure(Code.ARCHIVE, "zip")


def _entry_name(entry: bytes) -> bytes:
    """The name in a local file header of a zip archive (APPNOTE 4.3.7)."""
    return entry[30 : 30 + int.from_bytes(entry[26:28], "little")]


def _ole_refusal(head: bytes) -> PermanentFailure:
    """An OLE container holds names in UTF-16; encrypted workbooks are wrapped in one."""
    for name, code in (
        ("EncryptedPackage", Code.ENCRYPTED),
        ("EncryptionInfo", Code.ENCRYPTED),
        ("WordDocument", Code.TYPE_MISMATCH),
        ("PowerPoint Document", Code.TYPE_MISMATCH),
    ):
        if name.encode("utf-16-le") in head:
            return PermanentFailure(code, "OLE2 file")
    return PermanentFailure(Code.UNSUPPORTED, "Excel workbook (XLS)")
