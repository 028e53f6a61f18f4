import pytest

from reviewhub.models import Artifact, CleanCopy
from reviewhub.services.ids import public_id


@pytest.fixture
def evidence(world, desk):
    """A PDF of two clean pages, a text answer, something that could not be cleaned, a text file."""

    def of(attempt_id):
        now = world.kit.clock.now()
        more = {"attempt_id": attempt_id, "state": "checked", "created_at": now, "title": "holiday-lee.pdf"}
        plan = world.add(
            Artifact(
                public_id=public_id(),
                requirement_id="plan",
                kind="file",
                media_type="application/pdf",
                clean_state="clean",
                url="https://SECRET-URL.example",
                **more,
            )
        )
        for position in range(2):
            world.add(
                CleanCopy(
                    public_id=public_id(),
                    artifact_id=plan.id,
                    position=position,
                    kind="page",
                    media_type="image/webp",
                    key=f"clean/p{plan.id}{position}",
                    size=5,
                    width=910,
                    height=1287,
                )
            )
        world.add(
            Artifact(
                public_id=public_id(),
                requirement_id="why",
                kind="text",
                body="Because we met & planted.",
                **more,
            )
        )
        world.add(
            Artifact(
                public_id=public_id(),
                requirement_id="plan",
                kind="file",
                position=1,
                clean_state="not_cleanable",
                clean_note="“holiday-lee.pdf” is odd",
                **more,
            )
        )
        notes = world.add(
            Artifact(
                public_id=public_id(),
                requirement_id="plan",
                kind="file",
                position=2,
                clean_state="clean",
                **more,
            )
        )
        world.kit.storage.put(f"clean/{notes.id}", b"Planted & watered.", media_type="text/plain")
        world.add(
            CleanCopy(
                public_id=public_id(),
                artifact_id=notes.id,
                position=0,
                kind="text",
                media_type="text/plain",
                key=f"clean/{notes.id}",
                size=18,
            )
        )

    return of


@pytest.fixture
def seat(desk):
    desk.seated()
    return desk.review(desk.people.ana)
