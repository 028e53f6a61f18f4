from reviewhub.domain.errors import Invalid
from reviewhub.services.account_rules import password_problems
from reviewhub.services.kit import Kit
from reviewhub.services.sessions import end_sessions, open_session
from reviewhub.services.tokens import end_links, open_token, use_token


def choose_password(kit: Kit, secret: str, password: str, device: str) -> str:
    """Use a link from a letter: confirms the address, sets the password, ends all sessions, opens one.

    Gives the new session's secret. Refused (link_used, link_expired), NotFound, Invalid: password.
    """
    with kit.read() as session:
        _, person = open_token(session, secret, kit.clock.now())
    problems = password_problems(password, person.email or "")
    if problems:
        raise Invalid(*problems)
    hashed = kit.hasher.hash(password)
    with kit.write() as tx:
        row, person = open_token(tx.session, secret, tx.now)
        use_token(tx, row)
        end_links(tx, row.person_id)
        person.password_hash = hashed
        person.verified_at = person.verified_at or tx.now
        end_sessions(tx, row.person_id)
        return open_session(tx, person, device)
