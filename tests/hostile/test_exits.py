"""What is typed at the exits, and what a grant opens: who meets it, byte by byte, and who must not."""

import pytest

from reviewhub.models import Concern, LetterRow, Reveal
from reviewhub.services.answer_concern import Answer, answer_concern
from reviewhub.services.ask_reveal import ask_reveal
from reviewhub.services.decide_reveal import grant_reveal
from reviewhub.services.raise_concern import Said, raise_concern
from tests.hostile import evidence
from tests.hostile.cast import WEAK
from tests.hostile.crawl import STARTS
from tests.hostile.house import House

NOTE, REPLY, MEND, WHY, ANSWER = ("finch-note", "finch-reply", "finch-mend", "finch-why", "finch-answer")


@pytest.fixture
def house(cast):
    cast.begin()
    cast.send()
    return House(cast)


@pytest.fixture
def meets(crawler):
    """The addresses at which somebody meets a mark; their letters count as well."""

    def of(house, person, *marks):
        seen = crawler(person).crawl(*STARTS)
        found = {(mark, answer.url) for answer in seen for mark in marks if answer.holds(mark)}
        address = person.email if person else None
        for row in house.rows(LetterRow):
            text = f"{row.subject}\n{row.body}".lower()
            found |= {(mark, row.kind) for mark in marks if row.to == address and mark.lower() in text}
        return found

    return of


def doubt(cast, person, kind, piece=0):
    review = cast.review(person).public_id
    raise_concern(cast.kit, cast.actor(person), review, Said(kind, f"{NOTE} on page 2.", piece))
    return House(cast).rows(Concern)[-1].public_id


def everybody_else(cast, *but):
    people = (cast.ana, cast.ben, cast.idle, cast.lead, cast.cora, cast.learner, cast.classmate, None)
    return [person for person in (*people, *cast.strangers) if person not in but]


def marks_at(found):
    return {mark for mark, _ in found}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_concern_is_between_its_assessor_and_the_coordinators(cast, house, meets):
    asked = doubt(cast, cast.ana, "danger", 1)
    assert marks_at(meets(house, cast.ana, NOTE)) == {NOTE}
    assert marks_at(meets(house, cast.cora, NOTE)) == {NOTE}
    assert all(kind != "concern_danger" for _, kind in meets(house, cast.cora, NOTE)), "not in a letter"
    answer_concern(cast.kit, cast.actor(cast.cora), asked, Answer("carry_on", f"{REPLY}: go on."))
    for person in everybody_else(cast, cast.ana, cast.cora):
        assert meets(house, person, NOTE, REPLY) == set(), person
    assert marks_at(meets(house, cast.ana, NOTE, REPLY)) == {NOTE, REPLY}
    marks = [*house.identity(), *house.staff(cast.ana), *house.names_given_to_others(cast.ana)]
    assert meets(house, cast.ana, *marks) == set(), "nor does the answer tell them who it is"


@pytest.mark.timeout(300)
def test_what_the_learner_mends_is_for_the_learner(cast, house, meets):
    asked = doubt(cast, cast.ana, "name_shown", 1)
    answer = Answer("given_back", f"{REPLY}: it went back.", f"{MEND}: cover the name.")
    answer_concern(cast.kit, cast.actor(cast.cora), asked, answer)
    assert marks_at(meets(house, cast.learner, MEND, NOTE, REPLY)) == {MEND}
    staff = [*house.staff(), *house.names_given_to_others(cast.learner)]
    assert meets(house, cast.learner, *staff) == set()
    for person in everybody_else(cast, cast.learner, cast.cora):
        assert marks_at(meets(house, person, MEND)) == set(), person
    for person in (cast.ana, cast.ben):
        marks = [*house.identity(), *house.staff(person), *house.names_given_to_others(person)]
        assert meets(house, person, *marks) == set()
    assert marks_at(meets(house, cast.ben, NOTE, REPLY)) == set(), "the other seat learns nothing of why"
    cast.story.submit()
    cast.run()
    assert cast.round_state() == "scoring"
    at = {at for _, at in meets(house, cast.learner, MEND)}
    assert at == {"evidence_given_back"}, "it was mended: only the letter is left"


@pytest.mark.timeout(300)
def test_a_grant_opens_one_page_to_one_lead_for_some_days(cast, house, meets):
    for person in (cast.ana, cast.ben):
        cast.hand_in(person, WEAK, "wren")
    cast.pass_undo()
    other = cast.world.person("Lars Lund", "lead")
    meets(house, cast.lead)  # their first look gives the case its alias
    feedback = cast.feedback().public_id
    ask_reveal(cast.kit, cast.actor(cast.lead), feedback, f"{WHY}: a fire.")
    name = evidence.NAME.split()[1]
    who = [name, cast.learner.email]
    for person in everybody_else(cast, cast.lead, cast.cora):
        assert meets(house, person, WHY) == set(), person
    assert meets(house, cast.lead, *who) == set()
    reveal = house.rows(Reveal)[-1].public_id
    grant_reveal(cast.kit, cast.actor(cast.cora), reveal, 3, f"{ANSWER}: the school.")
    assert {at for _, at in meets(house, cast.lead, *who)} == {f"/feedback/{feedback}/identity"}
    assert meets(house, cast.lead, *(m for m in house.identity() if m not in evidence.NAME.split()
                                     and m not in {*who, "quokkachange"})) == set()  # fmt: skip
    for person in everybody_else(cast, cast.cora, cast.lead):
        assert meets(house, person, WHY, ANSWER) == set(), person
    assert meets(house, other, *who, WHY, ANSWER) == set()
    for person in (cast.ana, cast.ben, cast.idle):
        assert meets(house, person, *who) == set()
    cast.kit.clock.move(days=3)
    assert meets(house, cast.lead, *who) == set()
