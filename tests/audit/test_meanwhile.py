"""Sealing and proving go on while people work: nobody waits in a circle, and nothing is called broken."""

from concurrent.futures import ThreadPoolExecutor
from random import Random

from reviewhub.domain.access import SYSTEM
from reviewhub.domain.errors import Stale
from reviewhub.services import seal
from reviewhub.services.erase_person import erase_person
from reviewhub.services.verify_audit import verify_all, verify_new
from tests.marks import BOTH


@BOTH
def test_people_work_while_others_seal_and_prove(record, kit):
    def work(number):
        """Events on several chains, each in one commit with its issuer's, in the order of locks."""
        dice = Random(number)
        for _ in range(12):
            with kit.write() as tx:
                both = dice.random() < 0.5
                some = [record.first, record.second] if both else [dice.choice([record.first, record.second])]
                for root in (*some, record.one):
                    locked = tx.lock(type(root), root.id)
                    tx.event(locked, "thing.done", SYSTEM, text="Because")

    def sealing(_):
        for _ in range(12):
            try:
                seal.seal(kit, most=2)
            except Stale:
                continue

    def proving(verify):
        return [verify(kit) for _ in range(8)]

    with ThreadPoolExecutor(7) as threads:
        done = [threads.submit(work, n) for n in range(3)] + [threads.submit(sealing, n) for n in range(2)]
        proved = [threads.submit(proving, verify) for verify in (verify_all, verify_new)]
        for one in done:
            one.result()
        for whole, said in [answer for one in proved for answer in one.result()]:
            assert whole, said
    record.seal()
    assert verify_all(kit)[0]
    assert verify_new(kit)[0]
    assert all(record.root(root).audit_seq == record.root(root).sealed_seq for root in record.all)


@BOTH
def test_somebody_is_erased_while_others_work_on_their_chain(record, kit, world):
    record.sql("UPDATE submission SET state = 'met'")
    email = "lee.learner@people.example"

    def work(_):
        for _ in range(10):
            record.grow(record.first, words="Lee Learner said")
            record.grow(record.one)

    with ThreadPoolExecutor(3) as threads:
        working = [threads.submit(work, n) for n in range(2)]
        threads.submit(erase_person, kit, email, "Asked by letter.").result()
        for one in working:
            one.result()
    record.seal()
    assert verify_all(kit)[0]
    actions = [event.action for event in record.chain(record.first)]
    assert actions.count("person.erased") == 1
    assert actions.count("thing.done") == 20
