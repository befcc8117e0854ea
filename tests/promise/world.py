"""One account and everything that may happen to the consent of its people."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg
import httpx2
from tests.fixtures.pipeline import Pipeline
from tests.promise.people import File

from enlist_ingest.messages import Messages
from enlist_shared.events import ChunkNormalized, ShardReady, SmsReceived

VIRTUAL: Final = "+447860039047"
_AT_ONCE: Final = 4
_OUT: Final = "SELECT number FROM consents WHERE state = 'opted_out' AND channel = 'phone'"


@dataclass(slots=True)
class World:
    """`out` are those who are opted out by phone, as the rules have it; `met` those who were opted
    out and then stood in an import with purpose contacts."""

    pipeline: Pipeline
    http: httpx2.AsyncClient
    messages: Messages
    rows: asyncpg.Connection
    everybody: list[str]
    chance: random.Random
    out: set[str] = field(default_factory=set)
    met: set[str] = field(default_factory=set)
    heard: list[SmsReceived] = field(default_factory=list)
    events: list[ChunkNormalized | ShardReady] = field(default_factory=list)

    def some(self, share: float, among: Iterable[str] | None = None) -> list[str]:
        """A random part of everybody, or of some of them."""
        pool = self.everybody if among is None else sorted(among)
        return self.chance.sample(pool, min(len(pool), max(1, int(len(self.everybody) * share))))

    async def imported(self, file: File) -> None:
        """A file goes through the pipeline, its shards at once."""
        shards = await self.pipeline.merging(file.body, self._options(file), **self._sizes)
        self.events += [*(event for _, _, event in self.pipeline.said), *shards]
        await asyncio.gather(*map(self.pipeline.merger.on_shard_ready, shards))
        await self._completed(shards[0])
        if file.options.get("purpose") == "opt_out":
            self.out |= {*file.numbers}
        else:
            self.met |= self.out & {*file.numbers}

    async def redelivered(self, times: int) -> None:
        """Events of imports and messages that came long ago come again, in any order."""
        for event in self.chance.choices(self.events, k=times):
            if isinstance(event, ShardReady):
                await self.pipeline.merger.on_shard_ready(event)
            else:
                await self.pipeline.merger.on_chunk_normalized(event)
        again = self.chance.choices(self.heard, k=times) if self.heard else []
        await self._each(again, self.messages.hear)

    async def texted(self, body: str, numbers: Sequence[str], received_at: datetime) -> None:
        """Each of them texts, at this moment; messages arrive in no order."""
        said = [
            SmsReceived(
                account_id=self.pipeline.account_id,
                message_id=f"{len(self.heard) + place}",
                sender=number,
                to=VIRTUAL,
                body=body,
                received_at=received_at,
            )
            for place, number in enumerate(numbers)
        ]
        self.heard += said
        await self._each(self.chance.sample(said, len(said)), self.messages.hear)

    async def called(
        self, numbers: Sequence[str], state: str, *, by_hand: bool = False
    ) -> set[int]:
        """Consent calls, or entries by hand; the statuses of the answers."""
        statuses: set[int] = set()
        path, evidence = ("/by-hand", {}) if by_hand else ("", {"evidence": "call 4711"})

        async def call(number: str) -> None:
            body = {"number": number, "state": state} | evidence
            statuses.add((await self.http.post(f"/v1/consents{path}", json=body)).status_code)

        await self._each(numbers, call)
        return statuses

    async def edited(self, numbers: Sequence[str]) -> None:
        """Hands change contacts, delete some, and type them again."""

        async def edit(number: str) -> None:
            found = (await self.http.get("/v1/contacts", params={"number": number})).json()
            path = f"/v1/contacts/{found['contacts'][0]['contact_id']}"
            assert (await self.http.patch(path, json={"city": "Leeds"})).status_code == 200
            if self.chance.random() < 0.5:
                assert (await self.http.delete(path)).status_code == 204
            typed = await self.http.post("/v1/contacts", json={"phone_number": number})
            assert typed.status_code in (200, 201)

        await self._each(numbers, edit)

    async def recipients(self, list_id: int) -> int:
        """How many of a list may be texted."""
        answer = await self.http.get(f"/v1/lists/{list_id}/audience")
        return answer.text.count('"number"')

    async def agree(self) -> None:
        """The database says of everybody's opt-outs what the rules say."""
        found = {row["number"] for row in await self.rows.fetch(_OUT)}
        assert found == self.out, f"{len(found - self.out)} too many, {len(self.out - found)} lost"

    def now(self, **later: float) -> datetime:
        return datetime.now(UTC) + timedelta(**later)

    async def _each(self, things: Sequence[Any], act: Callable[[Any], Awaitable[None]]) -> None:
        """Several at a time."""
        queue = iter(things)

        async def work() -> None:
            for thing in queue:
                await act(thing)

        await asyncio.gather(*(work() for _ in range(_AT_ONCE)))

    async def _completed(self, shard: ShardReady) -> None:
        question = "SELECT status, rejected FROM imports WHERE import_id = $1"
        row = await self.rows.fetchrow(question, shard.import_id)
        assert row is not None
        assert tuple(row) == ("completed", 0)

    def _options(self, file: File) -> dict[str, Any]:
        lists = {} if file.options.get("purpose") == "opt_out" else {"lists": ["Everybody"]}
        return {"convert_national": True} | lists | file.options

    @property
    def _sizes(self) -> dict[str, int]:
        """Several chunks and several shards, however many people there are."""
        return {
            "chunk_bytes": 8 * len(self.everybody),
            "shard_records": max(1, len(self.everybody) // 4),
        }
