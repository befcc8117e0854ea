"""Bytes to text, and what the text says of itself before its first row."""

import re

from tests.model.records import FileRefused

MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
GUESSES = ("windows-1252", "iso-8859-2", "iso-8859-15", "windows-1251")
UTF_32 = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
SIGNS = "’“”–€°"  # what people write beside letters
# What UTF-8 forbids, but nobody writes in another encoding either: as surrogateescape shows it.
UTF_8_SHAPED = re.compile("[\udcc0-\udcdf][\udc80-\udcbf]|[\udce0-\udcef][\udc80-\udcbf]{2}")
HINT = re.compile(r'"?sep=([^"\r\n\0])"?(\r\n|\r|\n|$)', re.IGNORECASE)
# The first bytes, or characters, of what is no text table.
FOREIGN = {
    b"\x1f\x8b": "compressed",
    b"\x28\xb5\x2f\xfd": "compressed",
    b"BZh9\x31\x41": "compressed",
    b"PK\x05\x06": "type_mismatch",
    b"PK\x03\x04": "archive",
    b"%PDF-": "type_mismatch",
    b"\x89PNG": "type_mismatch",
    b"\x7fELF": "type_mismatch",
}
FOREIGN_TEXTS = ("<", "{", "[{", "BEGIN:VCARD", "INSERT INTO", "--")


def decode(data: bytes, said: str | None = None) -> str:
    """The text of a file without its mark; characters that were lost are among BAD_BYTES.

    FileRefused with `encoding` when nobody can tell how it is written, and with the code of what
    is no text table.
    """
    refused = next((code for magic, code in FOREIGN.items() if data.startswith(magic)), None)
    if refused:
        raise FileRefused(refused)
    text = _decoded(data, said)
    if text.lstrip().startswith(FOREIGN_TEXTS):
        raise FileRefused("type_mismatch")
    return text


def take_hint(text: str) -> tuple[str | None, str]:
    """The separator that a `sep=` line names, and the text after that line."""
    hint = HINT.match(text)
    return (hint[1], text[hint.end() :]) if hint else (None, text)


def _decoded(data: bytes, said: str | None) -> str:
    if data.startswith(UTF_32):
        raise FileRefused("encoding")
    for mark, encoding in MARKS.items():
        if data.startswith(mark):
            return _in(data[len(mark) :], encoding)
    if said:
        return _in(data, said)
    if b"\0" in data[:2]:
        raise FileRefused("encoding")
    text = _in(data, "utf-8")
    others, shaped = UTF_8_SHAPED.subn("", text)
    bad = [char for char in others if "\udc80" <= char <= "\udcfd"]
    good = shaped + sum("\x7f" < char < "\ud800" or char > "\udfff" for char in others)
    return text if len(bad) <= good else _guessed(data, text)


def _in(data: bytes, encoding: str) -> str:
    return data.decode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")


def _guessed(data: bytes, as_utf8: str) -> str:
    """The first encoding in which all that is beyond ASCII would be written by a person."""
    for encoding in GUESSES:
        text = _in(data, encoding)
        if all(char.isalpha() or char in SIGNS for char in text if char > "\x7f"):
            return text
    lines = as_utf8.splitlines()
    odd = sum(not line.isascii() for line in lines)
    if odd <= max(1, len(lines) // 10) and odd * 3 <= len(lines):
        return as_utf8
    raise FileRefused("encoding")
