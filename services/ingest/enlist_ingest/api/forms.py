"""The multipart form of an upload, read while it arrives; nothing of the file is kept here."""

from collections.abc import Mapping
from typing import Final

from streaming_form_data import StreamingFormDataParser
from streaming_form_data.parser import (
    ParseFailedException,
    UnexpectedPartException,
    parse_content_boundary,
)
from streaming_form_data.targets import BaseTarget

from enlist_ingest.api.problems import Problem, ProblemCode, malformed
from enlist_ingest.upload import tidy_file_name

OPTIONS_BYTES: Final = 262_144
OVERHEAD_BYTES: Final = 65_536
"""What a form may hold besides the contents of its parts: boundaries and headers."""
LARGEST_REST: Final = OPTIONS_BYTES + OVERHEAD_BYTES
"""What a request that uploads a file may hold besides the file."""


class _Part(BaseTarget):  # type: ignore[misc]
    """One part's bytes, until they are taken."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = 0
        self.whole = False
        self.size = 0
        self._blocks: list[bytes] = []

    def on_start(self) -> None:
        self.begun += 1

    def on_data_received(self, chunk: bytes) -> None:
        self.size += len(chunk)
        self._blocks.append(chunk)

    def on_finish(self) -> None:
        self.whole = True

    def take(self) -> list[bytes]:
        blocks, self._blocks = self._blocks, []
        return blocks


class UploadForm:
    """A form with the part `file` and perhaps the part `options`, in any order.

    Whatever is wrong with the form is a Problem: `media_type` or `malformed`.
    """

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._file, self._options = _Part(), _Part()
        try:
            boundary = parse_content_boundary(headers)
            self._parser = StreamingFormDataParser(headers, strict=True)
        except (ParseFailedException, ValueError) as error:
            needed = "Send multipart/form-data with the part `file`, perhaps `options`."
            raise Problem(415, ProblemCode.MEDIA_TYPE, needed) from error
        self._parser.register("file", self._file)
        self._parser.register("options", self._options)
        self._end = b"--" + boundary + b"--"
        self._tail = b""
        self._received = 0

    def feed(self, block: bytes) -> list[bytes]:
        """Take the next bytes of the request; answers with those of the file."""
        try:
            self._parser.data_received(block)
        except UnexpectedPartException as error:
            raise malformed("The form has a part that is not `file` or `options`.") from error
        except Exception as error:  # the parser also lets errors of the e-mail package through
            raise malformed("The form cannot be read.") from error
        self._received += len(block)
        self._tail = (self._tail + block)[-2 * len(self._end) - 64 :]
        self._refuse_excess()
        return self._file.take()

    def finish(self) -> None:
        """The request has ended: is the form whole?"""
        parts_whole = self._file.whole and self._options.whole == bool(self._options.begun)
        if not self._file.begun:
            raise malformed("The form has no part `file`.")
        if not parts_whole or self._end not in self._tail:
            raise malformed("The form ends before its last boundary.")

    @property
    def has_options(self) -> bool:
        """Whether the part `options` has come in whole."""
        return self._options.whole

    def take_options(self) -> bytes:
        """What has come of the part `options`; there is nothing left of it then."""
        return b"".join(self._options.take())

    @property
    def file_name(self) -> str | None:
        """The file's own name, tidy."""
        return tidy_file_name(self._file.multipart_filename or "")

    def _refuse_excess(self) -> None:
        if self._file.begun > 1 or self._options.begun > 1:
            raise malformed("The form has a part twice.")
        if self._options.size > OPTIONS_BYTES:
            raise malformed(f"The options are larger than {OPTIONS_BYTES:,} bytes.")
        if self._received - self._file.size - self._options.size > OVERHEAD_BYTES:
            raise malformed("The headers of the form's parts are too large.")
