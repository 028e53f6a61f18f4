"""Ports on the loopback interface."""

from __future__ import annotations

import contextlib
import http.client
import random
import socket

LOOPBACK = "127.0.0.1"
TRIES = 50
ANY = range(10_000, 32_000)


def answers(port: int) -> bool:
    """Whether something listens on the port, on either loopback address.

    Both matter: a browser may take `localhost` for `::1` and would reach the other program.
    """
    for family, address in ((socket.AF_INET, LOOPBACK), (socket.AF_INET6, "::1")):
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(0.5)
            probe.connect((address, port))
            return True
    return False


def _can_bind(port: int) -> int | None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the servers do: a port in TIME_WAIT after a restart counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except (OSError, OverflowError):
            return None
        return int(probe.getsockname()[1])


def free_port(wanted: int, *, avoid: frozenset[int] = frozenset()) -> int:
    """The wanted port, else the next free one above it, else any. 0 asks for any.

    Any lies below what systems hand to outgoing connections: the port is bound only later.
    """
    asked = range(wanted, wanted + TRIES) if wanted else random.sample(ANY, TRIES)
    for port in asked:
        if port not in avoid and _can_bind(port) and not answers(port):
            return port
    found = _can_bind(0)
    if found is None:
        raise OSError("no free port on the loopback interface")
    return found if found not in avoid else free_port(0, avoid=avoid)


def healthy(port: int, path: str) -> bool:
    """Whether `GET path` answers 200."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
