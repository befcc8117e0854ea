"""Texts in any encoding: recognised, scanned where they lie, read as the text that they are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.languages.samples import KNOWN, PROMISED, Sample, samples

from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.encodings import Encoding, encoding_named, source_length, to_utf8
from enlist_rules.likelihood import likeliest
from enlist_rules.recognition import Recognised, recognise
from enlist_rules.records import scan
from enlist_rules.scanning import scan_source

NAMES = "phone,name\n+447911123456,José\n+447911123457,Zürich\n"
# Parts of rows in any encoding; what an encoding does not have becomes a question mark.
PARTS = (
    "a",
    '"',
    '"',
    ",",
    ",",
    "\n",
    "\r",
    "\r\n",
    "é",
    "§",
    "\xa0",
    "\x85",
    "\u3000",
    "ł",
    "\x1a",
)
WIDE = ("，", "😀", "\ufeff", "\u2028", "\u2200", "\u0a0d")


def right(sample: Sample, encoding: Encoding) -> bool:
    """Whether the text comes out: two names of which both are right count as one."""
    return to_utf8(sample.data, encoding).decode() == sample.text


@pytest.mark.parametrize("kinds", [PROMISED, PROMISED | KNOWN], ids=["promised", "all known"])
def test_what_is_said_to_be_certain_is_right(kinds: dict[str, tuple[str, ...]]) -> None:
    """Of files that nothing was learnt from, at least 95 % of the certain answers are right."""
    answers = [(sample, *likeliest(sample.data)) for sample in samples(kinds, each=2)]
    certain = [right(sample, found) for sample, found, sure in answers if sure >= 0.9]

    assert sum(certain) >= 0.95 * len(certain)
    assert len(certain) >= 0.9 * len(answers) >= 300


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("UTF8", Encoding.UTF_8),
        ("utf-8-sig", Encoding.UTF_8),
        ("utf-16", Encoding.UTF_16_LE),
        ("UTF-16BE", Encoding.UTF_16_BE),
        ("latin-1", Encoding.ISO_8859_1),
        ("ISO_8859-15", Encoding.ISO_8859_15),
        ("cp1252", Encoding.WINDOWS_1252),
        ("Windows-1250", Encoding.WINDOWS_1250),
        ("macintosh", Encoding.MAC_ROMAN),
    ],
)
def test_usual_names(name: str, encoding: Encoding) -> None:
    """An encoding is known by each of its usual names."""
    assert encoding_named(name) is encoding


@pytest.mark.parametrize("name", ["", "utf-32", "utf-7", "rot13", "base64", "x\0", "no such thing"])
def test_other_names_are_refused(name: str) -> None:
    """Codecs that are no encoding of contact files are none here."""
    with pytest.raises(ValueError, match="utf-8"):
        encoding_named(name)


@pytest.mark.parametrize(
    ("head", "said", "found"),
    [
        (NAMES.encode(), None, Recognised(Encoding.UTF_8, 1.0)),
        (b"phone\n1\n", None, Recognised(Encoding.UTF_8, 1.0)),
        (NAMES.encode("utf-8-sig"), None, Recognised(Encoding.UTF_8, 1.0, 3)),
        (NAMES.encode("utf-16"), None, Recognised(Encoding.UTF_16_LE, 1.0, 2)),
        (NAMES.encode("utf-16"), Encoding.ISO_8859_2, Recognised(Encoding.UTF_16_LE, 1.0, 2)),
        (NAMES.encode("utf-16-be"), Encoding.UTF_16_BE, Recognised(Encoding.UTF_16_BE, 1.0)),
        (NAMES.encode("latin-1"), Encoding.ISO_8859_2, Recognised(Encoding.ISO_8859_2, 1.0)),
        (NAMES.encode()[:-10], None, Recognised(Encoding.UTF_8, 1.0)),
        (NAMES.encode() + b"1,\xe9\n", None, Recognised(Encoding.UTF_8, 2 / 3)),
        (b"phone,name\n1,a\n2,b\n3,\xc3(\n", None, Recognised(Encoding.UTF_8, 0.5)),
    ],
)
def test_recognised(head: bytes, said: Encoding | None, found: Recognised) -> None:
    """A mark, then what was said, then valid UTF-8; a few bad bytes do not change that."""
    assert recognise(head, said) == found


@pytest.mark.parametrize(
    "head",
    [
        NAMES.encode("utf-16-le"),
        NAMES.encode("utf-16-be"),
        NAMES.encode("utf-32"),
        bytes(range(128, 256)) * 4,
        "telefon,név\n1,Győr\n2,Érd\n".encode("iso-8859-2"),
        "phone,name\n1,Łódź\n2,Kraków\n".encode("ibm852") + "3,Łódź\n".encode(),
    ],
)
def test_nobody_guesses(head: bytes) -> None:
    """What could be this or that is refused, and the importer is asked."""
    with pytest.raises(PermanentFailure) as refused:
        recognise(head)
    assert refused.value.code is Code.ENCODING


@settings(max_examples=500, deadline=None)
@given(
    st.lists(st.sampled_from(PARTS + WIDE), max_size=30).map("".join),
    st.sampled_from(list(Encoding)),
    st.sampled_from((",", "§", "a", "，", "😀")),
    st.binary(max_size=3),
)
def test_rows_are_those_of_the_text(
    text: str, encoding: Encoding, separator: str, bad: bytes
) -> None:
    """Scanned in its own encoding a text has the same rows as in UTF-8, also with bad bytes."""
    if separator.encode(encoding, "replace") == b"?":
        separator = ","
    data = text.encode(encoding, "replace") + bad
    utf8 = to_utf8(data, encoding)
    found = scan_source(data, encoding, separator, final=True)
    expected = scan(utf8, separator.encode(), final=True)

    assert found.blank.tolist() == expected.blank.tolist()
    assert found.open_quote == expected.open_quote
    if not bad:
        ends = [source_length(utf8[:end], encoding) for end in expected.ends.tolist()]
        assert found.ends.tolist() == ends


@given(st.lists(st.sampled_from(PARTS + WIDE), max_size=20).map("".join), st.integers(0, 40))
def test_half_a_character_waits_for_the_other_half(text: str, cut: int) -> None:
    """A block may end within a character: what is unfinished is scanned with the next one."""
    data = text.encode("utf-16-le")
    first = scan_source(data[:cut], Encoding.UTF_16_LE, ",", final=False)
    rest = scan_source(data[first.rest :], Encoding.UTF_16_LE, ",", final=True)
    whole = scan_source(data, Encoding.UTF_16_LE, ",", final=True)

    assert [*first.ends, *(rest.ends + first.rest)] == whole.ends.tolist()
