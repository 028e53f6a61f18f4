"""What a process gives up for itself before it starts what is not trusted."""

import ctypes
import os
import sys

_PR_SET_DUMPABLE = 4  # linux/prctl.h


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
