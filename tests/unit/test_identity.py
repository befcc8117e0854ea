"""Name keys: the same name in other spellings, and only that, has the same key."""

import unicodedata

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.identity import name_key as model_key

from enlist_rules.identity import name_key, name_keys

KEYS = [
    ("Ann", "ann"),
    ("  ANN  ", "ann"),
    ("\ufeffAnn\u200b", "ann"),
    ("Ann\u00a0\t Lee", "ann lee"),
    ("Ann\r\nLee", "ann lee"),
    ("Straße", "strasse"),
    ("STRASSE", "strasse"),
    ("Jose\u0301", "josé"),
    ("JOSÉ", "josé"),
    ("ΣΊΣΥΦΟΣ", "σίσυφοσ"),
    ("İstanbul", "i̇stanbul"),
    ("ﬁn", "fin"),
    ("O'Neil", "o'neil"),
    ("", ""),
    (" \u3000\t", ""),
    ("ann\u001clee", "ann\u001clee"),
]
names = st.text(
    st.sampled_from("aAßſﬁİıΣσςéÉe\u0301\u0345ǰΐ \t\n\u00a0\u2003\u3000\u200b\ufeff\x85'-")
    | st.characters(exclude_categories=["Cs"]),
    max_size=12,
)


@pytest.mark.parametrize(("name", "key"), KEYS)
def test_a_key(name: str, key: str) -> None:
    """NFC, trimmed, one space, case folded, NFC."""
    assert name_key(name) == unicodedata.normalize("NFC", key)


@given(names)
def test_a_key_is_the_models_and_its_own(name: str) -> None:
    """The reference model finds the same key, and a key of a key is itself."""
    assert name_key(name) == model_key(name)
    assert name_key(name_key(name)) == name_key(name)


@given(st.lists(st.none() | names, max_size=8))
def test_a_column_has_the_keys_of_its_names(column: list[str | None]) -> None:
    """Whole columns agree with one name at a time; a null has the key of a blank."""
    keys = name_keys(pl.Series(column, dtype=pl.String))
    assert keys.to_list() == [name_key(name or "") for name in column]
