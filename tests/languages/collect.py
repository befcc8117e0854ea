"""Counts the letters of many languages, and keeps words that were not counted for the tests.

Names and places come from Faker, which is no dependency of the project:
`uv run --with faker python -m tests.languages.collect`. Half of each language's words is counted
into `shared/enlist_rules/letters.py`, from the other half come the words in `words.json`.
"""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Final

from faker import Faker

_LOCALES: Final = {
    "bg": ("bg_BG",),
    "cs": ("cs_CZ",),
    "da": ("da_DK",),
    "de": ("de_DE", "de_AT"),
    "el": ("el_GR",),
    "es": ("es_ES", "es_MX"),
    "et": ("et_EE",),
    "fi": ("fi_FI",),
    "fr": ("fr_FR", "fr_CA"),
    "ga": ("ga_IE",),
    "hr": ("hr_HR",),
    "hu": ("hu_HU",),
    "is": ("is_IS",),
    "it": ("it_IT",),
    "lt": ("lt_LT",),
    "lv": ("lv_LV",),
    "nl": ("nl_NL", "nl_BE"),
    "no": ("no_NO",),
    "pl": ("pl_PL",),
    "pt": ("pt_PT", "pt_BR"),
    "ro": ("ro_RO",),
    "ru": ("ru_RU",),
    "sk": ("sk_SK",),
    "sl": ("sl_SI",),
    "sv": ("sv_SE",),
    "tr": ("tr_TR",),
    "uk": ("uk_UA",),
}
# Faker knows hardly any Italian word with an accent.
_ITALIAN: Final = (
    *("Forlì", "Cefalù", "Patanè", "Viganò", "Nicolò", "Niccolò", "Città", "Libertà", "Cantù"),
    *("Mondovì", "Canicattì", "Salò", "Carrù", "Unità", "Trinità", "Carità", "Mosè", "Noè"),
)
# Romanian in one byte has the cedilla, not the comma.
_CEDILLAS: Final = str.maketrans("șțȘȚ", "şţŞŢ")
_ROUNDS: Final = 1500
_KEPT: Final = 60
_FOLDER: Final = Path(__file__).parent
_LETTERS: Final = _FOLDER.parents[1] / "shared" / "enlist_rules" / "letters.py"


def words_of(language: str) -> list[str]:
    """Distinct names, towns and streets, shuffled, but always alike."""
    found: set[str] = set(_ITALIAN) if language == "it" else set()
    for locale in _LOCALES[language]:
        fake = Faker(locale)
        fake.seed_instance(1)
        for _ in range(_ROUNDS):
            found |= {fake.first_name(), fake.last_name(), fake.city(), fake.street_name()}
    words = sorted({word.strip().translate(_CEDILLAS) for word in found if "_" not in word})
    random.Random(7).shuffle(words)
    return words


def weights(words: list[str]) -> str:
    """How often each letter beyond ASCII stands among a thousand of them, one word in six big."""
    text = " ".join([*words, *(word.upper() for word in words[::6])])
    counts = Counter(char for char in text if char > "\x7f" and char.isalpha())
    shares = ((char, round(count * 1000 / counts.total())) for char, count in counts.most_common())
    return " ".join(f"{char}{share}" for char, share in shares if share)


def kept(words: list[str]) -> list[str]:
    """Words for the tests: as many with letters beyond ASCII as without."""
    odd = [word for word in words if not word.isascii()]
    return odd[:_KEPT] + [word for word in words if word.isascii()][:_KEPT]


def in_lines(parts: list[str], glue: str) -> list[str]:
    """The parts, joined by `glue` as long as a line has room."""
    lines = [parts[0]]
    for part in parts[1:]:
        if len(lines[-1]) + len(part) > 80:
            lines[-1] += glue
            lines.append(part)
        else:
            lines[-1] += glue + part
    return lines


def main() -> None:
    words = {language: words_of(language) for language in _LOCALES}
    counted = {language: weights(words[language][::2]) for language in words}
    head = (
        '"""How often a letter beyond ASCII stands among a thousand of them, by language.\n\n'
        'Made by `tests/languages/collect.py` from the names and places of Faker (MIT).\n"""\n\n'
        "from typing import Final\n\nLETTERS: Final[dict[str, str]] = {\n"
    )
    parts = [head]
    for language, text in counted.items():
        lines = "\n".join(f'        "{line}"' for line in in_lines(text.split(), " "))
        parts.append(f'    "{language}": (\n{lines}\n    ),\n')
    _LETTERS.write_text("".join([*parts, "}\n"]), encoding="utf-8")
    held_out = {language: in_lines(kept(words[language][1::2]), "|") for language in words}
    text = json.dumps(held_out, ensure_ascii=False, indent=1)
    _FOLDER.joinpath("words.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
