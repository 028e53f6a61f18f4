"""One JSON line a request: what was asked of which view, never by whom nor with which words."""

import json
import logging
import re
import time
import traceback
from datetime import UTC, datetime

from flask import Flask, Response, g, request

log = logging.getLogger("reviewhub.access")
_ADDRESS = re.compile(r"(?<=while serving ).*", re.DOTALL)
"""What waitress names when a visitor leaves early: addresses hold ids and the secrets of letters' links."""


class JsonLines(logging.Formatter):
    """A record as one line of JSON: moment, level, text, and what was given as `extra`.

    Of a fault its kinds and places, never its message: that may quote what somebody typed.
    """

    _KEPT = ("reference", "method", "rule", "status", "ms", "size", "htmx", "plugin")

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "log": record.name,
            "text": _ADDRESS.sub("…", record.getMessage()),
        }
        line.update({name: getattr(record, name) for name in self._KEPT if hasattr(record, name)})
        if record.exc_info and record.exc_info[1]:
            line["trace"] = _trace(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _trace(fault: BaseException) -> str:
    """Each fault of the chain, the cause first: where it rose, and of which kind it is."""
    found: list[str] = []
    met: set[int] = set()
    at: BaseException | None = fault
    while at is not None and id(at) not in met:
        met.add(id(at))
        kind = f"{type(at).__module__}.{type(at).__qualname__}"
        found.insert(0, "".join(traceback.format_tb(at.__traceback__)) + kind)
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return "\n".join(found)


def install(app: Flask) -> None:
    """Log every request but static files. The rule stands for the address: addresses hold ids and secrets."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def line(response: Response) -> Response:
        if request.endpoint != "static":
            log.info(
                "request",
                extra={
                    "reference": g.get("reference", ""),
                    "method": request.method,
                    "rule": request.url_rule.rule if request.url_rule else "",
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - g.began) * 1000, 1) if "began" in g else None,
                    "size": response.content_length,
                    "htmx": "HX-Request" in request.headers,
                },
            )
        return response
