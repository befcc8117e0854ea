"""What lies where in the folder of a local stack, and who may use it."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self


class InUseError(Exception):
    """Another stack runs on this folder."""


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """The folder of one local stack; everything it keeps is below it."""

    root: Path

    @classmethod
    def at(cls, root: Path) -> Self:
        """The folder by its one absolute name, whatever we call it."""
        return cls(root.expanduser().resolve())

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def objects(self) -> Path:
        return self.root / "objects"

    def credentials(self, server: str | None = None) -> Path:
        """The secrets of the embedded PostgreSQL, or of the one at `server` (host:port)."""
        if server is None:
            return self.root / "credentials.json"
        return self.root / f"credentials.{re.sub(r'[^0-9A-Za-z.-]', '_', server)}.json"

    @property
    def processes(self) -> Path:
        return self.root / "processes.json"

    @property
    def ready(self) -> Path:
        return self.root / "ready.json"

    def log(self, name: str) -> Path:
        return self.root / "logs" / f"{name}.log"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folder ours alone; InUseError names the process that has it.

        The kernel gives the lock back when its holder dies, however it dies.
        """
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.root / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                holder = lock.read().strip() or "unknown"
                raise InUseError(
                    f"a stack already runs on {self.root} (process {holder}); "
                    "stop it first, or choose another --data-dir"
                ) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield
