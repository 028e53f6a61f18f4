"""Real threads, or real processes, that start together."""

import multiprocessing
import threading
from dataclasses import dataclass

from reviewhub.domain.errors import DomainError

WAIT = 120


@dataclass(frozen=True)
class Ended:
    """How a process was refused, or how it broke."""

    code: str
    refused: bool


def at_once(*calls):
    """Run the calls in threads; each one's result, or the exception it ended with."""
    gate = threading.Barrier(len(calls))
    results = [None] * len(calls)

    def run(number, call):
        gate.wait()
        try:
            results[number] = call()
        except Exception as broken:  # noqa: BLE001  # a refusal or a deadlock: the test looks at it
            results[number] = broken

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def in_processes(*calls):
    """Run the calls in a process each, forked from this one; each one's result, or how it Ended.

    Results have to be simple values. Clock and judge are copies: a process may move or change its own.
    """
    context = multiprocessing.get_context("fork")
    gate = context.Barrier(len(calls))
    pipes = [context.Pipe(duplex=False) for _ in calls]

    def run(call, out):
        try:
            gate.wait(WAIT)
            out.send(call())
        except Exception as broken:  # noqa: BLE001  # a refusal or a deadlock: the test looks at it
            refused = isinstance(broken, DomainError)
            out.send(Ended(broken.code if refused else repr(broken), refused))

    children = [
        context.Process(target=run, args=(call, out), daemon=True)
        for call, (_, out) in zip(calls, pipes, strict=True)
    ]
    for child in children:
        child.start()
    results = [into.recv() if into.poll(WAIT) else Ended("no answer", False) for into, _ in pipes]
    for child in children:
        child.join(WAIT)
        assert child.exitcode == 0, child
    return results
