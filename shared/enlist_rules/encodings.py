"""The encodings of texts that are read, and how a text in one of them becomes UTF-8.

Everything after splitting works on UTF-8. Where bytes mean no character, and where an earlier
program gave a character up, the UTF-8 holds U+FFFD: no row that holds it becomes a contact.
"""

import codecs
from enum import StrEnum
from typing import Final


class Encoding(StrEnum):
    """An encoding by its name in the IANA registry, which is also a name of Python's codec."""

    UTF_8 = "utf-8"
    UTF_16_LE = "utf-16-le"
    UTF_16_BE = "utf-16-be"
    WINDOWS_1252 = "windows-1252"
    ISO_8859_1 = "iso-8859-1"
    ISO_8859_2 = "iso-8859-2"
    ISO_8859_15 = "iso-8859-15"
    WINDOWS_1250 = "windows-1250"
    WINDOWS_1251 = "windows-1251"
    WINDOWS_1253 = "windows-1253"
    WINDOWS_1254 = "windows-1254"
    WINDOWS_1257 = "windows-1257"
    KOI8_R = "koi8-r"
    IBM_850 = "ibm850"
    MAC_ROMAN = "mac-roman"

    @property
    def is_wide(self) -> bool:
        """Whether ASCII characters take two bytes, so that the bytes cannot be scanned as such."""
        return self in (Encoding.UTF_16_LE, Encoding.UTF_16_BE)


REPLACEMENT: Final = "\ufffd"
MARKS: Final = {
    b"\xef\xbb\xbf": Encoding.UTF_8,
    b"\xff\xfe": Encoding.UTF_16_LE,
    b"\xfe\xff": Encoding.UTF_16_BE,
}
# `utf-16` alone leaves the order of the bytes to the mark; without one it is that of Windows.
_BY_CODEC: Final = {codecs.lookup(encoding).name: encoding for encoding in Encoding} | {
    "ascii": Encoding.UTF_8,
    "utf-8-sig": Encoding.UTF_8,
    "utf-16": Encoding.UTF_16_LE,
}


def encoding_named(name: str) -> Encoding:
    """The encoding that a person names, by any usual name (`latin-1`, `cp1252`, `UTF8`).

    Raises:
        ValueError: it is none that is read here.
    """
    try:
        return _BY_CODEC[codecs.lookup(name).name]
    except (LookupError, ValueError):
        raise ValueError(f"one of {', '.join(Encoding)}") from None


def to_utf8(data: bytes, encoding: Encoding) -> bytes:
    """The text in UTF-8; UTF-8 itself stays as it is, bad bytes included."""
    if encoding is Encoding.UTF_8:
        return data
    return data.decode(encoding, "replace").encode()


def source_length(utf8: bytes, encoding: Encoding) -> int:
    """How many bytes a text takes in its source, from what `to_utf8` made of it."""
    if encoding is Encoding.UTF_8:
        return len(utf8)
    text = utf8.decode()
    return len(text.encode(encoding)) if encoding.is_wide else len(text)
