"""A file as a program exports it, made from the columns that it writes and a few people."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Person = Mapping[str, str]


@dataclass(frozen=True)
class Export:
    """What one program writes: its columns, what it quotes, and who is in the file."""

    name: str
    title: str
    columns: Sequence[str]
    people: Sequence[Person]
    encoding: str = "utf-8"
    separator: str = ","
    quote_all: bool = False
    footer: str = ""

    def render(self) -> bytes:
        """The bytes of the file; a value without a column would be a mistake and raises."""
        text = io.StringIO()
        writer = csv.DictWriter(
            text,
            self.columns,
            restval="",
            delimiter=self.separator,
            quoting=csv.QUOTE_ALL if self.quote_all else csv.QUOTE_MINIMAL,
        )
        writer.writeheader()
        writer.writerows(self.people)
        return (text.getvalue() + self.footer).encode(self.encoding)
