"""A kit each of whose calls to the outside can be its process's last: killed before it, or right after it.

Nothing of the product knows of it: the ports are wrapped, and so is the commit of the database's session.
"""

import os
import signal
from contextlib import contextmanager
from dataclasses import replace


class Steps:
    """Counts the steps that a process takes; at the `fatal` one it kills itself as kill -9 would."""

    def __init__(self, fatal=0):
        self.names, self.fatal = [], fatal

    def __call__(self, name):
        self.names.append(name)
        if len(self.names) == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)


class Port:
    """A port with a step before and after each of its calls."""

    def __init__(self, real, name, step):
        self._real, self._name, self._step = real, name, step

    def __getattr__(self, method):
        real = getattr(self._real, method)
        if not callable(real):
            return real

        def call(*args, **more):
            self._step(f"before {self._name}.{method}")
            result = real(*args, **more)
            self._step(f"after {self._name}.{method}")
            return result

        return call


class Commits:
    """The database with a step before each transaction, before its commit and after it."""

    def __init__(self, real, step):
        self._real, self._step = real, step
        self.reading, self.close, self.engine = real.reading, real.close, real.engine

    @contextmanager
    def writing(self):
        self._step("before a transaction")
        with self._real.writing() as session:
            commit = session.commit

            def committing():
                self._step("before a commit")
                commit()
                self._step("after a commit")

            session.commit = committing
            yield session


class Hands:
    """A queue that is a list: whoever works takes from it. It is gone with its process, as Valkey may be."""

    def __init__(self):
        self.rows = []

    def send(self, outbox_id, attempt):
        self.rows.append(outbox_id)
        return True

    def ready(self):
        pass


class Letters:
    """Mail that keeps the Message-ID of each letter that it delivered, on the disk."""

    def __init__(self, path):
        self.path = path

    def send(self, letter):
        with self.path.open("a") as file:
            file.write(letter.message_id + "\n")

    def delivered(self):
        return self.path.read_text().split() if self.path.exists() else []


PORTS = ("storage", "queue", "mail", "judge", "converter")


def mortal(kit, step):
    """The same kit with steps around everything that reaches outside the process."""
    ports = {name: Port(getattr(kit, name), name, step) for name in PORTS}
    return replace(kit, db=Commits(kit.db, step), **ports)
