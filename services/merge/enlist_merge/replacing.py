"""`list_mode: replace`: who is on a list of the option and in no record leaves it.

Such an import is one shard, so that its classification is whole before anything is written, and
decides: where too many would leave, nothing is merged (docs/decisions/0020).
"""

from dataclasses import dataclass
from typing import Final

from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.rows import SLOTS
from enlist_shared.claims import Unit
from enlist_shared.ids import ListId
from enlist_shared.postgres import Connection
from enlist_shared.statements import statements

SQL: Final = statements(__package__, "replacing.sql")
EVERY_SLOT: Final = list(range(SLOTS))


@dataclass(frozen=True, slots=True)
class Replacing:
    """The steps that such an import takes beside those of every import."""

    unit: Unit
    lists: tuple[ListId, ...]
    most: float
    timeout: float

    async def leaving(self, connection: Connection, live: list[ListId]) -> int:
        """How many memberships go.

        Raises:
            PermanentFailure: `options`, when of one list more would go than may.
        """
        await connection.execute(SQL["hash_everybody"])
        rows = await connection.fetch(SQL["leaving"], *self._of(live), timeout=self.timeout)
        worst = max((row["leaving"] / row["members"] for row in rows), default=0.0)
        if worst > self.most:
            refuse(f"{worst:.1%} of a list would leave it, {self.most:.1%} may")
        return sum(row["leaving"] for row in rows)

    async def remove(self, connection: Connection, live: list[ListId], seq: int) -> None:
        """Take them off; undo will need them as they were."""
        arguments = *self._of(live), self.unit.import_id, seq
        await connection.execute(SQL["remove_untouched"], *arguments, timeout=self.timeout)

    def _of(self, live: list[ListId]) -> tuple[object, list[ListId]]:
        return self.unit.account_id, [each for each in self.lists if each in live]


def refuse(why: str) -> None:
    """Nothing is merged; the importer can say that it is meant."""
    raise PermanentFailure(Code.OPTIONS, f"max_unlisted_ratio: {why}")
