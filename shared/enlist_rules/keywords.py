"""What an inbound message means: its first word, compared as people write it on a phone.

Case, accents, punctuation, emoji and invisible marks do not count: `Stop!`, `S.T.O.P.`, `ARRÊT`
and full-width letters are the words that they look like. The word that is compared is the first
that has a letter or a digit. A word that opts out is also heard where punctuation ends it
(`stop,please`): to miss one is worse than to take one too many. A word that opts in stands alone.
"""

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple


class Effect(StrEnum):
    """What a word does: it opts in and joins a list, opts out, or opts in."""

    JOIN = "join"
    STOP = "stop"
    START = "start"


class Meaning(NamedTuple):
    """What a message does, and the word (as it is compared) that says so."""

    effect: Effect
    word_key: str


class FirstWord(NamedTuple):
    """A message's first word as it is compared: whole, and up to the first punctuation in it."""

    whole: str
    start: str


_RUN: Final = re.compile(r"[^\W_]+")


def word_key(text: str) -> str:
    """A text as keywords are compared: letters and digits alone, without case and accents."""
    return "".join(char for char in _plain(text) if char.isalnum())


def _plain(text: str) -> str:
    """Without case, accents and marks that are not seen; compatibility forms (NFKD) are one."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(
        char
        for char in unicodedata.normalize("NFKD", decomposed)
        if unicodedata.category(char) not in ("Mn", "Me", "Cf")
    )


STOP_WORDS: Final = frozenset(
    map(
        word_key,
        ("STOP", "END", "CANCEL", "UNSUBSCRIBE", "QUIT", "STOPALL", "ARRET", "STOPP"),
    )
)
START_WORDS: Final = frozenset(map(word_key, ("START", "UNSTOP")))
RESERVED: Final = STOP_WORDS | START_WORDS


def first_word(body: str) -> FirstWord | None:
    """None where no word has a letter or a digit."""
    for word in body.split():
        if whole := word_key(word):
            return FirstWord(whole, _RUN.findall(_plain(word))[0])
    return None


def meaning(word: FirstWord, added: Mapping[str, Effect]) -> Meaning | None:
    """What a message with this first word does; `added` are the account's own words by their key.

    Opting out comes before everything else, and the words that everybody has before the account's.
    """
    for key in word:
        if key in STOP_WORDS or added.get(key) is Effect.STOP:
            return Meaning(Effect.STOP, key)
    if word.whole in START_WORDS:
        return Meaning(Effect.START, word.whole)
    effect = added.get(word.whole)
    return None if effect is None else Meaning(effect, word.whole)
