"""How many results were audited, and how many of these differ, in two sentences."""

from flask_babel import gettext as _
from flask_babel import ngettext

from reviewhub.queries.audit_counts import AuditCounts


def counted(counts: AuditCounts) -> str:
    """How many were audited, and in how many of these a criterion is on the other side of met."""
    audited = ngettext(
        "Of %(results)d results one was audited.",
        "Of %(results)d results %(num)d were audited.",
        counts.audited,
        results=counts.results,
    )
    if not counts.across:
        return f"{audited} {_('None of these has a criterion on the other side of met.')}"
    across = ngettext(
        "In one of these a criterion is on the other side of met.",
        "In %(num)d of these a criterion is on the other side of met.",
        counts.across,
    )
    return f"{audited} {across}"
