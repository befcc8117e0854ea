"""Writes the inputs of the cases that a script makes: `.venv/bin/python -m tests.cases.make`.

An input that is too large to be kept is made when the tests need it. A new case gets the reference
model's answer: read it, before you believe it. The model reads a character at a time, so that the
answer to a very large input has to be written by hand.
"""

import json
from pathlib import Path
from typing import Any, Final

from tests.cases import cells, columns, dialects, texts
from tests.cases.recipe import Recipe
from tests.model.account import Account
from tests.model.classification import Contact
from tests.pipeline.checks import without_outcomes

HERE: Final = Path(__file__).parent
KEPT: Final = 40_000
"""Bytes of an input that is kept in its folder."""
MODELLED: Final = 200_000
"""Bytes of an input that the model reads in a reasonable time."""
RECIPES: Final[dict[str, Recipe]] = (
    texts.RECIPES | dialects.RECIPES | columns.RECIPES | cells.RECIPES
)


def input_of(case: Path) -> bytes:
    """The bytes of a case's file, kept or made."""
    kept = case / "input.csv"
    return kept.read_bytes() if kept.exists() else RECIPES[case.name].data


def shown(result: dict[str, Any], outcomes: list[Any], contacts: list[Contact]) -> dict[str, Any]:
    """A result as `expected.json` says it: counts that are not 0; outcomes and contacts, if few."""
    few = len(outcomes) <= 60
    return result | {
        "counts": {name: count for name, count in result["counts"].items() if count},
        "outcomes": [list(outcome) for outcome in outcomes] if few else len(outcomes),
        "contacts": [_shown_contact(contact) for contact in contacts] if few else len(contacts),
    }


def modelled(data: bytes, options: dict[str, Any]) -> dict[str, Any]:
    """What the reference model says of a file."""
    account = Account()
    result = account.import_file(data, options)
    contacts = [contact for _, contact in sorted(account.contacts.items())]
    return shown(without_outcomes(result), result.outcomes, contacts)


def main() -> None:
    for name, recipe in RECIPES.items():
        folder = HERE / name
        folder.mkdir(exist_ok=True)
        folder.joinpath("why.md").write_text(recipe.why + "\n", encoding="utf-8")
        if len(recipe.data) <= KEPT:
            folder.joinpath("input.csv").write_bytes(recipe.data)
        answer = folder / "expected.json"
        if not answer.exists() and len(recipe.data) <= MODELLED:
            expected = {"options": recipe.options} | modelled(recipe.data, recipe.options)
            text = json.dumps(expected, ensure_ascii=False, indent=1)
            answer.write_text(text + "\n", encoding="utf-8")
            print(f"new: {name}")


def _shown_contact(contact: Contact) -> dict[str, Any]:
    kept = {"channels": sorted(contact.channels), "lists": sorted(contact.lists)}
    return {"number": contact.number, **contact.fields, **kept}


if __name__ == "__main__":
    main()
