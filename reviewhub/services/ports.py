"""What the services need from the outside, as protocols. The adapters implement them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

from reviewhub.domain.agreement import Agreement, Sheet
from reviewhub.domain.decision import Decision, Locked
from reviewhub.domain.errors import Problem
from reviewhub.domain.evidence import EvidenceFacts, Finding
from reviewhub.domain.feedback import Comment, FeedbackDraft
from reviewhub.domain.resolution import Resolution
from reviewhub.domain.rubric import IssuerInfo, Requirement, Rubric


class Clock(Protocol):
    """The only source of the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class StorageDown(Exception):
    """The object store does not answer. Trying again later is safe."""


class StorageFull(StorageDown):
    """No room is left. Nothing was stored; trying again after making room is safe."""


class MissingObject(KeyError):
    """No object under this key."""


class AlreadyStored(Exception):
    """Objects are written once; this key is taken."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An object at rest: size in bytes, SHA-256 in hex where it was computed."""

    key: str
    size: int
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class SignedPut:
    """A request that a browser may make once, before it expires, to write one object."""

    url: str
    method: str
    headers: Mapping[str, str]


class Storage(Protocol):
    """Objects, written once. Keys are `staging/…`, `final/…`, `clean/…` and carry no meaning."""

    def presign_put(self, key: str, *, size: int, media_type: str, expires: timedelta) -> SignedPut: ...

    def presign_get(self, key: str, *, media_type: str, filename: str | None, expires: timedelta) -> str: ...

    def put(self, key: str, data: BinaryIO | bytes, *, media_type: str) -> Stored: ...

    def copy(self, source: str, target: str) -> Stored: ...

    def open(self, key: str) -> AbstractContextManager[BinaryIO]: ...

    def head(self, key: str) -> Stored | None: ...

    def delete(self, key: str) -> None: ...

    def staged(self) -> Iterable[str]:
        """The keys of all objects under `staging/`, in no order; StorageDown."""
        ...

    def ready(self) -> None: ...


@dataclass(frozen=True, slots=True)
class CleanPage:
    """One clean rendition of an artifact, in a file of the folder that was given."""

    path: Path
    media_type: str
    kind: Literal["image", "page", "text"]
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Everything an assessor may see of an artifact."""

    pages: tuple[CleanPage, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class NotCleanable:
    """No clean copy could be made; the reason is shown to the learner and the coordinator."""

    reason: str


class Converter(Protocol):
    """Looks at learners' files and makes clean copies, in the sandbox runner."""

    def sniff(self, head: bytes, name: str) -> str: ...

    def clean(self, path: Path, media_type: str, folder: Path) -> Cleaned | NotCleanable: ...


class Sheets(Protocol):
    """Reads the spreadsheets that managers upload, in the sandbox runner."""

    def rows(self, data: bytes) -> tuple[tuple[str, ...], ...] | NotCleanable: ...


@dataclass(frozen=True, slots=True)
class CodeRef:
    """The owner's code as stored at sync: issuer slug and digest; an empty digest means there is none."""

    issuer: str
    digest: str


class Judge(Protocol):
    """Asks the owner's stored code, or the declarative policy. A fault raises PluginFault.

    Except: a fault in check_evidence becomes a finding `not_checked`, in feedback the default composition.
    """

    def check_evidence(
        self, code: CodeRef, rubric: Rubric, requirement: Requirement, evidence: EvidenceFacts
    ) -> tuple[Finding, ...]: ...

    def agree(self, code: CodeRef, rubric: Rubric, sheets: Sequence[Sheet]) -> Agreement: ...

    def resolve(self, code: CodeRef, rubric: Rubric, sheets: Sequence[Sheet]) -> Resolution: ...

    def decide(
        self, code: CodeRef, rubric: Rubric, resolution: Resolution, history: Sequence[Locked]
    ) -> Decision: ...

    def feedback(
        self,
        code: CodeRef,
        rubric: Rubric,
        resolution: Resolution,
        decision: Decision,
        comments: Sequence[Comment],
    ) -> FeedbackDraft: ...


@dataclass(frozen=True, slots=True)
class Gathered:
    """A plugin that was found: what it ships, its code kept by digest; or its problems alone."""

    name: str
    digest: str
    issuer: IssuerInfo | None = None
    rubrics: tuple[Rubric, ...] = ()
    has_code: bool = False
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    """What its code uses that is on its way out of the API."""


class Plugins(Protocol):
    """Finds issuers' plugins and inspects them, each on its own; one that fails stops no other."""

    def gather(
        self, places: Sequence[Path], without: Collection[str] = (), *, installed: bool = True
    ) -> tuple[Gathered, ...]:
        """Those of these folders and wheels, and `installed` ones; those named in `without` by name alone."""
        ...

    def files(self, code: CodeRef) -> Mapping[str, bytes] | None:
        """The stored files of this code by relative path; None when it is not there as it was checked."""
        ...

    def take(self, code: CodeRef, files: Mapping[str, bytes]) -> None:
        """Store files that came from elsewhere as this code. Invalid for a path that leads out."""
        ...


class Authored(Protocol):
    """The plugins that managers ship from the browser, as folders; the newest counts."""

    def places(self) -> tuple[Path, ...]:
        """Where a sync finds each issuer's newest."""
        ...

    def newest(self, issuer: str) -> tuple[int, Mapping[str, str]]:
        """The number of an issuer's newest folder and its files: {relative path: text}; (0, {}) for none."""
        ...

    def write(self, issuer: str, number: int, name: str, files: Mapping[str, str]) -> Path:
        """Write the folder with this number, whole; where a sync finds it. Stale when somebody was faster."""
        ...

    def alone(self, issuer: str) -> AbstractContextManager[None]:
        """Nobody else ships for this issuer meanwhile. Stale where somebody does."""
        ...

    def take_back(self, issuer: str, number: int) -> None:
        """Remove a folder that was not taken in: the one before counts again."""
        ...


class Queue(Protocol):
    """Disposable transport: hands outbox rows to workers. Losing everything in it loses nothing."""

    def send(self, outbox_id: int, attempt: int) -> bool:
        """True if it was handed over; False if the queue is out of reach (the ticker tries again)."""
        ...

    def ready(self) -> None:
        """Raise ConnectionError when it does not answer."""
        ...


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail, plain text."""

    message_id: str
    to: str
    subject: str
    body: str


class Mail(Protocol):
    """Delivers letters, at least once."""

    def send(self, letter: Letter) -> None: ...


class Hasher(Protocol):
    """Slow password hashes (argon2); never inside a transaction."""

    def hash(self, password: str) -> str: ...

    def verify(self, password: str, hashed: str) -> bool: ...


class Signer(Protocol):
    """Signs the record's checkpoints with Ed25519. Keys and signatures are written in hex."""

    def key_id(self) -> str:
        """Names the key that signs now: 16 hex digits."""
        ...

    def public(self) -> str:
        """Its public half."""
        ...

    def sign(self, data: bytes) -> str:
        """A signature with it."""
        ...

    def id_of(self, public: str) -> str:
        """The id of a public key. ValueError when it is none."""
        ...

    def known(self) -> Mapping[str, str]:
        """Public keys to trust by their ids: every key that ever signed here."""
        ...

    def verifies(self, public: str, data: bytes, signature: str) -> bool:
        """Whether the signature of this data was made with the key whose public half this is."""
        ...
