"""How each kind of workbook says that it is encrypted; the reader would only call it damaged."""

import re
from typing import Final
from zipfile import ZipFile

from enlist_rules.codes import Code, PermanentFailure

_MANIFEST: Final = "META-INF/manifest.xml"
_MANIFEST_BYTES: Final = 1_048_576
_SEALED: Final = b"encryption-data"  # of an entry (OpenDocument 1.3, part 2, 4.2)
# A password wraps a workbook of XML in a container of this name (MS-OFFCRYPTO 2.3).
_WRAPPED: Final = "EncryptedPackage".encode("utf-16-le")
# BOF of the workbook, perhaps WriteProtect, FilePass (MS-XLS 2.1.7.20.3); Excel 97, and before.
_FILE_PASS: Final = re.compile(
    rb"\x09\x08(?:\x10\x00\x00\x06\x05\x00.{12}|\x08\x00\x00\x05\x05\x00.{4})"
    rb"(?:\x86\x00\x00\x00)?\x2f\x00",
    re.DOTALL,
)


def refuse_encrypted_container(content: bytes) -> None:
    """Refuse an OLE2 file that holds an encrypted workbook; PermanentFailure: `encrypted`."""
    if _WRAPPED in content or _FILE_PASS.search(content):
        raise PermanentFailure(Code.ENCRYPTED)


def refuse_encrypted_archive(archive: ZipFile) -> None:
    """Refuse an encrypted OpenDocument workbook; PermanentFailure: `encrypted`."""
    if _MANIFEST in archive.namelist():
        with archive.open(_MANIFEST) as manifest:
            if _SEALED in manifest.read(_MANIFEST_BYTES):
                raise PermanentFailure(Code.ENCRYPTED)
