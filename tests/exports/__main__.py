"""Writes the files: `python -m tests.exports`."""

from tests.exports.every import EVERY, FILES

if __name__ == "__main__":
    FILES.mkdir(exist_ok=True)
    for export in EVERY:
        (FILES / f"{export.name}.csv").write_bytes(export.render())
