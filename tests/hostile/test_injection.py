"""The same wicked words in every field that somebody else reads, and then every page that shows them."""

import re
from html.parser import HTMLParser

import pytest
from sqlmodel import select

from reviewhub.domain.errors import Invalid
from reviewhub.jobs import run_due
from reviewhub.models import Concern, Issuer, LetterRow, Person, Qualification, Reveal
from reviewhub.services import hold, score
from reviewhub.services.answer_concern import Answer as Reply
from reviewhub.services.answer_concern import answer_concern
from reviewhub.services.ask_reveal import ask_reveal
from reviewhub.services.decide_reveal import grant_reveal, refuse_reveal
from reviewhub.services.evidence import Answer, mark, save_answers
from reviewhub.services.invite import invite
from reviewhub.services.next_attempt import start_next
from reviewhub.services.raise_concern import Said as Wrong
from reviewhub.services.raise_concern import raise_concern
from reviewhub.services.record_conflict import record_conflict
from reviewhub.services.release import Said, release, save_draft
from reviewhub.services.withdraw import withdraw
from tests.hostile.cast import DIFFERENT, WEAK
from tests.hostile.crawl import STARTS
from tests.learner.story import Story, pdf, picture, work_off_checks

WICKED = """\"'></textarea></title><script>alert(7331)</script><img src=x onerror=alert(7331)>"""
WICKED += """<a href="javascript:alert(7331)">x</a>{{1234*5678}}{%raw%}${1234*5678}%(name)s{name}&lt;b&gt;"""
NAME = """<img src=x onerror=a(7331)>"'{{1234*5678}}%s{0}"""
TEN_WORDS = " one two three four five six seven eight nine ten"


