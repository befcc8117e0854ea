"""Contact files in many languages and encodings, of words that no letter was counted in."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

WORDS: Final[dict[str, list[str]]] = {
    language: "".join(lines).split("|")
    for language, lines in json.loads(
        Path(__file__).with_name("words.json").read_text(encoding="utf-8")
    ).items()
}
WEST: Final = ("da", "de", "es", "et", "fi", "fr", "ga", "is", "it", "nl", "no", "pt", "sv")
CENTRAL: Final = ("cs", "hr", "hu", "pl", "ro", "sk", "sl")
# What is promised, and what is known besides.
PROMISED: Final = {
    "windows-1252": WEST,
    "iso-8859-1": WEST,
    "iso-8859-15": WEST,
    "iso-8859-2": CENTRAL,
}
KNOWN: Final = {
    "windows-1250": CENTRAL,
    "windows-1251": ("bg", "ru", "uk"),
    "windows-1253": ("el",),
    "windows-1254": ("tr",),
    "windows-1257": ("et", "lt", "lv"),
    "koi8-r": ("ru",),
    "mac-roman": ("de", "es", "fr", "it", "pt"),
    "ibm850": ("da", "de", "es", "fr", "it"),
}
# Encodings that nobody can name here: none of them may be taken for another one.
FOREIGN: Final = {"ibm852": ("pl", "cs"), "ibm866": ("ru",), "iso-8859-5": ("ru",)}
ROWS: Final = (1, 3, 10, 100)


@dataclass(frozen=True)
class Sample:
    """A file and what it is; `text` is what it must be read as."""

    encoding: str
    language: str
    rows: int
    text: str

    @property
    def data(self) -> bytes:
        return self.text.encode(self.encoding)


def samples(kinds: dict[str, tuple[str, ...]], each: int = 6) -> Iterator[Sample]:
    """Files of 1 to 100 rows, always the same ones; each holds something beyond ASCII."""
    chance = random.Random(11)
    for encoding, languages in kinds.items():
        for language in languages:
            for rows in ROWS:
                for number in range(each):
                    text = _text(chance, language, rows, _signs(encoding, number))
                    if encodable(text, encoding) and not text.isascii():
                        yield Sample(encoding, language, rows, text)


def _text(chance: random.Random, language: str, rows: int, signs: str) -> str:
    lines = ["phone,first name,last name,city,note"]
    for _ in range(rows):
        words = [chance.choice(WORDS[language]) for _ in range(3)]
        if chance.random() < 0.1:
            words = [word.upper() for word in words]
        lines.append(",".join([f"+44{chance.randrange(10**9)}", *words, "x"]))
    lines[-1] = lines[-1][:-1] + signs
    return "\n".join(lines) + "\n"


def _signs(encoding: str, number: int) -> str:
    """What a spreadsheet or a person adds, in one file of three."""
    if number % 3 or encoding not in ("windows-1252", "windows-1250", "iso-8859-15"):
        return ""
    return "5 €" if encoding == "iso-8859-15" else "O’Brien – “12 €”"


def encodable(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
