"""Which encoding a text is in: by its mark, by what the importer says, or by its bytes."""

import codecs
import re
from dataclasses import dataclass
from typing import Final

from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.encodings import MARKS, Encoding
from enlist_rules.likelihood import likeliest

CERTAIN_ENOUGH: Final = 0.9
"""The confidence from which on an encoding is taken without asking."""

_DAMAGED: Final = 0.5
"""The confidence that a text is UTF-8 of which a few rows are damaged."""
_UTF32_MARKS: Final = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
_HIGH: Final = re.compile(rb"[\x80-\xff]")
# Everything with the shape of UTF-8, also what UTF-8 forbids: overlong forms and surrogates.
_UTF8_SHAPED: Final = re.compile(
    rb"[\xc0-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf7][\x80-\xbf]{3}"
)
_NO_LETTERS: Final = b"\xfe\xff"
_SAMPLE: Final = 1_048_576


@dataclass(frozen=True, slots=True)
class Recognised:
    """The encoding of a text, how sure that is (1 when it was said), and the bytes of its mark."""

    encoding: Encoding
    confidence: float
    mark: int = 0


def recognise(head: bytes, said: Encoding | None = None) -> Recognised:
    """The encoding of a text, from its first bytes.

    A mark wins over what the importer said, since it can hardly be there by accident.

    Raises:
        PermanentFailure: `encoding`, when nothing can be said with enough confidence.
    """
    if head.startswith(_UTF32_MARKS):
        raise PermanentFailure(Code.ENCODING, "UTF-32")
    for mark, encoding in MARKS.items():
        if head.startswith(mark):
            return Recognised(encoding, 1.0, len(mark))
    if said is not None:
        return Recognised(said, 1.0)
    _refuse_wide_characters(head)
    return recognise_bytes(head)


def recognise_bytes(text: bytes) -> Recognised:
    """The encoding of bytes that have no mark and in which ASCII bytes mean ASCII characters.

    Raises:
        PermanentFailure: `encoding`.
    """
    if _is_utf8(text):
        return Recognised(Encoding.UTF_8, 1.0)
    sample = _sample(text)
    others, shaped = _beyond_ascii(sample)
    if others <= shaped:
        return Recognised(Encoding.UTF_8, shaped / (shaped + others) if shaped else 0.5)
    encoding, confidence = likeliest(sample)
    confidence *= (others - shaped) / (others + shaped)  # the one is not written in the other
    if confidence >= CERTAIN_ENOUGH:
        return Recognised(encoding, confidence)
    if _is_rare(sample):
        return Recognised(Encoding.UTF_8, _DAMAGED)
    raise PermanentFailure(Code.ENCODING, f"not UTF-8; perhaps {encoding}, but that is not certain")


def _sample(text: bytes) -> bytes:
    """A megabyte with the first byte beyond ASCII in its middle, or all of a shorter text."""
    found = _HIGH.search(text)
    middle = found.start() if found else 0
    return text[max(0, middle - _SAMPLE // 2) :][:_SAMPLE]


def _is_utf8(text: bytes) -> bool:
    """Whether it is, but for a character that is cut off at the end."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(text)
    except UnicodeDecodeError:
        return False
    return True


def _is_rare(text: bytes) -> bool:
    """Whether so few lines are beyond ASCII that they are better refused one by one."""
    lines = text.splitlines()
    odd = sum(not line.isascii() for line in lines)
    return odd <= max(1, len(lines) // 10) and odd * 3 <= len(lines)


def _beyond_ascii(text: bytes) -> tuple[int, int]:
    """How many characters beyond ASCII are not UTF-8, and how many are.

    One that is shaped like UTF-8 speaks for it, even if it is forbidden there; any other byte above
    127 speaks for another encoding, but FE and FF, which are hardly ever letters, speak for damage.
    """
    others, shaped = _UTF8_SHAPED.subn(b"", text)
    cut_off = re.search(rb"[\xc0-\xf7][\x80-\xbf]{0,2}$", others[-3:])
    others = others[: len(others) - len(cut_off[0])] if cut_off else others
    return len(_HIGH.findall(others.translate(None, _NO_LETTERS))), shaped


def _refuse_wide_characters(head: bytes) -> None:
    """UTF-16 and UTF-32 without a mark, by the zero bytes that ASCII characters have there."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    few, many = sorted((even, odd))
    half = len(head) / 2
    utf16 = many > 0.3 * half and few < 0.1 * half
    utf32 = len(head) >= 8 and even + odd > 0.6 * len(head) and b"\x00\x00\x00" in head[:4]
    if utf16 or utf32:
        order = Encoding.UTF_16_LE if odd > even else Encoding.UTF_16_BE
        raise PermanentFailure(
            Code.ENCODING, "UTF-32" if utf32 else f"no mark, but zeros as in {order}: say so"
        )
