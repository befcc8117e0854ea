"""Which encoding of one byte a character a text is likely in, by the letters that it would hold.

For each encoding and each language that is written in it, every byte beyond ASCII is a letter that
is more or less frequent there, in a place where such a character stands or does not: a symbol
within a word, a capital after a small letter, are signs of another encoding. The best explanation
by all bytes together wins (naive Bayes); what it is worth beside the others is the confidence.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from enlist_rules.encodings import REPLACEMENT, Encoding
from enlist_rules.letters import LETTERS

_WEST: Final = ("da", "de", "es", "et", "fi", "fr", "ga", "is", "it", "nl", "no", "pt", "sv")
_CENTRAL: Final = ("cs", "hr", "hu", "pl", "ro", "sk", "sl")
# How usual each encoding is among contact files, and the languages that are written in it.
_ENCODINGS: Final[dict[Encoding, tuple[float, tuple[str, ...]]]] = {
    Encoding.WINDOWS_1252: (0.76, _WEST),
    Encoding.ISO_8859_15: (0.06, _WEST),
    Encoding.WINDOWS_1250: (0.05, _CENTRAL),
    Encoding.ISO_8859_2: (0.04, _CENTRAL),
    Encoding.WINDOWS_1251: (0.03, ("bg", "ru", "uk")),
    Encoding.MAC_ROMAN: (0.015, _WEST),
    Encoding.IBM_850: (0.015, _WEST),
    Encoding.WINDOWS_1254: (0.01, ("tr",)),
    Encoding.KOI8_R: (0.005, ("ru",)),
    Encoding.WINDOWS_1253: (0.005, ("el",)),
    Encoding.WINDOWS_1257: (0.01, ("et", "lt", "lv")),
}
# What stands in texts of every language, in the same thousandths as the letters of one.
_SIGNS: Final = {
    **dict.fromkeys("’\xa0–", 15.0),
    **dict.fromkeys("€‘“”£—º°", 5.0),
    **dict.fromkeys("ª«»´…·•„©®™½¼¾¿¡²³", 1.0),
}
_BORROWED: Final = 0.1
"""The share of letters from the names of neighbours."""
_RARE: Final = 0.05
_UNHEARD_OF: Final = 0.0001
# Factors for a character in a place where it hardly ever stands.
_IMPOSSIBLE: Final = 1e-8
_SIGN_WITHIN_A_WORD: Final = 0.02
_CAPITAL_AFTER_SMALL: Final = 0.05
_SCRIPTS_MIXED: Final = 0.02
_LETTER_ALONE: Final = 0.1
_THIRD_ACCENT: Final = 0.01
_WORST_FIT: Final = -6.5
"""The mean logarithm of a likelihood under which no explanation is one, of so many bytes."""
_FIT_BYTES: Final = 10
_SAMPLE: Final = 100_000
# What stands before and after a byte.
_AFTER_SMALL: Final = 1
_BESIDE_LETTER: Final = 2
_WITHIN_WORD: Final = 4
_ALONE: Final = 8
_AMONG_OWN: Final = 16
_PLACES: Final = 32


def likeliest(text: bytes) -> tuple[Encoding, float]:
    """The likeliest encoding of bytes that are not UTF-8, and how sure that is, from 0 to 1.

    Encodings that make the same of these bytes count as one, under the name of the likeliest.
    """
    counts = _counted(text)
    present = bytes(128 + byte for byte in np.flatnonzero(counts.reshape(128, _PLACES).any(axis=1)))
    labels, weights = _explanations()
    logs = weights @ counts + _prior_logs()
    shares = np.exp(logs - logs.max())
    sums: dict[str, float] = {}
    for label, share in zip(labels, shares.tolist(), strict=True):
        reading = present.decode(label, "replace")
        sums[reading] = sums.get(reading, 0.0) + share
    best = labels[int(np.argmax(logs))]
    reading = max(sums, key=sums.__getitem__)
    named = next(each for each in (best, *_ENCODINGS) if present.decode(each, "replace") == reading)
    fits = counts.sum() < _FIT_BYTES or logs.max() / counts.sum() > _WORST_FIT
    return named, sums[reading] / sum(sums.values()) * (1 if fits else 0.5)


def _counted(text: bytes) -> NDArray[np.int64]:
    """How often each byte beyond ASCII stands in each kind of place; the first ones suffice."""
    data = np.frombuffer(b" " + text + b" ", dtype=np.uint8)
    at = np.flatnonzero(data >= 128)[:_SAMPLE]
    before, after = data[at - 1], data[at + 1]
    small = _between(before, b"az")
    letter_before = small | _between(before, b"AZ")
    letter_after = _between(after, b"az") | _between(after, b"AZ")
    places = small * _AFTER_SMALL
    places += (letter_before | letter_after) * _BESIDE_LETTER
    places += (letter_before & letter_after) * _WITHIN_WORD
    places += ~(letter_before | letter_after | (before >= 128) | (after >= 128)) * _ALONE
    places += ((before >= 128) & (after >= 128)) * _AMONG_OWN
    cells = (data[at].astype(np.int64) - 128) * _PLACES + places
    return np.bincount(cells, minlength=128 * _PLACES)


def _between(data: NDArray[np.uint8], bounds: bytes) -> NDArray[np.bool_]:
    return np.asarray((data >= bounds[0]) & (data <= bounds[1]))


@lru_cache(maxsize=1)
def _explanations() -> tuple[list[Encoding], NDArray[np.float64]]:
    """For each language in each encoding, the logarithms of how likely a byte is in a place."""
    pairs = [(encoding, of) for encoding, (_, all_of) in _ENCODINGS.items() for of in all_of]
    rows = [list(_likelihoods(encoding, language)) for encoding, language in pairs]
    return [encoding for encoding, _ in pairs], np.log(np.array(rows))


@lru_cache(maxsize=1)
def _prior_logs() -> NDArray[np.float64]:
    shares = [share / len(of) for share, of in _ENCODINGS.values() for _ in of]
    return np.asarray(np.log(np.array(shares)))


def _likelihoods(encoding: Encoding, language: str) -> Iterator[float]:
    """For each byte beyond ASCII, for each place."""
    letters = _letters(language, _ENCODINGS[encoding][1])
    for byte in range(128, 256):
        character = bytes([byte]).decode(encoding, "replace")
        usual = letters.get(character, _RARE if character.isalpha() else _UNHEARD_OF)
        share = max(usual, _SIGNS.get(character, 0.0)) / 1000
        for place in range(_PLACES):
            yield share * _likelihood_in(character, place)


def _letters(language: str, neighbours: tuple[str, ...]) -> dict[str, float]:
    """The thousandths of a language's letters, a few of them borrowed."""
    letters: dict[str, float] = {}
    for each in neighbours:
        share = _BORROWED / len(neighbours) + (1 - _BORROWED) * (each == language)
        for part in LETTERS[each].split():
            letters[part[0]] = letters.get(part[0], 0.0) + share * float(part[1:])
    return letters


def _likelihood_in(character: str, place: int) -> float:
    """By how much less likely a character is in a place than it is by itself."""
    if character == REPLACEMENT or "\x80" <= character <= "\x9f":
        return _IMPOSSIBLE
    if not character.isalpha():
        return _SIGN_WITHIN_A_WORD if place & _WITHIN_WORD and character != "’" else 1.0
    if character > "\u036f":  # Greek or Cyrillic
        return _SCRIPTS_MIXED if place & _BESIDE_LETTER else 1.0
    if character.isupper() and place & _AFTER_SMALL:
        return _CAPITAL_AFTER_SMALL
    if place & _AMONG_OWN:
        return _THIRD_ACCENT
    return _LETTER_ALONE if place & _ALONE else 1.0
