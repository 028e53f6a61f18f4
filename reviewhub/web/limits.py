"""How often somebody may try to sign in, register or ask for a letter. Counted in Redis, else in memory."""

import hashlib

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from reviewhub.services.account_rules import clean_email
from reviewhub.settings import Settings
from reviewhub.web.forms import typed

SIGN_IN = "30 per 10 minutes"
SIGN_IN_ADDRESS = "10 per 10 minutes"
LETTERS = "10 per hour"
LETTERS_ADDRESS = "4 per hour"
SECRETS = "30 per 10 minutes"

limiter = Limiter(key_func=get_remote_address, in_memory_fallback_enabled=True)


def install(app: Flask, settings: Settings) -> None:
    """Count in Redis where there is one, so that every process counts together."""
    app.config["RATELIMIT_ENABLED"] = settings.rate_limits
    app.config["RATELIMIT_STORAGE_URI"] = _storage(settings.redis_url)
    limiter.init_app(app)


def _storage(redis_url: str) -> str:
    """The same server in the limiter's own spelling of a unix socket."""
    if redis_url.startswith("unix://"):
        return "redis+" + redis_url
    return redis_url or "memory://"


def typed_address() -> str:
    """Counts per e-mail address typed, hashed: many machines cannot try one account together.

    Read as the views read it, else each invisible character would open a count of its own.
    """
    return hashlib.sha256(clean_email(typed("email")).encode()).hexdigest()
