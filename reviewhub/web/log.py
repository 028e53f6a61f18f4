"""One JSON line a request: what was asked of which view, never by whom nor with which words."""

import json
import logging
import time
from datetime import UTC, datetime

from flask import Flask, Response, g, request

log = logging.getLogger("reviewhub.access")


class JsonLines(logging.Formatter):
    """A record as one line of JSON: moment, level, text, and what was given as `extra`."""

    _KEPT = ("reference", "method", "rule", "status", "ms", "size", "htmx", "plugin")

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "log": record.name,
            "text": record.getMessage(),
        }
        line.update({name: getattr(record, name) for name in self._KEPT if hasattr(record, name)})
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


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
