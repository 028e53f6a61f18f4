"""A lead who confirms feedback as it was composed, with advice where something is to be mended."""

from sqlmodel import Session, col, select

from bench.killing.clients import Client
from reviewhub.models import Feedback


class Lead:
    """Releases the oldest feedback that waits; two leads may well want the same."""

    def __init__(self, client: Client, person_id: int, secret: str) -> None:
        self._client, self._id = client, person_id
        self._browser = client.browser(secret)
        self.finished = False

    def step(self) -> bool:
        """Confirm one."""
        found = self._client.look(_oldest)
        if found is None:
            return False
        path = f"/feedback/{found.public_id}"
        page = self._browser.get(path)
        form = {"version": page.value("version"), "summary": "Thank you."}
        for criterion in page.names("saw-"):
            form[f"saw-{criterion}"], form[f"do-{criterion}"] = "What we saw.", "What to do."
        if self._browser.post(f"{path}/release", form).status == 303:
            self._client.journal.write("released", feedback=found.public_id)
        return True


def _oldest(session: Session) -> Feedback | None:
    drafts = select(Feedback).where(Feedback.state == "draft").order_by(col(Feedback.id)).limit(1)
    return session.exec(drafts).first()
