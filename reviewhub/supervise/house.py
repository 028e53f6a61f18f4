"""Which processes make one ReviewHub, in which order: the demo, and one small real server."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reviewhub import __version__
from reviewhub.settings import Settings
from reviewhub.supervise import folder, ministack, sync_lines, valkey
from reviewhub.supervise.folder import FolderError
from reviewhub.supervise.ports import answers, free_port, healthy
from reviewhub.supervise.steps import Steps
from reviewhub.supervise.supervisor import Child, Supervisor
from reviewhub.supervise.trying import ADDRESS

if TYPE_CHECKING:
    from reviewhub.services.kit import Kit

WORKERS = 2
DEMO_UNDO_SECONDS = 5
PREFIX = "REVIEWHUB_"


@dataclass(frozen=True, slots=True)
class DemoWish:
    """What a person asked `reviewhub demo` for."""

    data: Path
    port: int
    fresh: bool = False
    s3: bool = False


def packaged(name: str) -> Path:
    """The folder `config` or `plugins`: in the wheel beside the code, in a checkout at its top."""
    code = Path(__file__).parent.parent
    inside = code / f"_{name}"
    return inside if inside.is_dir() else code.parent / name


def demo(wish: DemoWish) -> None:
    """Everything on this machine with the demo's world, until Ctrl-C."""
    steps = Steps()
    data = wish.data.expanduser().absolute()
    steps.say(f"ReviewHub {__version__}, demo in {data}")
    with steps("data folder"):
        lock = folder.claim(data)
        if wish.fresh:
            folder.empty(data)
        (data / ADDRESS).unlink(missing_ok=True)
        _same_storage(data, "s3" if wish.s3 else "local")
    # The variables of a real installation must not reach the demo.
    outside = {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)}
    house = House(steps, _demo_settings(data, wish), outside)
    with house.supervisor(data, lock) as supervisor:
        house.start_queue(supervisor, os.environ.get("REVIEWHUB_REDIS_URL", ""))
        house.start_storage(supervisor)
        house.prepare()
        house.fill_demo()
        house.start_work(supervisor)
        house.start_web(supervisor)
        (data / ADDRESS).write_text(house.settings.public_url)
        house.ready("The data stay; --fresh starts over.")
        supervisor.watch()
    os.close(lock)
    steps.say("Stopped.")


def _same_storage(data: Path, asked: str) -> None:
    """What was stored one way is not there the other way."""
    kept = data / "storage"
    if kept.exists() and kept.read_text() != asked:
        other = "without" if asked == "s3" else "with"
        raise FolderError(
            f"{data} was filled {other} --s3. Start it so, or with --fresh, or on another --data."
        )
    kept.write_text(asked)


def serve(settings: Settings) -> None:
    """The same parts for one small real server, as the settings say, until SIGTERM or Ctrl-C."""
    if settings.demo:
        raise FolderError("REVIEWHUB_DEMO opens every account to anybody. Unset it, or run `reviewhub demo`.")
    steps = Steps()
    data = settings.data.expanduser().absolute()
    steps.say(f"ReviewHub {__version__}, data in {data}")
    with steps("data folder"):
        lock = folder.claim(data)
    if (data / "demo").exists():
        os.close(lock)
        raise FolderError(
            f"{data} holds a demo, whose accounts are open to anybody. Set REVIEWHUB_DATA to another."
        )
    house = House(steps, replace(settings, data=data), os.environ)
    with house.supervisor(data, lock) as supervisor:
        if not settings.redis_url:
            house.start_queue(supervisor, "")
        house.start_storage(supervisor)
        house.prepare()
        house.start_work(supervisor)
        house.start_web(supervisor)
        house.ready(
            f"Answers on port {settings.port} of this machine alone: put a web server with TLS before it."
        )
        supervisor.watch()
    os.close(lock)
    steps.say("Stopped.")


def _demo_settings(data: Path, wish: DemoWish) -> Settings:
    port = free_port(wish.port)
    files_port = free_port(port + 1, avoid=frozenset({port}))
    # Cookies ignore ports: the pages are on 127.0.0.1, the files on localhost.
    files_url = f"http://localhost:{files_port}"
    settings = Settings(
        data=data,
        public_url=f"http://127.0.0.1:{port}",
        port=port,
        files_url=files_url,
        files_port=files_port,
        demo=True,
        undo_seconds=DEMO_UNDO_SECONDS,
        plugins=(packaged("plugins"),),
    )
    if not wish.s3:
        return settings
    return replace(
        settings,
        storage="s3",
        s3_endpoint=f"http://127.0.0.1:{files_port}",
        s3_public_endpoint=files_url,
        s3_access_key=ministack.KEY,
        s3_secret_key=ministack.KEY,
    )


