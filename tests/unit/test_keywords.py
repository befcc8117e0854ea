"""What an inbound message means: its first word, whatever it is written like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist_rules.keywords import (
    RESERVED,
    START_WORDS,
    STOP_WORDS,
    Effect,
    first_word,
    meaning,
    word_key,
)
from enlist_rules.numbers.inbound import Sender, sender, virtual_number

OWN = {"join": Effect.JOIN, "basta": Effect.STOP, "si": Effect.START}
MEANT = {
    "STOP": "stop",
    "stop": "stop",
    "  Stop  texting me": "stop",
    "Stop!": "stop",
    "“Stop”": "stop",
    "S.T.O.P.": "stop",
    "stop,please": "stop",
    "stop/unsubscribe": "stop",
    "🛑 STOP": "stop",
    "ＳＴＯＰ": "stop",
    "𝐒𝐓𝐎𝐏": "stop",
    "st\u200bop": "stop",
    "STOP\u00a0ALL": "stop",
    "StopAll": "stop",
    "ARRÊT": "stop",
    "arre\u0302t": "stop",
    "Stopp": "stop",
    "un-subscribe": "stop",
    "UNSUBSCRİBE": "stop",
    "End": "stop",
    "cancel": "stop",
    "QUIT.": "stop",
    "Start": "start",
    "UN-STOP": "start",
    "start-up": None,
    "start,please": None,
    "Join!": "join",
    "JOIN us": "join",
    "join,us": None,
    "¡Basta!": "stop",
    "basta,ya": "stop",
    "Sí": "start",
    "please stop": None,
    "nonstop": None,
    "stopping": None,
    "": None,
    " … 🙂": None,
}


@pytest.mark.parametrize("body", MEANT)
def test_the_first_word_decides(body: str) -> None:
    """Case, accents, punctuation and look-alikes of compatibility do not count."""
    word = first_word(body)
    means = None if word is None else meaning(word, OWN)
    assert (means and means.effect) == MEANT[body]


@given(st.sampled_from(sorted(RESERVED)), st.sampled_from(Effect))
def test_nothing_changes_what_everybodys_words_mean(word: str, effect: Effect) -> None:
    """An account's own word cannot take the place of STOP or START; STOP may take START's."""
    found, added = first_word(word), {word: effect}
    assert found is not None
    means = meaning(found, added)
    expected = Effect.STOP if word in STOP_WORDS or effect is Effect.STOP else Effect.START
    assert means == (expected, word)


@given(st.text(max_size=20), st.sampled_from(sorted(STOP_WORDS)), st.text(max_size=5))
def test_a_stop_word_is_heard_whatever_follows(before: str, word: str, after: str) -> None:
    """Signs before it and words after it do not hide it."""
    signs = "".join(char for char in before if not word_key(char) and not char.isspace())
    for body in (f"{signs} {word} {after}", f"{word.upper()},{after}"):
        found = first_word(body)
        assert found is not None
        means = meaning(found, {})
        assert means is not None
        assert means.effect is Effect.STOP


def test_a_key_is_its_own_key() -> None:
    """What is compared is compared with itself."""
    for word in (*RESERVED, *OWN, "straße", "Ελλάδα", "हिन्दी"):
        assert word_key(word_key(word)) == word_key(word)
    assert {"start", "unstop"} == START_WORDS


@pytest.mark.parametrize(
    ("text", "who", "number"),
    [
        ("+447400123456", Sender("+447400123456", True), "+447400123456"),
        ("447400123456", Sender("+447400123456", True), "+447400123456"),
        ("0044 7400-123456", Sender("+447400123456", True), "+447400123456"),
        ("+4915112345678", Sender("+4915112345678", True), "+4915112345678"),
        ("+999123456789", Sender("+999123456789", False), None),
        ("07400123456", None, None),
        ("60777", None, "60777"),
        ("12", None, None),
        ("Bank", None, None),
        ("", None, None),
    ],
)
def test_numbers_of_a_message(text: str, who: Sender | None, number: str | None) -> None:
    """International, with a plus or not; only the number that is texted may be a short code."""
    assert (sender(text), virtual_number(text)) == (who, number)
