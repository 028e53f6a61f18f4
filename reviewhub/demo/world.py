"""The demo's world: issuers from their plugins, people, and thirty days of stories told by the services."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from sqlmodel import col, select

from reviewhub.demo import plots
from reviewhub.demo import plots_later as later
from reviewhub.demo.acts import Micro, Work
from reviewhub.demo.clock import ScriptClock
from reviewhub.demo.people import FIGURES, LEARNERS, MARKETING, TEACHING, Company, Staff
from reviewhub.demo.plots import ADS, BASICS, MEDIA, PLOTS, READING, Plot
from reviewhub.demo.shelf import Shelf
from reviewhub.demo.stage import Stage, Story, Wait
from reviewhub.domain.rubric_json import from_json
from reviewhub.models import Issuer, MicroCredential, RubricVersion
from reviewhub.queries.demo import ASSESSOR_A, ASSESSOR_B, LEARNER
from reviewhub.services.grant_qualification import grant, revoke
from reviewhub.services.kit import Kit
from reviewhub.services.practice import Practice, practice_of
from reviewhub.services.set_practice import set_practice
from reviewhub.services.sync import sync

DAYS = 30
SEED = 20_261
STAGED = BASICS
MENDED = "marketing-with-instagram"
_ADULTS = 28
_STANDARD = "agreed with the lead on at least 8 of 10 practice cases"
_DRIFT = "Too far from the others on the last ten practice cases; to be calibrated again."
_TEACHERS, _MARKETERS = "loomfield", "harbor-skills"
_STAFF = {_MARKETERS: MARKETING, _TEACHERS: TEACHING, "tallyhouse": FIGURES}
IDLE_DAYS, AUDITED = 21, 20
_A_TERM = "A term has twelve weeks; whoever has not come back after three starts again with the next class."
_SAMPLE = "One result in five is scored once more by others, to know how far our scores can be trusted."
_TIME = "Some have an hour to spare today and none tomorrow: whoever has time takes the next one."
_SAME_GROUP = "Led the workshop group that this learner took part in."

MAY_SCORE: dict[str, tuple[str, ...]] = {
    STAGED: (ASSESSOR_A, ASSESSOR_B, "Dorte Falk", "Emeka Nwosu"),
    "marketing-with-facebook-pages": (
        ASSESSOR_A,
        "Emeka Nwosu",
        "Farida Rahimi",
        "Goran Petrov",
        "Hanna Seidel",
    ),
    MENDED: (ASSESSOR_B, "Dorte Falk", "Farida Rahimi", "Goran Petrov", "Hanna Seidel"),
    ADS: ("Farida Rahimi", "Goran Petrov", "Hanna Seidel"),
    MEDIA: TEACHING.assessors[:1],
}
"""For a micro-credential that is not named here, all assessors of its issuer may."""


def build(kit: Kit, clock: ScriptClock, progress: Callable[[str], None]) -> None:
    """Fill an empty database: from `clock.now()` until DAYS later everything happens by service."""
    dice = Random(SEED)  # noqa: S311  # chooses stories, guards nothing
    ends = clock.now() + timedelta(days=DAYS)
    progress("plugins")
    sync(kit, kit.settings.plugins)
    progress("people")
    company = Company(kit)
    company.learners()
    micros = _micros(kit, company)
    _practice(kit, company)
    stage = Stage(kit, clock, dice, ends, _told(progress))
    stories = [*_stories(stage, company, micros), *_mira(stage, company, micros)]
    stories.append((ends - timedelta(days=2), _drift(kit, company, micros[ADS])))
    stories.append((ends - timedelta(hours=2), _claims(kit, company, micros[STAGED])))
    stories.append((clock.now() + timedelta(days=1), later.audits(stage, company, DAYS)))
    stage.play(stories)


def _told(progress: Callable[[str], None]) -> Callable[[float], None]:
    def tell(part: float) -> None:
        progress(f"day {min(DAYS, int(part * DAYS) + 1)} of {DAYS}")

    return tell


def _micros(kit: Kit, company: Company) -> dict[str, Micro]:
    """The micro-credentials of all plugins, with the people who may score them."""
    with kit.read() as session:
        issuers = session.exec(select(Issuer).order_by(Issuer.slug)).all()
        rows = session.exec(
            select(MicroCredential, RubricVersion.body, Issuer.slug)
            .join(RubricVersion, col(RubricVersion.id) == MicroCredential.rubric_version_id)
            .join(Issuer, col(Issuer.id) == MicroCredential.issuer_id)
            .order_by(col(MicroCredential.slug))
        ).all()
    for issuer in issuers:
        company.staff(issuer, _STAFF[issuer.slug])
    micros = {}
    for micro, body, slug in rows:
        staff = _STAFF[slug]
        _qualify(kit, company, staff, micro)
        micros[micro.slug] = Micro(slug, micro.public_id, from_json(body), staff, slug == _TEACHERS)
    return micros


def _qualify(kit: Kit, company: Company, staff: Staff, micro: MicroCredential) -> None:
    for name in MAY_SCORE.get(micro.slug, staff.assessors):
        grant(kit, company[staff.coordinator], company[name].public_id, micro.public_id, _STANDARD)


def _practice(kit: Kit, company: Company) -> None:
    """The teachers' issuer keeps untouched work for a short time; the other has a fifth scored once more."""
    who, seen = company[TEACHING.coordinator], _practice_now(kit, _TEACHERS)
    set_practice(kit, who, _TEACHERS, seen.stamp, replace(seen, idle_days=IDLE_DAYS), _A_TERM, move=False)
    who, seen = company[MARKETING.coordinator], _practice_now(kit, _MARKETERS)
    set_practice(kit, who, _MARKETERS, seen.stamp, replace(seen, audit_percent=AUDITED), _SAMPLE, move=False)


