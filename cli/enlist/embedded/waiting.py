"""Waiting for a condition, and ports that are free."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import Final

LOOPBACK: Final = "127.0.0.1"
INTERVAL: Final = 0.05  # seconds between two looks at a condition

Condition = Callable[[], Awaitable[bool]]


async def wait_for(condition: Condition, seconds: float, interval: float = INTERVAL) -> None:
    """Return once the condition holds; TimeoutError after so many seconds."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - another process makes it true
            await asyncio.sleep(interval)


async def accepts(port: int) -> bool:
    """Whether somebody listens on the loopback port."""
    try:
        _, writer = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        return False
    writer.close()
    return True


async def answers(port: int, path: str) -> bool:
    """Whether a GET of the path on this loopback port succeeds; far cheaper than an HTTP client."""
    try:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        with closing(writer):
            request = f"GET {path} HTTP/1.1\r\nHost: {LOOPBACK}\r\nConnection: close\r\n\r\n"
            writer.write(request.encode())
            return (await reader.readline()).startswith(b"HTTP/1.1 2")
    except OSError:
        return False


def free_port() -> int:
    """A loopback port nobody listens on now; whoever takes it first has it."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port
