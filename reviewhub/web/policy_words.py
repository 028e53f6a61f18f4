"""What each choice about new policies does, in plain words with its numbers."""

from flask_babel import gettext as _
from flask_babel import ngettext

from reviewhub.queries.policy_change import Touched

NAMES = {
    "keep": lambda: _("Let running work end under the old policies"),
    "recalculate": lambda: _("Judge running work by the new policies"),
    "clear": lambda: _("Score running work afresh"),
}


def options(choices: tuple[Touched, ...]) -> list[tuple[str, str, str]]:
    """(value, label, what it touches) of each choice that can be made."""
    return [
        (one.choice, str(NAMES[one.choice]()), " ".join(_said(one))) for one in choices if not one.against
    ]


def refusals(choices: tuple[Touched, ...]) -> list[tuple[str, str]]:
    """(label, why not) of each that cannot."""
    return [(str(NAMES[one.choice]()), one.against) for one in choices if one.against]


def _said(one: Touched) -> list[str]:
    if one.choice == "keep":
        return [_("Nothing changes for them. Only what is started from now on uses the new policies.")]
    moved = ngettext(
        "One submission uses the new policies from now on.",
        "%(num)d submissions use the new policies from now on.",
        one.submissions,
    )
    return [moved, *(_again(one) if one.choice == "recalculate" else _afresh(one)), *_stayed(one)]


def _again(one: Touched) -> list[str]:
    if not one.judged_again:
        return [_("No round is judged again.")]
    said = [
        ngettext(
            "One round is judged again from the sheets that are there; nobody scores again.",
            "%(num)d rounds are judged again from the sheets that are there; nobody scores again.",
            one.judged_again,
        )
    ]
    if one.starts_over:
        said.append(
            ngettext(
                "In one of them an adjudicator is asked anew if the seats still disagree.",
                "In %(num)d of them an adjudicator is asked anew if the seats still disagree.",
                one.starts_over,
            )
        )
    return said + _taken(one) + _drafts(one)


def _afresh(one: Touched) -> list[str]:
    if not one.void:
        return [_("No round is cleared.")]
    said = [
        ngettext(
            "One round ends without a result, and a fresh one opens.",
            "%(num)d rounds end without a result, and fresh ones open.",
            one.void,
        )
    ]
    if one.sheets:
        said.append(
            ngettext(
                "The sheet that was handed in stays on record and counts no more.",
                "The %(num)d sheets that were handed in stay on record and count no more.",
                one.sheets,
            )
        )
    return said + _taken(one) + _drafts(one)


def _taken(one: Touched) -> list[str]:
    if not one.seats:
        return []
    text = ngettext(
        "One open review is taken back; its assessor is told so, not why.",
        "%(num)d open reviews are taken back; their assessors are told so, not why.",
        one.seats,
    )
    return [text]


def _drafts(one: Touched) -> list[str]:
    if not one.drafts:
        return []
    text = ngettext(
        "One draft of feedback is put aside, with what a lead wrote into it.",
        "%(num)d drafts of feedback are put aside, with what leads wrote into them.",
        one.drafts,
    )
    return [text]


def _stayed(one: Touched) -> list[str]:
    if not one.stayed:
        return []
    text = ngettext(
        "One keeps the old policies: the new ones would take an attempt from its learner, or what stays met.",
        "%(num)d keep the old policies: the new ones would take an attempt from their learners, or what "
        "stays met.",
        one.stayed,
    )
    return [text]
