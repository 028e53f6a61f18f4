"""What is typed in the stories around a result, and who meets it, on pages and in letters."""

import pytest

from reviewhub.domain.rubric import EligibilityPolicy, Policies
from reviewhub.models import Issuer, LetterRow, Question, Review, Round
from reviewhub.services.answer_question import answer_question
from reviewhub.services.appeal import appeal
from reviewhub.services.ask_question import ask_question
from reviewhub.services.hand_back import hand_back
from reviewhub.services.hold import hold
from reviewhub.services.record_conflict import record_conflict
from reviewhub.services.rescore import rescore
from reviewhub.services.rule_on_rescore import rule_on_rescore
from tests.assessor.desk import GOOD, WEAK
from tests.hostile.crawl import STARTS
from tests.rounds.bench import Bench
from tests.rubrics import small_rubric

pytestmark = pytest.mark.usefixtures("quiet_log")
LEADS = {"lead", "other lead"}


@pytest.fixture
def bench(world):
    made = Bench(world)
    made.classmate = world.person("Olga Classmate")
    return made


@pytest.fixture
def meet(bench, crawler):
    return crowd(bench, crawler)


def crowd(bench, crawler):
    """Who meets each mark: everybody there is looks, and everybody's letters are read."""

    def people():
        seated = {review.assessor_id for review in bench.all(Review)}
        found = {person.name: person for person in bench.assessors if person.id in seated}
        free = next(person for person in bench.assessors if person.id not in seated)
        staff = {
            "lead": bench.people.lead,
            "other lead": bench.people.other_lead,
            "coordinator": bench.people.cora,
        }
        return (
            found
            | staff
            | {"free": free, "learner": bench.learner, "classmate": bench.classmate, "nobody": None}
        )

    def of(*marks):
        found = {mark: set() for mark in marks}
        for who, person in people().items():
            own = bench.all(Review, Review.assessor_id == person.id) if person else ()
            seen = crawler(person).crawl(*STARTS, *(f"/reviews/{review.public_id}" for review in own))
            letters = bench.all(LetterRow, LetterRow.person_id == person.id) if person else ()
            text = "".join(f"{row.message_id}{row.subject}{row.body}" for row in letters).lower()
            for mark in marks:
                if mark in text or any(answer.holds(mark) for answer in seen):
                    found[mark].add(who)
        return found

    return of


def score(bench, levels, word):
    """Both seats of the newest round hand in; gives who said what."""
    round_id, said = bench.rounds()[-1].id, {}
    for number, review in enumerate(bench.seats(round_id)):
        person = bench.person(review)
        comment = f"{word}-{number} could be clearer, with a day and a figure."
        bench.submit(person, levels, round_id, goal=comment)
        said[f"{word}-{number}"] = person.name
    bench.pass_undo()
    return said


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_question_and_an_appeal_reach_those_who_answer_them_and_no_scorer(bench, meet):
    kit, pid, learner = (
        bench.kit,
        (bench.released(WEAK), bench.submission.public_id)[1],
        bench.actor(bench.learner),
    )
    ask_question(kit, learner, pid, 1, "What is plover-question about?")
    answer_question(
        kit, bench.actor(bench.people.lead), bench.all(Question)[-1].public_id, "It is plover-answer."
    )
    appeal(kit, learner, pid, "You did not read dunlin-grounds, which I gave.")
    bench.run()
    first, _second = bench.seats(bench.rounds()[-1].id)
    hand_back(kit, bench.actor(bench.person(first)), first.public_id, "No time because of ruff-back.")
    bench.run()
    said = score(bench, {"goal": "vague"}, "tern")
    hold(kit, bench.cora, pid, "Because of knot-hold we wait.")
    bench.run()
    assert meet("plover-question", "plover-answer", "dunlin-grounds", "ruff-back", "knot-hold", *said) == {
        "plover-question": {"learner", "coordinator", *LEADS},
        "plover-answer": {"learner", "coordinator", *LEADS},
        "dunlin-grounds": {"learner", "coordinator"},
        "ruff-back": {"coordinator"},
        "knot-hold": {"coordinator"},
        **{mark: {name, *LEADS} for mark, name in said.items()},
    }


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_scoring_again_and_its_reasons_stay_with_the_coordinators(bench, meet):
    bench.released(WEAK)
    pid = bench.submission.public_id
    out = bench.person(bench.seats(bench.rounds()[0].id)[0])
    record_conflict(bench.kit, bench.cora, pid, out.public_id, "They are stint-conflict to each other.")
    bench.run()
    if len(bench.rounds()) == 1:
        rescore(bench.kit, bench.cora, pid, 1, "Because of stint-rescore.")
        bench.run()
    said = score(bench, GOOD, "stilt")
    newest = bench.rounds()[-1]
    before = meet("stint-conflict", *said)
    assert before == {"stint-conflict": {"coordinator"}, **{mark: {name} for mark, name in said.items()}}
    rule_on_rescore(bench.kit, bench.cora, newest.public_id, "keep", "It is kept, because of stint-ruling.")
    bench.run()
    assert meet("stint-conflict", "stint-ruling", *said) == before | {"stint-ruling": {"coordinator"}}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_what_an_audit_says_stays_with_whoever_audited(bench, meet):
    with bench.kit.write() as tx:
        tx.session.get_one(Issuer, bench.micro.issuer_id).audit_percent = 100
    bench.decided(WEAK)
    audit = bench.all(Round, Round.kind == "audit")[0]
    (review,) = bench.seats(audit.id, "audit")
    person = bench.person(review)
    bench.submit(person, WEAK, audit.id, goal="curlew-audit: it could be clearer, with a day.")
    assert meet("curlew-audit") == {"curlew-audit": {person.name}}
    bench.pass_undo()
    bench.release()
    assert meet("curlew-audit") == {"curlew-audit": {person.name}}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("level", ["there", "missing"])
def test_what_a_check_says_is_missing_reaches_the_learner_and_the_rest_nobody(world, crawler, level):
    rubric = small_rubric(policies=Policies(eligibility=EligibilityPolicy(completeness=True)))
    bench = Bench(world, rubric)
    bench.classmate = world.person("Olga Classmate")
    bench.seated()
    review = bench.all(Review)[0]
    bench.submit(bench.person(review), {"plan": level, "why": "there"}, plan="godwit-check: an empty page.")
    bench.pass_undo()
    told = {"learner", "coordinator"} if level == "missing" else set()
    assert crowd(bench, crawler)("godwit-check") == {"godwit-check": {bench.person(review).name, *told}}
