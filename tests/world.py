"""Builders for a small world: what a coordinator and a sync would have made before a test begins."""

from datetime import timedelta

from reviewhub.domain.access import Role
from reviewhub.domain.rubric_json import content_hash, structure_hash, to_json
from reviewhub.models import Issuer, Membership, MicroCredential, Person, Qualification, RubricVersion
from reviewhub.queries.actor import load_actor
from reviewhub.services.ids import public_id
from tests.rubrics import small_rubric

DIGEST = ""
"""No code: the policies judge."""


class World:
    """Rows that exist before the story. Everything in the story itself goes through services."""

    def __init__(self, kit):
        self.kit = kit
        self._issuer = None

    def add(self, row):
        with self.kit.write() as tx:
            tx.session.add(row)
            tx.session.flush()
        return row

    def issuer(self, slug="harbor", name="Harbor Skills"):
        made = self.add(
            Issuer(
                public_id=public_id(),
                slug=slug,
                name=name,
                contact_name="Dana Field",
                contact_email=f"contact@{slug}.example",
                created_at=self.kit.clock.now(),
            )
        )
        self._issuer = self._issuer or made
        return made

    @property
    def main_issuer(self):
        return self._issuer or self.issuer()

    def person(self, name, *roles, issuer=None, password=None):
        """A verified person with these roles at the issuer."""
        person = self.add(
            Person(
                public_id=public_id(),
                name=name,
                email=f"{name.lower().replace(' ', '.')}@people.example",
                verified_at=self.kit.clock.now(),
                created_at=self.kit.clock.now(),
                password_hash=self.kit.hasher.hash(password) if password else None,
            )
        )
        for role in roles:
            self.add(
                Membership(
                    person_id=person.id,
                    issuer_id=(issuer or self.main_issuer).id,
                    role=Role(role).value,
                    granted_at=self.kit.clock.now(),
                )
            )
        return person

    def micro_credential(self, rubric=None, issuer=None):
        """A live micro-credential with its snapshot, judged by the declarative policies."""
        rubric = rubric or small_rubric()
        made = self.add(
            MicroCredential(
                public_id=public_id(),
                issuer_id=(issuer or self.main_issuer).id,
                slug=rubric.slug,
                name=rubric.about.name,
                summary=rubric.about.summary,
                topics=list(rubric.about.topics),
            )
        )
        snapshot = self.add(
            RubricVersion(
                public_id=public_id(),
                micro_credential_id=made.id,
                rubric_version=rubric.version,
                content_hash=content_hash(rubric),
                structure_hash=structure_hash(rubric),
                code_digest=DIGEST,
                body=to_json(rubric),
                stored_at=self.kit.clock.now(),
            )
        )
        with self.kit.write() as tx:
            tx.session.get_one(MicroCredential, made.id).rubric_version_id = snapshot.id
        made.rubric_version_id = snapshot.id
        return made

    def qualify(self, person, micro_credential):
        return self.add(
            Qualification(
                person_id=person.id,
                micro_credential_id=micro_credential.id,
                standard="calibrated on 10 seeds",
                from_at=self.kit.clock.now() - timedelta(days=1),
            )
        )

    def assessors(self, micro_credential, *names):
        """Qualified assessors, in the order of the names."""
        people = [self.person(name, "assessor") for name in names]
        for person in people:
            self.qualify(person, micro_credential)
        return people

    def actor(self, person):
        with self.kit.read() as session:
            return load_actor(session, person.id)
