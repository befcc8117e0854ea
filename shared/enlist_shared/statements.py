"""SQL is SQL: named statements in `.sql` files beside the code that runs them.

A statement begins with a line `-- name: <name>`; what comments follow belong to it.
"""

import re
from importlib import resources
from typing import Final

_NAME: Final = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


def statements(package: str, file: str) -> dict[str, str]:
    """The statements of `package/sql/file` by name.

    Raises:
        ValueError: a name stands twice, or the file holds no named statement.
    """
    text = (resources.files(package) / "sql" / file).read_text(encoding="utf-8")
    _, *parts = _NAME.split(text)
    names, bodies = parts[::2], parts[1::2]
    if not names or len(set(names)) != len(names):
        raise ValueError(f"{package}/sql/{file}: names are missing or stand twice")
    return dict(zip(names, (body.strip() for body in bodies), strict=True))
