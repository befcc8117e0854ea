"""Become a child that cannot outlive its supervisor, then become the program.

    python -I -S launch.py SUPERVISOR ORPHAN_SIGNAL USER PROGRAM [ARGUMENT]…

A program of its own, because code between fork and exec may deadlock a threaded parent. The
kernel sends ORPHAN_SIGNAL when the supervisor dies, however it dies. USER is `-` to stay as one
is, else the name to become: PostgreSQL refuses to run as root. The new user keeps root's right
to pass closed directories (CAP_DAC_OVERRIDE, as an ambient capability), so that a clone or a
data directory below a directory of mode 0700 works; no other right is kept.
"""

import ctypes
import os
import pwd
import sys
from typing import Final

PR_SET_PDEATHSIG: Final = 1
PR_SET_SECUREBITS: Final = 28
SECBIT_NO_SETUID_FIXUP: Final = 1 << 2
PR_CAP_AMBIENT: Final = 47
PR_CAP_AMBIENT_RAISE: Final = 2
CAP_DAC_OVERRIDE: Final = 1
CAPABILITY_VERSION_3: Final = 0x20080522


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilityHalf(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def _kernel(name: str, *arguments: object) -> None:
    """Call a function of the C library; OSError with its errno when it answers below 0."""
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _become(name: str) -> None:
    user = pwd.getpwnam(name)
    passage = sys.platform == "linux" and _may_keep_passage()
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    if passage:
        _keep_passage()


def _may_keep_passage() -> bool:
    """Let capabilities survive the change of user; a root that may not changes user only.

    The same bit makes access(2), with which initdb looks for its programs, honour them.
    """
    try:
        _kernel("prctl", PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    except PermissionError:
        return False
    return True


def _keep_passage() -> None:
    """Drop every capability but one; without even that one, directories must be open."""
    for mask in (1 << CAP_DAC_OVERRIDE, 0):
        halves = (_CapabilityHalf * 2)(_CapabilityHalf(mask, mask, mask))
        header = _CapabilityHeader(CAPABILITY_VERSION_3, 0)
        try:
            _kernel("capset", ctypes.byref(header), ctypes.byref(halves))
        except PermissionError:
            continue
        if mask:
            _kernel("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)
        return


def _die_with(supervisor: int, orphan_signal: int) -> None:
    if sys.platform == "linux":
        _kernel("prctl", PR_SET_PDEATHSIG, orphan_signal, 0, 0, 0)
    if os.getppid() != supervisor:
        sys.exit("the supervisor ended before the program began")


def main() -> None:
    supervisor, orphan_signal, user, *command = sys.argv[1:]
    os.umask(0o077)  # what it writes is about people, or a secret
    if user != "-":
        _become(user)
    _die_with(int(supervisor), int(orphan_signal))  # last: changing user clears it
    os.execvp(command[0], command)  # noqa: S606 - becoming a program is the purpose


if __name__ == "__main__":
    main()
