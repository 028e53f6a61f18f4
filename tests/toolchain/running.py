"""A `reviewhub demo` in a process of its own, as a person starts it."""

import contextlib
import re
import signal
import subprocess
import threading
import urllib.error
import urllib.request

import psutil
import pytest

STARTING_SECONDS = 400
ADDRESS = re.compile(r"Open\s+(http://127\.0\.0\.1:(\d+)/)")


class Demo:
    """Starts at once; `lines` is what it said so far."""

    def __init__(self, argv, cwd, env=None):
        self.lines = []
        self.address = None
        self._process = subprocess.Popen(
            argv, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        # Whatever happens in the test, nothing waits for ever.
        self._alarm = threading.Timer(STARTING_SECONDS, self._process.kill)
        self._alarm.start()
        for line in self._process.stdout:
            self.lines.append(line)
            found = ADDRESS.search(line)
            if found:
                self.address = found[1]
                self.port = int(found[2])
                break
        self._alarm.cancel()
        if not self.address:
            self._process.communicate()
            pytest.fail("".join(self.lines))
        self.processes = psutil.Process(self._process.pid).children(recursive=True)

    def get(self, path=""):
        """The status and the body, of an error too."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def part(self, name):
        """The one process of this name; those that do a single piece of work come and go meanwhile."""
        found = []
        for process in self.processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                found += [process] if name in process.name() else []
        (one,) = found
        return one

    def stop(self):
        """As Ctrl-C does; the exit code and what was said."""
        self._process.send_signal(signal.SIGINT)
        rest = self._process.communicate(timeout=60)[0]
        return self._process.returncode, rest

    def kill(self):
        """As the system does when memory is short."""
        self._process.kill()
        self._process.communicate(timeout=60)

    def left_behind(self):
        """What still runs of it, after as much time as it may take to end."""
        _, alive = psutil.wait_procs(self.processes, timeout=20)
        return [process.cmdline() for process in alive]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.communicate()