def _practice_now(kit: Kit, slug: str) -> Practice:
    with kit.read() as session:
        return practice_of(session.exec(select(Issuer).where(Issuer.slug == slug)).one())


def _stories(stage: Stage, company: Company, micros: dict[str, Micro]) -> Iterator[tuple[datetime, Story]]:
    """Every plot as often as it is wanted, with a learner and a micro-credential each."""
    for plot, learner, slug in _cast(stage.dice, micros):
        begins = stage.ends - timedelta(days=stage.dice.uniform(plot.latest, plot.earliest))
        awake = begins.replace(hour=stage.dice.randrange(8, 22))
        begins = awake - timedelta(days=awake > begins)
        micro = micros[slug]
        shelf = Shelf(stage.dice.randrange(12), teaching=micro.teaching)
        yield begins, plot.play(Work(stage, company, micro, learner, shelf))


def _cast(dice: Random, micros: dict[str, Micro]) -> Iterator[tuple[Plot, str, str]]:
    """Learners and micro-credentials in turn, no pair twice: a learner has one open submission for each."""
    used: Counter[str] = Counter()
    pairs: set[tuple[str, str]] = set()
    alone: set[str] = set()
    for plot in sorted(PLOTS, key=lambda plot: (not plot.alone, not plot.kinds)):
        for teaching in [False] * plot.marketing + [True] * plot.teaching:
            slugs = plot.kinds or tuple(
                s for s, m in micros.items() if m.teaching == teaching and s not in {ADS, MEDIA, READING}
            )
            learners = LEARNERS[_ADULTS:] if teaching else LEARNERS[1:_ADULTS]
            free = [
                (name, slug)
                for name in learners
                for slug in slugs
                if name not in alone and (name, slug) not in pairs
            ]
            name, slug = min(free, key=lambda pair: (used[pair[0]], used[pair[1]], dice.random()))
            pairs.add((name, slug))
            alone.update({name} if plot.alone else ())
            used.update((name, slug))
            yield plot, name, slug


def _mira(stage: Stage, company: Company, micros: dict[str, Micro]) -> Iterator[tuple[datetime, Story]]:
    """The learner of the cards: feedback to read and mend, and the staged attempt."""
    mended = Work(stage, company, micros[MENDED], LEARNER, Shelf(1, teaching=False))
    yield stage.ends - timedelta(days=14), plots.revise(mended)
    staged = Work(stage, company, micros[STAGED], LEARNER, Shelf(0, teaching=False))
    yield stage.ends - timedelta(days=2.4), _staged(staged)


def _staged(work: Work) -> Story:
    """Both assessors of the cards have rated everything but one yes or no: a key each, and they differ."""
    work.begin()
    work.write()
    for name in ("Dorte Falk", "Emeka Nwosu", "Hamza Qureshi"):
        work.keep_away(name, _SAME_GROUP)
    yield Wait(0.4)
    work.bring()
    work.send()
    for number in (0, 1):
        yield Wait(0.8)
        seat = work.seats()[number]
        work.draft(seat, work.sheet({"figures"}, left=1))


def _claims(kit: Kit, company: Company, micro: Micro) -> Story:
    """From the last hours on assessors claim, and what nobody claims for a working day is given out."""
    seen, who = _practice_now(kit, micro.issuer), company[micro.staff.coordinator]
    set_practice(kit, who, micro.issuer, seen.stamp, replace(seen, assignment="both"), _TIME, move=False)
    yield Wait(0)


def _drift(kit: Kit, company: Company, micro: Micro) -> Story:
    """Two lose a qualification, so that what comes in afterwards waits for somebody."""
    for name in MAY_SCORE[ADS][:2]:
        revoke(kit, company[micro.staff.coordinator], company[name].public_id, micro.public_id, _DRIFT)
    yield Wait(0)
