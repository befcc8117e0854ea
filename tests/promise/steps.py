"""What happens to everybody's consent, step by step: each says what it does, and does it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from tests.promise.people import OUT, STATED, File
from tests.promise.world import World

Step = Callable[[World], Awaitable[None]]
FEW: Final = 0.002  # of everybody: how many persons, hands and calls speak in a step


async def everybody_states_consent(world: World) -> None:
    """import: everybody, the importer states consent"""
    await world.imported(File(world.everybody, "as stored", options=STATED))


async def a_third_opts_out(world: World) -> None:
    """import that opts out: a third, nationally spelled"""
    await world.imported(File(world.everybody[::3], "national", options=OUT))


async def everybody_again_dialled(world: World) -> None:
    """import: everybody as 0044…, consent stated"""
    await world.imported(File(world.everybody, "dialled", options=STATED))


async def persons_stop(world: World) -> None:
    """messages: STOP, spelled as people do"""
    for body in ("Stop!", "s.t.o.p", "ARRÊT", "unsubscribe, please"):
        numbers = world.some(FEW)
        await world.texted(body, numbers, world.now())
        world.out |= {*numbers}


async def hands_opt_out(world: World) -> None:
    """by hand: out"""
    numbers = world.some(FEW)
    assert await world.called(numbers, "opted_out", by_hand=True) == {201}
    world.out |= {*numbers}


async def calls_opt_out(world: World) -> None:
    """consent calls: out"""
    numbers = world.some(FEW)
    assert await world.called(numbers, "opted_out") == {201}
    world.out |= {*numbers}


async def some_stop_meanwhile(world: World) -> None:
    """import: half with names, bare digits, consent stated; some of them text STOP meanwhile"""
    half = world.everybody[::2]
    numbers = world.some(FEW, half)
    world.out |= {*numbers}
    file = File(half, "bare", name="Ann", options=STATED)
    await asyncio.gather(world.texted("STOP", numbers, world.now()), world.imported(file))


async def persons_start(world: World) -> None:
    """messages: START from some who are out: they are in again"""
    numbers = world.some(FEW, world.out)
    await world.texted("start", numbers, world.now())
    world.out -= {*numbers}


async def persons_join(world: World) -> None:
    """keyword: some who are out join a list: they are in again"""
    keyword = {"keyword": "Pizza", "number": "+447860039047", "list": "Pizza"}
    assert (await world.http.post("/v1/keywords", json=keyword)).status_code == 201
    numbers = world.some(FEW, world.out)
    await world.texted("PIZZA", numbers, world.now())
    world.out -= {*numbers}


async def calls_opt_in(world: World) -> None:
    """consent calls with evidence: some who are out are in again"""
    numbers = world.some(FEW, world.out)
    assert await world.called(numbers, "opted_in") == {201}
    world.out -= {*numbers}


async def hands_cannot_opt_in(world: World) -> None:
    """by hand: in, of some who are out: refused"""
    assert await world.called(world.some(FEW, world.out), "opted_in", by_hand=True) == {409}


async def everything_again(world: World) -> None:
    """redelivery: events and messages of all steps so far, in any order"""
    await world.redelivered(30)


async def starts_come_late(world: World) -> None:
    """messages: START, received before everything else was said"""
    await world.texted("START", world.some(FEW, world.out), world.now(days=-1))


async def hands_edit(world: World) -> None:
    """by hand: contacts are changed, deleted and typed again"""
    await world.edited(world.some(FEW / 2, world.out))


async def two_thirds_opt_out(world: World) -> None:
    """import that opts out: two thirds, guarded like a spreadsheet's cells"""
    numbers = [*world.everybody[1::3], *world.everybody[2::3]]
    await world.imported(File(numbers, "guarded", options=OUT))


async def whoever_came_back_stops(world: World) -> None:
    """messages: STOP from everybody who has come back"""
    numbers = sorted({*world.everybody} - world.out)
    await world.texted("Stopp.", numbers, world.now())
    world.out |= {*numbers}


async def by_number(world: World) -> None:
    """import: everybody, merged by number, consent stated"""
    options = {**STATED, "duplicates": "merge_by_number"}
    await world.imported(File(world.everybody, "bracketed", name="Bob", options=options))


async def skipping(world: World) -> None:
    """import: half, duplicates skipped, consent stated"""
    options = {**STATED, "duplicates": "skip"}
    await world.imported(File(world.everybody[1::2], "full-width", options=options))


async def on_whatsapp(world: World) -> None:
    """import: a tenth on WhatsApp, consent stated: it says nothing of the phone"""
    options = {**STATED, "channel": "whatsapp"}
    file = File(world.everybody[::10], "as a link", options=options, whatsapp=world.everybody[-1])
    await world.imported(file)


async def a_tenth_opts_out_again(world: World) -> None:
    """import that opts out: a tenth who are out; START from some of them comes late meanwhile"""
    tenth = File(world.everybody[::10], "without its zero", options=OUT)
    late = world.texted("START", world.some(FEW, tenth.numbers), world.now(days=-2))
    await asyncio.gather(late, world.imported(tenth))


async def everybody_once_more(world: World) -> None:
    """import: everybody, consent stated, after everything"""
    await world.imported(File(world.everybody, "national", name="Cat", options=STATED))


STEPS: Final[tuple[Step, ...]] = (
    everybody_states_consent,
    a_third_opts_out,
    everybody_again_dialled,
    persons_stop,
    hands_opt_out,
    calls_opt_out,
    some_stop_meanwhile,
    persons_start,
    persons_join,
    calls_opt_in,
    hands_cannot_opt_in,
    everything_again,
    starts_come_late,
    hands_edit,
    two_thirds_opt_out,
    whoever_came_back_stops,
    by_number,
    skipping,
    everything_again,
    on_whatsapp,
    a_tenth_opts_out_again,
    starts_come_late,
    everybody_once_more,
    everything_again,
)
