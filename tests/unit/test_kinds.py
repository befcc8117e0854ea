"""What is no text table is refused by its bytes."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.encodings import to_utf8
from enlist_rules.kinds import refuse_foreign, refuse_foreign_text
from enlist_rules.recognition import recognise

TABLE = "phone,name\n+447911123456,José\n" * 20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504


def zipped(*names: str, content: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, content)
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("contacts.csv"))
    return out.getvalue()


FOREIGN: dict[str, tuple[bytes, Code]] = {
    "nothing": (b"", Code.EMPTY),
    "white space": (" \r\n\t\u00a0".encode("ascii", "ignore"), Code.EMPTY),
    "mark": (b"\xef\xbb\xbf\n", Code.EMPTY),
    "Ctrl-Z": (b"\n\x1a", Code.EMPTY),
    "gzip": (gzip.compress(TABLE.encode()), Code.COMPRESSED),
    "bzip2": (bz2.compress(TABLE.encode()), Code.COMPRESSED),
    "xz": (lzma.compress(TABLE.encode()), Code.COMPRESSED),
    "zlib": (zlib.compress(TABLE.encode()), Code.COMPRESSED),
    "zlib, fast": (zlib.compress(TABLE.encode(), 2), Code.COMPRESSED),
    "zstd": (b"\x28\xb5\x2f\xfd\x04\x00", Code.COMPRESSED),
    "zip": (zipped("contacts.csv"), Code.ARCHIVE),
    "zip, hostile": (zipped("../../etc/x"), Code.ARCHIVE),
    "zip, empty": (zipped(), Code.TYPE_MISMATCH),
    "rar": (b"Rar!\x1a\x07\x01\x00", Code.ARCHIVE),
    "7z": (b"7z\xbc\xaf\x27\x1c\x00\x04", Code.ARCHIVE),
    "tar": (tarred(), Code.ARCHIVE),
    "xlsx": (zipped("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"), Code.UNSUPPORTED),
    "docx": (zipped("[Content_Types].xml", "word/document.xml"), Code.TYPE_MISMATCH),
    "ods": (
        zipped("mimetype", content=b"application/vnd.oasis.opendocument.spreadsheet"),
        Code.UNSUPPORTED,
    ),
    "odt": (
        zipped("mimetype", content=b"application/vnd.oasis.opendocument.text"),
        Code.TYPE_MISMATCH,
    ),
    "xls": (OLE + "Workbook".encode("utf-16-le"), Code.UNSUPPORTED),
    "xlsx, encrypted": (OLE + "EncryptedPackage".encode("utf-16-le"), Code.ENCRYPTED),
    "doc": (OLE + "WordDocument".encode("utf-16-le"), Code.TYPE_MISMATCH),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", Code.TYPE_MISMATCH),
    "png": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", Code.TYPE_MISMATCH),
    "program": (b"\x7fELF\x02\x01\x01\x00", Code.TYPE_MISMATCH),
    "noise": (bytes(range(1, 128)) * 4, Code.TYPE_MISMATCH),
    "html": (b"\n <!DOCTYPE html><html><body>Log in, please", Code.TYPE_MISMATCH),
    "html table": (b"<table border=1><tr><td>phone", Code.TYPE_MISMATCH),
    "xml": (b'\xef\xbb\xbf<?xml version="1.0"?>', Code.TYPE_MISMATCH),
    "json": (b'[\n  {"phone": "1"}]', Code.TYPE_MISMATCH),
    "json lines": (b'{"phone": "1"}\n{"phone": "2"}', Code.TYPE_MISMATCH),
    "vcard": (b"BEGIN:VCARD\r\nVERSION:3.0\r\n", Code.TYPE_MISMATCH),
    "mysql": (b"-- MySQL dump 10.13\n--\n/*!40101 SET x */;\n", Code.TYPE_MISMATCH),
    "pg_dump": (b"--\n-- PostgreSQL database dump\n--\n\nSET a = 0;", Code.TYPE_MISMATCH),
    "sql": (b"/* a */ /* b */\nINSERT INTO contacts VALUES (1);", Code.TYPE_MISMATCH),
    "utf-16, no mark": (TABLE.encode("utf-16-le"), Code.ENCODING),
    "utf-32": (TABLE.encode("utf-32"), Code.ENCODING),
    "utf-32, no mark": (TABLE.encode("utf-32-be"), Code.ENCODING),
    "no known encoding": (bytes(range(128, 256)) * 4, Code.ENCODING),
    "html in utf-16": ("<html>\n".encode("utf-16"), Code.TYPE_MISMATCH),
}


def refuse(head: bytes) -> None:
    """What is asked of the first bytes, in turn: no other kind of file, an encoding, a table."""
    refuse_foreign(head)
    found = recognise(head)
    refuse_foreign_text(to_utf8(head[found.mark :], found.encoding))


@pytest.mark.parametrize("name", FOREIGN)
def test_refused(name: str) -> None:
    """Each kind of file that is no text table has its own code."""
    head, code = FOREIGN[name]
    with pytest.raises(PermanentFailure) as failure:
        refuse(head)

    assert failure.value.code is code


TEXTS: dict[str, bytes] = {
    "utf-16": TABLE.encode("utf-16"),
    "utf-16-be": b"\xfe\xff" + TABLE.encode("utf-16-be"),
    "latin-1": TABLE.encode("latin-1"),
    "windows-1252": "phone,note\n1,5 €\n".encode("cp1252"),
    "windows-1251": "телефон,имя\n1,Иван\n".encode("cp1251"),
    "utf-8": TABLE.encode(),
    "mark": b"\xef\xbb\xbf" + TABLE.encode(),
    "cut within a character": "phone\n1,é".encode()[:-1],
    "a bad byte among good ones": TABLE.encode() + b"1,J\xf6rg\n",
    "a bad byte in ASCII": b"phone,name\n1,a\n2,b\xff\n",
    "overlong and surrogates": b"phone\n1,\xc0\xaf\n2,\xed\xa0\x80\xed\xb0\x80\n",
    "chinese": "电话,名字\n1,王\n".encode(),
    "zero byte": b"phone,name\n+447911123456,Ja\x00ne\n",
    "quotes": b'"phone","name"\n',
    "like zlib": b"x^2,phone\n1,2\n",
    "like JSON": b"[phone],{name}\n1,2\n",
    "like SQL": b"Set,Phone\n1,2\n",
    "comments": b"# export\n-- today\nphone\n1\n",
    "bzip": b"BZh9,phone\n1,2\n",
    "Ctrl-Z": b"phone\n1\n\x1a",
}


@pytest.mark.parametrize("name", TEXTS)
def test_taken(name: str) -> None:
    """Text tables are taken, whatever they begin with; few bad bytes concern their rows only."""
    refuse(TEXTS[name])


@given(st.binary(max_size=200))
def test_never_fails_otherwise(head: bytes) -> None:
    """Any bytes are taken or refused with a code, and the same bytes always alike."""
    outcomes = []
    for _ in range(2):
        try:
            refuse(head)
            outcomes.append("taken")
        except PermanentFailure as failure:
            outcomes.append(failure.code)

    assert outcomes[0] == outcomes[1]


def test_hostile_comments_cost_nothing() -> None:
    """A head full of comments is looked at once."""
    refuse(b"/**/" * 16_000 + b"x")
