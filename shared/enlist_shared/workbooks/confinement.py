"""What a child takes away from itself before it looks at a workbook."""

import ctypes
import resource
from typing import Final

from enlist_shared.workbooks.limits import Limits

_NEW_NETWORK: Final = 0x40000000  # CLONE_NEWNET of sched.h
_NEW_USER: Final = 0x10000000  # CLONE_NEWUSER: lets those who are not root have a network


def confine(limits: Limits) -> None:
    """Leave only standard input and output, for good; everything must be imported by now.

    Without a descriptor to give, nothing can be opened: no file, no socket, no other program.
    Where the system allows it, there is no network to reach either.
    """
    libc = ctypes.CDLL(None)
    if libc.unshare(_NEW_NETWORK):
        libc.unshare(_NEW_NETWORK | _NEW_USER)
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
    ):
        _lower(what, most)


def _lower(what: int, most: int) -> None:
    """Below what the system allows already, if that is less."""
    _, allowed = resource.getrlimit(what)
    if allowed != resource.RLIM_INFINITY:
        most = min(most, allowed)
    resource.setrlimit(what, (most, most))