class House:
    """The steps of a start. `outside` are the variables that every child gets beside the settings."""

    def __init__(self, steps: Steps, settings: Settings, outside: Mapping[str, str]) -> None:
        self.steps = steps
        self.settings = settings
        self._outside = outside

    def supervisor(self, data: Path, lock: int) -> Supervisor:
        """The supervisor of this house; the folder's lock lives as long as any of its guards."""
        with_parent = bool(os.environ.get("REVIEWHUB_STOP_WITH_PARENT"))
        return Supervisor(data / "logs", self.steps.say, keep_open=(lock,), with_parent=with_parent)

    def _child(self, *command: str, name: str = "", **more: object) -> Child:
        env = {**self._outside, **self.settings.to_env()}
        argv = (sys.executable, "-m", "reviewhub", *command)
        return Child(name or command[0], argv, env, **more)  # type: ignore[arg-type]  # fields of Child

    def start_queue(self, supervisor: Supervisor, otherwise: str) -> None:
        """The embedded queue; `otherwise` is the address of one to use where there is none."""
        with self.steps("queue") as note:
            try:
                child, url, note.text = valkey.child(self.settings.data / "run", self._outside)
            except valkey.NoServerError:
                if not otherwise:
                    raise
                url, note.text = otherwise, "REVIEWHUB_REDIS_URL"
            else:
                supervisor.start(child)
            self.settings = replace(self.settings, redis_url=url)

    def start_storage(self, supervisor: Supervisor) -> None:
        """The process that takes and shows files, or in the demo the S3 server that was asked for."""
        if self.settings.storage == "local":
            port = self.settings.files_port
            with self.steps("files") as note:
                supervisor.start(self._child("storage", ready=lambda: answers(port)))
                note.text = "local storage"
        elif self.settings.demo:
            self._start_ministack(supervisor)

    def _start_ministack(self, supervisor: Supervisor) -> None:
        from reviewhub.adapters.storage.s3 import S3Storage  # noqa: PLC0415  # boto3 takes a second to import

        home = self.settings.data / "ministack"
        with self.steps("files") as note:
            note.progress("installing MiniStack in an environment of its own (first time only)")
            python = ministack.install(home / "environment", packaged("config") / "ministack.lock")
            supervisor.start(ministack.child(python, home, self.settings.files_port))
            storage = S3Storage(
                endpoint=self.settings.s3_endpoint,
                public_endpoint=self.settings.s3_public_endpoint,
                bucket=self.settings.s3_bucket,
                region=self.settings.s3_region,
                access_key=self.settings.s3_access_key,
                secret_key=self.settings.s3_secret_key,
            )
            storage.make_bucket(self.settings.public_url)
            note.text = "MiniStack, an S3-compatible server"

    def prepare(self) -> None:
        """Database and plugins."""
        from reviewhub.adapters.db import upgrade  # noqa: PLC0415  # only the start needs it
        from reviewhub.services.sync import sync  # noqa: PLC0415

        with self.steps("database") as note:
            upgrade(self.settings.database)
            note.text = self.settings.database.partition(":")[0].partition("+")[0]
        with self.steps("plugins") as note:
            with self._kit() as kit:
                report = sync(kit, self.settings.plugins)
            note.text = sync_lines.short(report)
        for line in sync_lines.problems(report):
            self.steps.say(f"    {line}")

    def fill_demo(self) -> None:
        """The demo's world, at the first start of a folder."""
        from reviewhub.demo import fill  # noqa: PLC0415

        with self.steps("demo world") as note, self._kit() as kit:
            fill(kit, note.progress)

    @contextmanager
    def _kit(self) -> Iterator[Kit]:
        """For this process, which works its jobs off itself: nothing goes to workers that do not run yet."""
        from reviewhub.bootstrap import build  # noqa: PLC0415

        kit = build(replace(self.settings, redis_url=""))
        try:
            yield kit
        finally:
            kit.db.close()

    def start_work(self, supervisor: Supervisor) -> None:
        """The workers and the ticker."""
        with self.steps("workers and ticker"):
            for number in range(1, WORKERS + 1):
                supervisor.start(self._child("worker", name=f"worker-{number}"))
            supervisor.start(self._child("ticker"))

    def start_web(self, supervisor: Supervisor) -> None:
        """The pages."""
        port = self.settings.port
        with self.steps("web"):
            supervisor.start(self._child("web", ready=lambda: healthy(port, "/healthz"), ready_within=60))

    def ready(self, more: str) -> None:
        """What a person needs to know now: one address, the storage, how to stop."""
        files = "an S3 bucket" if self.settings.storage == "s3" else f"{self.settings.data / 'files'}"
        self.steps.say(
            f"\n  Open   {self.settings.public_url}/\n"
            f"  Files  {files}   Logs  {self.settings.data / 'logs'}\n"
            f"  Stop   Ctrl-C. {more}\n"
        )
