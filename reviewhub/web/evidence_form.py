"""The evidence form as posted: its words saved, its files taken in, and everything that went wrong."""

import re
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from flask import request
from werkzeug.datastructures import FileStorage

from reviewhub.domain.errors import Invalid, Problem, Refused
from reviewhub.services.completeness import CHANGE_NOTE
from reviewhub.services.evidence import Answer, mark, save_answers, tidy
from reviewhub.services.ports import StorageDown
from reviewhub.services.upload import Announced, TooLarge, add_file, size_of
from reviewhub.web import actor, kit

ATTESTATIONS = ("attested-own", "attested-share", "attested-people")
_ANSWER = re.compile(r"(?P<kind>text|url|choice)\.(?P<requirement>[a-z][\w-]{0,63})\.(?P<position>\d{1,3})")
_ANCHOR = re.compile(r"anchor\.(?P<requirement>[a-z][\w-]{0,63})\.(?P<criterion>[a-z][\w-]{0,63})")
_FILE = re.compile(r"(?:file|capture)\.(?P<requirement>[\w-]{1,64})(?:\.(?P<position>\d{1,3}))?")


@dataclass(slots=True)
class Taken:
    """What came of one posted form. Lists grow as it is worked through."""

    problems: list[Problem] = field(default_factory=list)
    submitting: list[Problem] = field(default_factory=list)
    """What stands in the way of sending."""
    stale: tuple[Answer, ...] = ()
    saved: tuple[Answer, ...] = ()
    outdated: str = ""
    too_large: bool = False
    flood: bool = False
    down: bool = False
    refused: str = ""
    """Why nothing may be changed any more."""
    kept: tuple[str, ...] = ()
    """Words that could no longer be saved, to be copied from the page."""
    version: int = -1
    """The attempt's version after all this; -1 where the form did not show the newest."""

    @property
    def wrong(self) -> bool:
        """Whether the page has to say something."""
        return bool(
            self.problems
            or self.submitting
            or self.stale
            or self.outdated
            or self.refused
            or self.down
            or self.flood
        )

    @property
    def status(self) -> int:
        """The answer's HTTP status; the first that applies."""
        if self.down:
            return 503
        if self.stale or self.outdated or self.refused:
            return 409
        if self.too_large or self.flood:
            return 413
        return 422 if self.wrong else 200

    def is_stale(self, requirement: str, position: int = 0) -> bool:
        """Whether somebody else had changed this field."""
        return any(
            a.requirement_id == requirement and a.position == position and not a.criterion_id
            for a in self.stale
        )

    def is_stale_anchor(self, requirement: str, criterion: str) -> bool:
        """The same for words that say where a criterion is shown."""
        return any(a.requirement_id == requirement and a.criterion_id == criterion for a in self.stale)


def take_in(submission: str) -> Taken:
    """Save the words, then take in the files; one wrong file keeps neither the words nor the others out."""
    taken = Taken()
    answers = tuple(_answers())
    try:
        saved = save_answers(kit(), actor(), submission, answers)
    except Invalid as wrong:
        taken.problems.extend(wrong.problems)
        return taken
    except Refused as refused:
        taken.refused = refused.message
        taken.kept = tuple(answer.text for answer in answers if mark(tidy(answer.text)) != answer.was)
        return taken
    taken.stale = saved.stale
    taken.saved = tuple(answer for answer in answers if answer not in saved.stale)
    shown = request.form.get("version", "")
    newest = shown == str(saved.before)
    taken.version = saved.version
    for name, file in request.files.items(multi=True):
        if file.filename:
            _take_file(submission, name, file, taken)
    if not newest:
        taken.version = -1
    return taken


def _answers() -> list[Answer]:
    """Every field of words in the form, with the mark of what it showed."""
    found = []
    for name, text in request.form.items():
        was = request.form.get(f"was.{name}", "")
        if name == CHANGE_NOTE:
            found.append(Answer(CHANGE_NOTE, text, was))
        elif match := _ANSWER.fullmatch(name):
            found.append(Answer(match["requirement"], text, was, int(match["position"])))
        elif match := _ANCHOR.fullmatch(name):
            found.append(Answer(match["requirement"], text, was, criterion_id=match["criterion"]))
    return found


def field_name(answer: Answer) -> str:
    """The form's field that an answer came from."""
    if answer.requirement_id == CHANGE_NOTE:
        return CHANGE_NOTE
    if answer.criterion_id:
        return f"anchor.{answer.requirement_id}.{answer.criterion_id}"
    place = f"{answer.requirement_id}.{answer.position}"
    return next(name for kind in ("url", "choice", "text") if (name := f"{kind}.{place}") in request.form)


def _take_file(submission: str, name: str, file: FileStorage, taken: Taken) -> None:
    match = _FILE.fullmatch(name)
    stream = cast("BinaryIO", file.stream)
    position = int(match["position"]) if match and match["position"] else None
    announced = Announced(
        match["requirement"] if match else "", file.filename or "", size_of(stream), position
    )
    try:
        taken.version = add_file(kit(), actor(), submission, announced, stream)
    except TooLarge as wrong:
        taken.too_large = True
        taken.problems.extend(wrong.problems)
    except Invalid as wrong:
        taken.problems.extend(wrong.problems)
    except StorageDown:
        taken.down = True
