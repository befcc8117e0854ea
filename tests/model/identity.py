"""Name keys (contacts.md, Identity)."""

import unicodedata

from tests.model.records import TRIMMED, WHITE_SPACE


def name_key(name: str) -> str:
    """NFC, trim, runs of whitespace to one space, full case folding, NFC."""
    text = unicodedata.normalize("NFC", name).strip(TRIMMED)
    words = "".join(" " if char in WHITE_SPACE else char for char in text).split(" ")
    folded = " ".join(word for word in words if word).casefold()
    return unicodedata.normalize("NFC", folded)