class _Live(HTMLParser):
    """Collects what would run."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.found += [f"<{tag} {name}=…>" for name in given if name.startswith(("on", "hx-on"))]
        self.found += [f"<{tag} style>"] if "style" in given else []
        if tag == "script" and not (given.get("src") or "").startswith("/static/"):
            self.found.append("<script>")
        if given.get("src") == "x" or "7331" in (given.get("id") or "") + (given.get("class") or ""):
            self.found.append(f"<{tag}> out of its place")
        for name in ("href", "src", "action", "formaction", "hx-get", "hx-post"):
            if re.match(r"\s*(?:javascript|data|vbscript):", given.get(name) or "", re.IGNORECASE):
                self.found.append(f"<{tag} {name}={given[name]}>")


def live(body):
    parser = _Live()
    parser.feed(body.decode())
    return parser.found


@pytest.fixture
def wicked(cast, kit, world):
    """A case all of whose words are wicked, up to the second attempt, and one that is held."""
    with kit.write() as tx:
        for person in (cast.learner, cast.classmate, cast.ana, cast.ben, cast.lead, cast.cora):
            tx.session.get_one(Person, person.id).name = NAME
        for issuer in (world.main_issuer, cast.elsewhere):
            row = tx.session.get_one(Issuer, issuer.id)
            row.name = row.contact_name = NAME
        for row in tx.session.exec(Qualification.__table__.select()).all():
            tx.session.get_one(Qualification, row.id).standard = WICKED
    cast.story = _evidence(cast, cast.learner)
    return cast


def _evidence(cast, learner):
    story = Story.begin(cast.kit, cast.actor(learner), cast.micro)
    story.write("why", WICKED + TEN_WORDS)
    story.write("page", "https://x.example/?q=" + WICKED.replace(" ", "+"))
    story.upload("plan", f"{WICKED}.pdf".replace("/", "-"), pdf(1))
    story.upload("shots", "<script>alert(7331)<.png", picture())
    story.upload("notes", '"><svg onload=a()>.txt', (WICKED * 3).encode())
    story.upload("page", "{{1234*5678}}.png", picture(), 0)
    work_off_checks(cast.kit)
    return story


def _whole_story(cast):
    kit, cora = cast.kit, cast.actor(cast.cora)
    cast.send()
    asked = Wrong("danger", WICKED, 1)
    raise_concern(kit, cast.actor(cast.ana), cast.review(cast.ana).public_id, asked)
    yield "asked"
    (concern,) = _rows(kit, Concern)
    answer_concern(kit, cora, concern.public_id, Reply("carry_on", WICKED, anyway=True))
    cast.hand_in(cast.ana, WEAK, WICKED)
    cast.hand_in(cast.ben, DIFFERENT, WICKED)
    cast.pass_undo()
    hold.hold(kit, cora, cast.story.id, WICKED)
    hold.release_hold(kit, cora, cast.story.id, WICKED)
    run_due(kit)
    cast.hand_in(cast.lead, WEAK, WICKED)
    cast.hand_in(cast.lead, WEAK, WICKED)
    cast.pass_undo()
    feedback = cast.feedback()
    said = {one["criterion"]: Said(WICKED, WICKED) for one in feedback.items}
    version = save_draft(kit, cast.actor(cast.lead), feedback.public_id, feedback.version, said, WICKED)
    yield "decided"
    for number in range(2):
        ask_reveal(kit, cast.actor(cast.lead), feedback.public_id, WICKED)
        reveal = _rows(kit, Reveal)[-1].public_id
        if number:
            grant_reveal(kit, cora, reveal, 7, WICKED)
        else:
            refuse_reveal(kit, cora, reveal, WICKED, anyway=True)
            yield "refused"
    release(kit, cast.actor(cast.lead), feedback.public_id, version, said, WICKED)
    start_next(kit, cast.story.actor, cast.story.id)
    save_answers(kit, cast.story.actor, cast.story.id, [Answer("Note", WICKED, mark(""))])
    invite(kit, cora, cast.micro.issuer_id, "'%(name)s{{1234*5678}}'@x.example", "assessor")
    record_conflict(kit, cora, cast.story.id, cast.idle.public_id, WICKED)
    hold.hold(kit, cora, cast.story.id, WICKED)
    other = _evidence(cast, cast.classmate)
    withdraw(kit, cast.actor(cast.classmate), other.id, WICKED)
    run_due(kit)
    yield "told"


def _rows(kit, table):
    with kit.read() as session:
        return session.exec(select(table).order_by(table.id)).all()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_words_stay_words_on_every_page(wicked, crawler):
    wrong, met = [], 0
    for state in _whole_story(wicked):
        for who in ("learner", "ana", "lead", "cora", "classmate", None):
            for answer in crawler(getattr(wicked, who) if who else None).crawl(*STARTS):
                if "text/html" not in answer.headers:
                    continue
                met += answer.body.count(b"&lt;script&gt;alert(7331)")
                wrong += [f"{state}: {who}: {answer.url}: {one}" for one in live(answer.body)]
                if b"7006652" in answer.body:
                    wrong.append(f"{state}: {who}: {answer.url}: the template's language was spoken")
    assert met > 100, "the words were on the pages"
    assert not wrong, "\n".join(sorted(set(wrong)))


def test_refused_words_come_back_as_words(wicked, crawler, app):
    """Error summaries and 422 pages repeat what was typed."""
    app.config["WTF_CSRF_ENABLED"] = False
    fields = ("name", "email", "reason", "summary", "zone", "role", "issuer", "standard", "until", "do",
              "kind", "note", "piece", "word", "outcome", "reply", "mend", "verdict", "days",
              "micro_credential", "level-goal", "comment-goal", "saw-goal", "do-goal", "text.why.0", "Note",
              "url.page.0", "version", "draft_version", "next", "assessor", "who")  # fmt: skip
    typed = dict.fromkeys(fields, WICKED)
    wicked.send()
    review = wicked.review(wicked.ana).public_id
    submission, ana = wicked.story.id, wicked.ana.public_id
    asked = {
        "nobody": ("/sign-in", "/register", "/forgotten-password", "/sign-out"),
        "learner": ("/account", f"/work/{submission}/evidence", f"/work/{submission}/submit",
                    f"/work/{submission}/uploads"),
        "ana": (f"/reviews/{review}/draft", f"/reviews/{review}/submit", f"/reviews/{review}/cannot-open",
                f"/reviews/{review}/wrong", "/away"),
        "cora": ("/coordinate/people/invite", f"/coordinate/people/{ana}/qualify",
                 f"/coordinate/submissions/{submission}/conflict",
                 f"/coordinate/submissions/{submission}/seats/{review}",
                 f"/coordinate/submissions/{submission}/go-on"),
    }  # fmt: skip
    for who, paths in asked.items():
        client = crawler(getattr(wicked, who, None)).client
        for path in paths:
            for headers in ({}, {"HX-Request": "true"}):
                answer = client.post(path, data=typed, headers=headers)
                assert answer.status_code < 500, path
                assert live(answer.get_data()) == [], path
                assert "7006652" not in answer.text
    app.config["WTF_CSRF_ENABLED"] = True
    for path in ("/sign-in", f"/reviews/{review}/draft"):
        answer = crawler(wicked.ana).client.post(path, data=typed)
        assert answer.status_code == 400
        assert live(answer.get_data()) == []


def test_a_script_address_is_no_link_and_cannot_be_sent(wicked, crawler):
    for address in ("javascript:alert(7331)//", "JaVaScRiPt:alert(1)", "data:text/html,<script>1</script>",
                    "\tjavascript:alert(1)", "vbscript:x", "file:///etc/passwd",
                    "http://user:pw@x.example/"):  # fmt: skip
        wicked.story.write(
            "page", address, was=next(a for a in wicked.story.artifacts if a.kind == "link").url
        )
        for answer in crawler(wicked.learner).crawl("/work"):
            if "text/html" in answer.headers:
                assert live(answer.body) == [], address
        with pytest.raises(Invalid):
            wicked.story.submit()


def test_letters_have_one_header_a_line_and_no_markup(wicked):
    for _ in _whole_story(wicked):
        pass
    with wicked.kit.read() as session:
        letters = session.exec(LetterRow.__table__.select()).all()
    assert len(letters) > 5
    for letter in letters:
        assert "\n" not in letter.subject + letter.to + letter.message_id
        assert "7006652" not in letter.body
        assert not re.search(r"^(?:Bcc|To|From|Content-Type):", letter.body, re.MULTILINE)


def test_scores_are_what_the_rubric_knows(wicked):
    """Levels and criteria come from a list: nothing typed is stored in their place."""
    wicked.send()
    review = wicked.review(wicked.ana)
    for entries in ({"goal": {"level": WICKED, "comment": ""}}, {WICKED: {"level": "clear", "comment": ""}}):
        with pytest.raises(Invalid):
            score.save_draft(wicked.kit, wicked.actor(wicked.ana), review.public_id, entries, 0)
