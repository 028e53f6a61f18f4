"""Every address, and who gets an answer there."""

ALL = frozenset(
    [
        "nobody",
        "classmate",
        "learner",
        "assessor",
        "unseated",
        "lead",
        "coordinator",
        "manager",
        "far_assessor",
        "far_lead",
        "far_coordinator",
        "far_manager",
        "double",
    ]
)
SIGNED_IN = ALL - {"nobody"}
LEARNER, ASSESSOR, LEAD, COORDINATOR = ({"learner"}, {"assessor"}, {"lead"}, {"coordinator"})
SCORERS = {"assessor", "unseated", "lead", "far_assessor", "far_lead", "double"}
LEADS, COORDINATORS = {"lead", "far_lead"}, {"coordinator", "far_coordinator", "double"}
MANAGER, MANAGERS = {"manager"}, {"manager", "far_manager"}

# (method, rule) → the addresses to try, and who gets an answer. {…} are things of the main issuer.
ROUTES = {
    ("GET", "/"): (["/"], ALL),
    ("GET", "/static/<path:filename>"): (["/static/css/base.css"], ALL),
    ("GET", "/healthz"): (["/healthz"], ALL),
    ("GET", "/readyz"): (["/readyz"], ALL),
    ("GET", "/explore"): (["/explore"], ALL),
    ("GET", "/explore/<issuer>/<slug>"): (["/explore/harbor/small"], ALL),
    ("GET", "/who-sees-what"): (["/who-sees-what"], ALL),
    ("POST", "/language"): (["/language"], ALL),
    ("POST", "/explore/<issuer>/<slug>/start"): (["/explore/harbor/closed/start"], SIGNED_IN),
    # accounts: what a link opens is for whoever has the link
    ("GET", "/sign-in"): (["/sign-in"], ALL),
    ("POST", "/sign-in"): (["/sign-in"], ALL),
    ("GET", "/register"): (["/register"], ALL),
    ("POST", "/register"): (["/register"], ALL),
    ("GET", "/letter-sent"): (["/letter-sent"], ALL),
    ("GET", "/forgotten-password"): (["/forgotten-password"], ALL),
    ("POST", "/forgotten-password"): (["/forgotten-password"], ALL),
    ("GET", "/choose-password/<secret>"): (["/choose-password/link"], ALL),
    ("POST", "/choose-password/<secret>"): (["/choose-password/link"], ALL),
    ("POST", "/choose-password/<secret>/again"): (["/choose-password/link/again"], ALL),
    ("GET", "/invitation/<secret>"): (["/invitation/offer"], ALL),
    ("POST", "/invitation/<secret>"): (["/invitation/offer"], ALL),
    ("GET", "/home"): (["/home"], SIGNED_IN),
    ("GET", "/account"): (["/account"], SIGNED_IN),
    ("POST", "/account"): (["/account"], SIGNED_IN),
    ("POST", "/account/password"): (["/account/password"], SIGNED_IN),
    ("POST", "/account/sessions/<public_id>/end"): (["/account/sessions/{session}/end"], LEARNER),
    ("POST", "/account/sessions/end-others"): (["/account/sessions/end-others"], SIGNED_IN),
    ("POST", "/sign-out"): (["/sign-out"], ALL),
    # a learner
    ("GET", "/work"): (["/work"], SIGNED_IN),
    ("GET", "/work/<submission>"): (["/work/{scoring}", "/work/{decided}"], LEARNER),
    ("GET", "/work/<submission>/evidence"): (["/work/{scoring}/evidence"], LEARNER),
    ("POST", "/work/<submission>/evidence"): (["/work/{scoring}/evidence"], LEARNER),
    ("POST", "/work/<submission>/submit"): (["/work/{scoring}/submit"], LEARNER),
    ("POST", "/work/<submission>/uploads"): (["/work/{scoring}/uploads"], LEARNER),
    ("GET", "/work/<submission>/feedback/<int:number>"): (["/work/{decided}/feedback/1"], set()),
    ("POST", "/work/<submission>/feedback/<int:number>/question"): (
        ["/work/{decided}/feedback/1/question"],
        set(),
    ),
    ("POST", "/work/<submission>/feedback/<int:number>/appeal"): (
        ["/work/{decided}/feedback/1/appeal"],
        set(),
    ),
    ("POST", "/work/<submission>/next"): (["/work/{scoring}/next"], LEARNER),
    ("GET", "/work/<submission>/rubric"): (["/work/{scoring}/rubric"], LEARNER),
    ("POST", "/work/<submission>/rubric"): (["/work/{scoring}/rubric"], LEARNER),
    ("GET", "/work/<submission>/changes/<int:number>"): (["/work/{scoring}/changes/2"], set()),
    ("GET", "/files/<public_id>"): (["/files/{clean}"], {"learner", "assessor", "lead"}),
    # who scores
    ("GET", "/queue"): (["/queue"], SIGNED_IN),
    ("POST", "/queue/claim-next"): (["/queue/claim-next"], SCORERS - LEADS),
    ("POST", "/reviews/<review>/at-work"): (["/reviews/{review}/at-work"], ASSESSOR),
    ("GET", "/reviews"): (["/reviews"], SIGNED_IN),
    ("GET", "/reviews/<review>"): (["/reviews/{review}"], ASSESSOR),
    ("POST", "/reviews/<review>/draft"): (["/reviews/{review}/draft"], ASSESSOR),
    ("POST", "/reviews/<review>/submit"): (["/reviews/{review}/submit"], ASSESSOR),
    ("POST", "/reviews/<review>/undo"): (["/reviews/{review}/undo"], ASSESSOR),
    ("POST", "/reviews/<review>/doubts/<criterion>"): (["/reviews/{review}/doubts/goal"], set()),
    ("POST", "/reviews/<review>/doubts/<criterion>/take-back"): (
        ["/reviews/{review}/doubts/goal/take-back"], set()),
    ("GET", "/reviews/<review>/correction"): (["/reviews/{review}/correction"], ASSESSOR),
    ("POST", "/reviews/<review>/correction"): (["/reviews/{review}/correction"], ASSESSOR),
    ("POST", "/reviews/<review>/corrected"): (["/reviews/{review}/corrected"], ASSESSOR),
    ("GET", "/reviews/<review>/cannot-open"): (["/reviews/{review}/cannot-open"], ASSESSOR),
    ("POST", "/reviews/<review>/cannot-open"): (["/reviews/{review}/cannot-open"], ASSESSOR),
    ("GET", "/reviews/<review>/wrong"): (["/reviews/{review}/wrong"], ASSESSOR),
    ("POST", "/reviews/<review>/wrong"): (["/reviews/{review}/wrong"], ASSESSOR),
    ("GET", "/reviews/<review>/more-time"): (["/reviews/{review}/more-time"], ASSESSOR),
    ("GET", "/reviews/<review>/hand-back"): (["/reviews/{review}/hand-back"], ASSESSOR),
    ("GET", "/away"): (["/away"], SCORERS),
    ("POST", "/away"): (["/away"], SCORERS),
    # who leads
    ("GET", "/feedback"): (["/feedback", "/feedback?show=released", "/feedback?show=questions"], LEADS),
    ("GET", "/feedback/audits"): (["/feedback/audits"], LEADS),
    ("GET", "/feedback/corrections"): (["/feedback/corrections"], LEADS),
    ("GET", "/feedback/corrections/<public_id>"): (["/feedback/corrections/{correction}"], LEAD),
    ("POST", "/feedback/corrections/<public_id>"): (["/feedback/corrections/{correction}"], LEAD),
    ("GET", "/feedback/<public_id>"): (["/feedback/{feedback}"], LEAD),
    ("POST", "/feedback/<public_id>/answer/<question>"): (["/feedback/{feedback}/answer/none"], set()),
    ("GET", "/feedback/<public_id>/reveal"): (["/feedback/{feedback}/reveal"], LEAD),
    ("POST", "/feedback/<public_id>/reveal"): (["/feedback/{feedback}/reveal"], LEAD),
    ("GET", "/feedback/<public_id>/identity"): (["/feedback/{feedback}/identity"], LEAD),
    ("GET", "/feedback/<public_id>/decision"): (["/feedback/{feedback}/decision"], LEAD),
    ("POST", "/feedback/<public_id>/draft"): (["/feedback/{feedback}/draft"], LEAD),
    ("POST", "/feedback/<public_id>/release"): (["/feedback/{feedback}/release"], LEAD),
    # who coordinates
    ("GET", "/coordinate"): (["/coordinate"], COORDINATORS),
    ("GET", "/coordinate/submissions"): (["/coordinate/submissions"], COORDINATORS),
    ("GET", "/coordinate/people"): (["/coordinate/people"], COORDINATORS),
    ("GET", "/coordinate/practice"): (["/coordinate/practice"], COORDINATORS),
    ("GET", "/coordinate/practice/<slug>"): (["/coordinate/practice/harbor"], COORDINATOR),
    ("POST", "/coordinate/practice/<slug>"): (["/coordinate/practice/harbor"], COORDINATOR),
    **{(verb, "/coordinate/policies/<micro>/<version>"): (
        ["/coordinate/policies/{policies}/1.0"], COORDINATOR)
       for verb in ("GET", "POST")},
    ("GET", "/coordinate/people/invite"): (["/coordinate/people/invite"], COORDINATORS),
    ("POST", "/coordinate/people/invite"): (["/coordinate/people/invite"], COORDINATORS),
    ("GET", "/coordinate/submissions/<public_id>"): (["/coordinate/submissions/{scoring}"], COORDINATOR),
    ("GET", "/coordinate/submissions/<public_id>/who-sees-what"): (
        ["/coordinate/submissions/{scoring}/who-sees-what"], COORDINATOR),
    ("GET", "/coordinate/submissions/<public_id>/<act>"): (
        [f"/coordinate/submissions/{{scoring}}/{act}" for act in
         ("hold", "release-hold", "return", "go-on", "resume", "withdraw", "allow-attempt")], COORDINATOR),
    ("POST", "/coordinate/submissions/<public_id>/<act>"): (
        [f"/coordinate/submissions/{{scoring}}/{act}" for act in
         ("hold", "release-hold", "return", "go-on", "resume", "withdraw", "allow-attempt")], COORDINATOR),
    **{(verb, f"/coordinate/submissions/<public_id>/{rule}"): (
        [f"/coordinate/submissions/{{decided}}/{path}"], COORDINATOR)
       for verb in ("GET", "POST") for rule, path in (
           ("attempts/<int:number>/rescore", "attempts/1/rescore"),
           ("rescores/<round_pid>", "rescores/{rescore}"))},
    ("GET", "/coordinate/submissions/<public_id>/decision/<round_pid>"): (
        ["/coordinate/submissions/{decided}/decision/{rescore}"], COORDINATOR),
    ("GET", "/coordinate/submissions/<public_id>/conflict"): (
        ["/coordinate/submissions/{scoring}/conflict"], COORDINATOR),
    ("POST", "/coordinate/submissions/<public_id>/conflict"): (
        ["/coordinate/submissions/{scoring}/conflict"], COORDINATOR),
    ("POST", "/coordinate/submissions/<public_id>/fill"): (
        ["/coordinate/submissions/{scoring}/fill"], COORDINATOR),
    ("GET", "/coordinate/submissions/<public_id>/seats/<review>"): (
        ["/coordinate/submissions/{scoring}/seats/{review}"], COORDINATOR),
    **{(verb, "/coordinate/submissions/<public_id>/seats/<review>/more-time"): (
        ["/coordinate/submissions/{scoring}/seats/{review}/more-time"], COORDINATOR)
       for verb in ("GET", "POST")},
    ("POST", "/coordinate/submissions/<public_id>/seats/<review>"): (
        ["/coordinate/submissions/{scoring}/seats/{review}"], COORDINATOR),
    ("GET", "/coordinate/concerns/<public_id>"): (["/coordinate/concerns/{concern}"], COORDINATOR),
    ("POST", "/coordinate/concerns/<public_id>"): (["/coordinate/concerns/{concern}"], COORDINATOR),
    ("POST", "/coordinate/concerns/<public_id>/clean-again"): (
        ["/coordinate/concerns/{concern}/clean-again"], COORDINATOR),
    ("GET", "/coordinate/reveals/<public_id>"): (["/coordinate/reveals/{reveal}"], COORDINATOR),
    ("POST", "/coordinate/reveals/<public_id>"): (["/coordinate/reveals/{reveal}"], COORDINATOR),
    ("GET", "/coordinate/holds/<public_id>"): (["/coordinate/holds/{hold}"], COORDINATOR),
    ("POST", "/coordinate/holds/<public_id>"): (["/coordinate/holds/{hold}"], COORDINATOR),
    ("GET", "/coordinate/people/<public_id>"): (["/coordinate/people/{person}"], COORDINATOR),
    ("GET", "/coordinate/people/<public_id>/qualify"): (["/coordinate/people/{person}/qualify"], COORDINATOR),
    ("POST", "/coordinate/people/<public_id>/qualify"): (
        ["/coordinate/people/{person}/qualify"], COORDINATOR),
    **{(verb, f"/coordinate/people/<public_id>/{rule}"): (
        [f"/coordinate/people/{{person}}/{path}"], COORDINATOR)
       for verb in ("GET", "POST") for rule, path in (
           ("qualifications/<micro>/revoke", "qualifications/{micro}/revoke"),
           ("conflicts/<learner>/end", "conflicts/{learner}/end"),
           ("away", "away"),
           ("hand-over", "hand-over"),
           ("roles/<slug>/<role>/end", "roles/harbor/assessor/end"))},
    # who manages
    ("GET", "/manage"): (["/manage"], MANAGERS),
    ("GET", "/manage/<issuer>"): (["/manage/harbor"], MANAGER),
    ("GET", "/manage/<issuer>/offers/<slug>"): (["/manage/harbor/offers/small"], MANAGER),
    **{(verb, "/manage/<issuer>/offers/<slug>/<any(pilot, live, retired):choice>"): (
        ["/manage/harbor/offers/small/retired"], MANAGER) for verb in ("GET", "POST")},
    **{("POST", f"/manage/<issuer>/offers/<slug>/{act}"): ([f"/manage/harbor/offers/small/{act}"], MANAGER)
       for act in ("let-in", "link")},
    ("POST", "/manage/<issuer>/offers/<slug>/shut-out"): (["/manage/harbor/offers/small/shut-out"], set()),
    **{(verb, "/manage/<issuer>/drafts"): (["/manage/harbor/drafts"], MANAGER) for verb in ("GET", "POST")},
    ("POST", "/manage/<issuer>/drafts/of/<slug>"): (["/manage/harbor/drafts/of/closed"], MANAGER),
    ("GET", "/manage/<issuer>/drafts/<draft>"): (["/manage/harbor/drafts/{draft}"], MANAGER),
    ("GET", "/manage/<issuer>/drafts/<draft>/folder.zip"): (
        ["/manage/harbor/drafts/{draft}/folder.zip"], MANAGER),
    ("POST", "/manage/<issuer>/drafts/<draft>/discard"): (
        ["/manage/harbor/drafts/{draft}/discard"], MANAGER),
    ("POST", "/manage/<issuer>/drafts/<draft>/table/new"): (
        ["/manage/harbor/drafts/{draft}/table/new"], MANAGER),
    **{(verb, f"/manage/<issuer>/drafts/<draft>/{rule}"): (
        [f"/manage/harbor/drafts/{{draft}}/{path}" for path in paths], MANAGER)
       for verb in ("GET", "POST") for rule, paths in (
           ("table", ["table"]),
           ("<any(about, evidence, criteria, rules):section>", ["about", "evidence", "criteria", "rules"]),
           ("preview/<view>", ["preview/catalogue", "preview/evidence", "preview/assessor"]),
           ("ship", ["ship"]))},
    **{(verb, "/pilot/<secret>"): (["/pilot/none"], set()) for verb in ("GET", "POST")},
    **{(verb, "/manage/<issuer>/people"): (["/manage/harbor/people"], MANAGER) for verb in ("GET", "POST")},
    ("GET", "/plugins"): (["/plugins"], MANAGERS | COORDINATORS),
    ("GET", "/plugins/<issuer>"): (["/plugins/harbor"], MANAGER | COORDINATOR),
    ("POST", "/plugins/<issuer>/ask-again"): (["/plugins/harbor/ask-again"], MANAGER | COORDINATOR),
    # last, since they end what the others look at
    ("POST", "/coordinate/submissions/<public_id>/remind"): (
        ["/coordinate/submissions/{decided}/remind"], COORDINATOR),
    ("POST", "/reviews/<review>/more-time"): (["/reviews/{review}/more-time"], ASSESSOR),
    ("POST", "/reviews/<review>/hand-back"): (["/reviews/{review}/hand-back"], ASSESSOR),
    ("POST", "/away/hand-over"): (["/away/hand-over"], SCORERS),
    ("POST", "/reviews/<review>/exclude"): (["/reviews/{review}/exclude"], ASSESSOR),
    ("POST", "/work/<submission>/withdraw"): (
        ["/work/{scoring}/withdraw"], LEARNER),
}  # fmt: skip
