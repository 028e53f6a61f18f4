"""The difference of two rubrics in plain words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from reviewhub.domain.rubric_diff import Difference, FactChange, TextChange
from reviewhub.web.learner_words import language_names


@dataclass(frozen=True, slots=True)
class Said:
    """One difference: what it is about, what happened, how it was and is, reworded texts."""

    title: str
    what: str
    kind: str
    lines: tuple[str, ...]
    texts: tuple[tuple[str, TextChange], ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Differences under one heading."""

    title: str
    intro: str
    items: tuple[Said, ...]


def sections(differences: Sequence[Difference]) -> tuple[Section, ...]:
    """What changes how something is judged first, then what is asked for, then mere wording."""
    judged = [d for d in differences if d.structural and d.thing in {"criterion", "level", "code"}]
    asked = [d for d in differences if d.structural and d.thing == "requirement"]
    policies = [d for d in differences if d.thing == "policy"]
    wording = [d for d in differences if not d.structural]
    found = (
        Section(_("How it is judged"), "", _said(judged)),
        Section(_("What is asked for"), "", _said(asked)),
        Section(_("The rules around it"), "", _said(policies)),
        Section(
            _("Only worded differently"),
            _("The same is judged as before; it is said in other words or in another place."),
            _said(wording),
        ),
    )
    return tuple(section for section in found if section.items)


def _said(differences: Iterable[Difference]) -> tuple[Said, ...]:
    return tuple(_one(difference) for difference in differences)


def _one(difference: Difference) -> Said:
    labels = {
        "name": _("Name"),
        "description": _("Description"),
        "option": _("Option"),
        "summary": _("Summary"),
        "skills": _("What is shown"),
        "audience": _("For whom"),
        "topics": _("Topics"),
        "languages": _("Languages"),
        "hours": _("Time"),
        "judged": _("How it is judged"),
    }
    what, kind = {
        "added": (_("new"), "met"),
        "removed": (_("taken out"), "mend"),
        "changed": (_("changed"), "now") if difference.structural else (_("reworded"), ""),
    }[difference.what]
    return Said(
        title=_title(difference),
        what=what,
        kind=kind,
        lines=tuple(_line(fact, titled=difference.thing == "policy") for fact in difference.facts),
        texts=tuple((labels[text.field], text) for text in difference.texts),
        description=difference.description if difference.what == "added" else "",
    )


def _title(difference: Difference) -> str:
    if difference.thing == "level":
        return str(_("%(criterion)s: level “%(name)s”", criterion=difference.within, name=difference.name))
    if difference.thing == "code":
        return str(_("%(criterion)s: code “%(name)s”", criterion=difference.within, name=difference.name))
    if difference.thing == "about":
        return str(_("In the catalogue"))
    if difference.thing == "part":
        return str(_("Part “%(name)s”", name=difference.name))
    if difference.thing == "translation":
        language = language_names([difference.within])
        return f"{language}: {difference.name}" if difference.name else language
    return difference.name or _field(difference.facts[0].field)


def _line(fact: FactChange, *, titled: bool) -> str:
    """How it was and is. `titled`: the heading says already what."""
    before, after = (_value(fact.field, value) for value in (fact.before, fact.after))
    if titled:
        return str(_("Was %(before)s, is %(after)s.", before=before, after=after))
    return str(
        _("%(field)s: was %(before)s, is %(after)s.", field=_field(fact.field), before=before, after=after)
    )


def _field(field: str) -> str:
    names: Mapping[str, str] = {
        "met_from": _("Counts as met from"),
        "looks_at": _("Looks at"),
        "part": _("Part"),
        "points": _("Points"),
        "weight": _("Weight of its points"),
        "floor": _("Never met below"),
        "kind": _("Given as"),
        "code_kind": _("What it says"),
        "minimum": _("At least"),
        "maximum": _("At most"),
        "accept": _("Kinds of file"),
        "min_words": _("Words, at least"),
        "max_words": _("Words, at most"),
        "options": _("Options"),
        "anchors": _("The learner says where to look"),
        "when": _("Only where this was chosen"),
        "promise_days": _("Working days until the result"),
        "eligibility.seats": _("Assessors who score each attempt"),
        "eligibility.qualification": _("Assessors need a qualification"),
        "eligibility.again": _("Who scores the next attempt"),
        "eligibility.working_days": _("Working days that an assessor has"),
        "eligibility.completeness": _("Somebody looks first whether everything is there"),
        "agreement.rule": _("Assessors agree"),
        "agreement.levels": _("Levels apart that still agree"),
        "agreement.near_cut": _("Points from the cut within which a third scores"),
        "resolution.rule": _("Where a third has scored, what counts is"),
        "resolution.adjacent": _("Where they agree on neighbouring levels, what counts is"),
        "resolution.rounding": _("Rounding"),
        "decision.rule": _("It is met by"),
        "decision.cut": _("Points that are enough"),
        "decision.tolerance": _("Criteria that may be one level short"),
        "decision.locks": _("What is met stays met"),
        "decision.attempts": _("Attempts"),
        "decision.release_after": _("Where all agree, feedback comes by itself after working days"),
    }
    return names.get(field, field)


def _value(field: str, value: str) -> str:
    words: Mapping[tuple[str, str], str] = {
        ("eligibility.again", "same"): _("the same people"),
        ("eligibility.again", "other"): _("other people"),
        ("eligibility.again", "any"): _("anybody who may"),
        ("agreement.rule", "exact"): _("only on the very same level"),
        ("agreement.rule", "within"): _("also on levels close to each other"),
        ("agreement.rule", "same_side"): _("on any levels that are met, or that are not"),
        ("agreement.near_cut", ""): _("never for the sum"),
        ("resolution.rule", "expert_final"): _("the third's level"),
        ("resolution.rule", "third_replaces"): _("the third's level, given without seeing the others"),
        ("resolution.rule", "majority"): _("what more than half of them gave"),
        ("resolution.rule", "median"): _("the level in the middle"),
        ("resolution.rule", "mean"): _("the mean of all"),
        ("resolution.rule", "closest_pair"): _("the mean of the third's level and the closest one"),
        ("decision.rule", "all_met"): _("every criterion"),
        ("decision.rule", "points"): _("points"),
        ("decision.rule", "holistic"): _("the work as a whole"),
        ("resolution.adjacent", "lower"): _("the lower one"),
        ("resolution.adjacent", "higher"): _("the higher one"),
        ("resolution.adjacent", "mean"): _("the mean"),
        ("decision.attempts", ""): _("as many as you like"),
        ("decision.release_after", ""): _("never"),
        ("max_words", "0"): _("no limit"),
        ("code_kind", "unscorable"): _("it cannot be scored"),
        ("code_kind", "not_applicable"): _("it does not apply"),
        ("kind", "file"): _("a file"),
        ("kind", "link"): _("a link"),
        ("kind", "text"): _("a text"),
        ("kind", "choice"): _("a choice"),
        ("when", ""): _("always"),
    }
    plain = {"yes": _("yes"), "no": _("no"), "": _("nothing")}
    quoted = f"“{value}”" if field in {"met_from", "floor"} else value
    return words.get((field, value)) or plain.get(value, quoted)
