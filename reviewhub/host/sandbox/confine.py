"""What a process gives up before it runs code that is not trusted. Called inside the child, never in ours.

Resource limits hold on every Unix. On Linux, Landlock closes the file system, and a filter (calls.py) the
calls that reach other processes, where the kernel offers them; elsewhere it contains faults, not malice.
Standard library only: the child imports nothing else of ours before it is confined.
"""

import ctypes
import os
import resource
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

from reviewhub.host.sandbox.calls import checked, close_calls

_MB = 1024 * 1024

# linux/landlock.h; the three system calls have the same numbers on every architecture
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_FS_BITS = {1: 13, 2: 14, 3: 15, 4: 15}  # how many access rights an ABI knows; 16 from ABI 5 on
_TCP_SINCE, _SCOPES_SINCE = 4, 6

# linux/prctl.h, linux/capability.h
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_CAPABILITY_VERSION = 0x20080522


def landlock_available() -> bool:
    """Whether this kernel closes the file system to a confined process."""
    return landlock_abi() > 0


def limit_resources(*, cpu_seconds: int, memory_mb: int, file_mb: int) -> None:
    """Limits on processor time, address space, size of a written file, open files and core dumps."""
    wanted = {
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_FSIZE: file_mb * _MB,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 256,
    }
    if sys.platform == "linux":  # macOS refuses or ignores a limit on address space
        wanted[resource.RLIMIT_AS] = memory_mb * _MB
    for kind, value in wanted.items():
        hard = resource.getrlimit(kind)[1]
        # at the soft limit on processor time comes the signal, at the hard one the kill
        top = value + 1 if kind == resource.RLIMIT_CPU else value
        top = top if hard == resource.RLIM_INFINITY else min(top, hard)
        resource.setrlimit(kind, (min(value, top), top))


def close_off(*, readable: Iterable[str], writable: str) -> None:
    """Give up privileges, files outside of these folders, sockets and other processes, where Linux can."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    checked(libc.prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0))
    checked(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    if landlock_available():
        _landlock(libc, readable, writable)
    # root's own privileges too: it is an ordinary user from here on
    checked(libc.capset(struct.pack("=Ii", _CAPABILITY_VERSION, 0), bytes(24)))
    close_calls(libc)


def landlock_abi() -> int:
    """The version of Landlock that this kernel speaks; 0 for none."""
    if sys.platform != "linux":
        return 0
    return max(0, int(ctypes.CDLL(None, use_errno=True).syscall(_CREATE_RULESET, None, 0, 1)))


def _landlock(libc: ctypes.CDLL, readable: Iterable[str], writable: str) -> None:
    abi = landlock_abi()
    everything = (1 << _FS_BITS.get(abi, 16)) - 1
    fields = [everything]
    if abi >= _TCP_SINCE:
        fields.append(0b11)  # binding and connecting TCP, with no rule that allows it
    if abi >= _SCOPES_SINCE:
        fields.append(0b11)  # abstract sockets and signals to processes outside
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = checked(libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0))
    for path in readable:
        _allow(libc, ruleset, path, _READ & everything)
    for device in ("/dev/null", "/dev/zero", "/dev/urandom"):
        _allow(libc, ruleset, device, (_READ_FILE | _WRITE_FILE) & everything)
    _allow(libc, ruleset, writable, everything)
    checked(libc.syscall(_RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, access: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return  # no /lib64 on every machine
    try:
        rights = access if Path(path).is_dir() else access & _ON_FILES
        checked(libc.syscall(_ADD_RULE, ruleset, 1, struct.pack("=Qi", rights, handle), 0))
    finally:
        os.close(handle)
