"""The headers that every answer carries."""

from flask import Flask, Response, abort, request

from reviewhub.web import actor

_YEAR = 31_536_000


def install(app: Flask, *, files_origin: str, https: bool) -> None:
    """Send the policy with every answer; files come from an origin of their own.

    Nothing inline, nothing from elsewhere, in no frame: an injected script or style does not run.
    """
    policy = _policy(files_origin, https=https)
    app.before_request(_refuse_zero_bytes)

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()"
        if https:
            response.headers["Strict-Transport-Security"] = f"max-age={_YEAR}"
        _cache(response)
        return response


def _refuse_zero_bytes() -> None:
    """No address of ours has one, and PostgreSQL takes none: nothing here, rather than a fault of ours."""
    if "\0" in request.path or any("\0" in value for value in request.args.values()):
        abort(404)


def _policy(files: str, *, https: bool) -> str:
    # form-action names the files' origin too: browsers check where a posted form is redirected.
    rules = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        f"img-src 'self' {files}",
        f"media-src 'self' {files}",
        f"connect-src 'self' {files}",
        f"form-action 'self' {files}",
        "manifest-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    ]
    return "; ".join([*rules, "upgrade-insecure-requests"] if https else rules)


def _cache(response: Response) -> None:
    """Keep what is somebody's own out of every cache; static files named by their content stay for good."""
    if request.endpoint == "static":
        kept = f"public, max-age={_YEAR}, immutable" if "v" in request.args else "public, max-age=3600"
        response.headers["Cache-Control"] = kept if response.status_code in {200, 304} else "no-store"
    elif actor().signed_in:
        response.headers["Cache-Control"] = "no-store"
    else:
        response.headers.setdefault("Cache-Control", "private, no-cache")
