"""What a process gives up for itself before it starts what is not trusted."""

import ctypes
import os
import sys

_PR_GET_DUMPABLE, _PR_SET_DUMPABLE = 3, 4  # linux/prctl.h


def is_closed() -> bool:
    """Whether this process's memory is closed to others of its user."""
    return sys.platform == "linux" and not ctypes.CDLL(None).prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0)


def close_memory() -> None:
    """Keep other processes of the same user out of this one's memory and environment, and of its forks'.

    On Linux it can no longer be traced, read through /proc or dumped, save by root; elsewhere nothing
    changes. Programs that it starts are ordinary ones again.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"cannot close this process to others: {os.strerror(number)}")
