"""Calls of the kernel that a confined process may no longer make: a seccomp filter, on x86_64 and aarch64.

It covers what Landlock does not: signals to other processes and their limits, what outlives the process, and
the mode, owner and times of files. A forbidden call answers EPERM. Standard library only.
"""

import ctypes
import os
import platform
import struct

# linux/prctl.h, linux/seccomp.h, linux/audit.h, linux/filter.h
_PR_SET_SECCOMP = 22
_MODE_FILTER, _ALLOW, _EPERM = 2, 0x7FFF0000, 0x00050001
_LD_W_ABS, _JEQ, _JGE, _RET = 0x20, 0x15, 0x35, 0x06
_X32 = 0x40000000
_FIRST_ARGUMENT = 16  # its offset in seccomp_data; both architectures are little-endian
MACHINES = ("x86_64", "aarch64")
_AUDIT = (0xC000003E, 0xC00000B7)
# Calls by their numbers on those machines; 0 where a machine has no such call.
_FORBIDDEN = {
    # other processes, and the network
    "setpgid": (109, 154),
    "setsid": (112, 157),
    "socket": (41, 198),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "io_uring_setup": (425, 425),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
    # what stays in the kernel when the process is gone
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "add_key": (248, 217),
    # mode, owner, times and attributes of files: Landlock does not look at these
    "chmod": (90, 0),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, 0),
    "fchown": (93, 55),
    "lchown": (94, 0),
    "fchownat": (260, 54),
    "utime": (132, 0),
    "utimes": (235, 0),
    "futimesat": (261, 0),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "setxattrat": (463, 463),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
}
_TO_ITSELF = {"kill": (62, 129), "tgkill": (234, 131)}
"""Allowed where the first argument is the caller's own process: a program may stop itself."""
_PRLIMIT = (302, 261)
"""Allowed where the first argument is 0, which means the caller."""


def checked(result: int) -> int:
    """The result of a call of the C library; OSError where it failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"cannot confine this process: {os.strerror(number)}")
    return result


def close_calls(libc: ctypes.CDLL) -> None:
    """Forbid them to this process and its children, for good; nothing where the machine is another."""
    if platform.machine() not in MACHINES:
        return
    machine = MACHINES.index(platform.machine())
    forbidden = [numbers[machine] for numbers in _FORBIDDEN.values() if numbers[machine]]
    only = [(numbers[machine], os.getpid()) for numbers in _TO_ITSELF.values()]
    only.append((_PRLIMIT[machine], 0))
    allow = 4 + len(forbidden) + 3 * len(only)  # the line that allows; the one after it refuses
    code = [
        (_LD_W_ABS, 0, 0, 4),  # the architecture
        (_JEQ, 0, allow - 1, _AUDIT[machine]),  # another one: to the refusal
        (_LD_W_ABS, 0, 0, 0),  # the call's number
        (_JGE, allow - 3, 0, _X32),
    ]
    code += [(_JEQ, allow - 4 - n, 0, number) for n, number in enumerate(forbidden)]
    for number, first in only:
        code += [(_JEQ, 0, 2, number), (_LD_W_ABS, 0, 0, _FIRST_ARGUMENT)]
        code.append((_JEQ, allow - len(code) - 1, allow - len(code), first))
    code += [(_RET, 0, 0, _ALLOW), (_RET, 0, 0, _EPERM)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in code))
    header = struct.pack("@HP", len(code), ctypes.addressof(program))
    checked(libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.create_string_buffer(header), 0, 0))
