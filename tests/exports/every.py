"""All the exports, in the order in which `docs/exports.md` shows them."""

from pathlib import Path
from typing import Final

from tests.exports.address_books import ADDRESS_BOOKS
from tests.exports.business import BUSINESS

EVERY: Final = (*ADDRESS_BOOKS, *BUSINESS)
FILES: Final = Path(__file__).parent / "files"
