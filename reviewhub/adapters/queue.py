"""rq as disposable transport: what is lost in it, the ticker sends again from the outbox."""

import logging

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue as RqQueue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

QUEUE_NAME = "reviewhub"
JOB_SECONDS = 300
log = logging.getLogger("reviewhub.queue")


class RedisQueue:
    """Sends outbox rows to workers as jobs `o<id>-<try>`."""

    def __init__(self, url: str) -> None:
        self.redis = Redis.from_url(url, socket_connect_timeout=2, socket_timeout=5)
        self.rq = RqQueue(QUEUE_NAME, connection=self.redis, serializer=JSONSerializer)

    def send(self, outbox_id: int, attempt: int) -> bool:
        """Hand over one row; False when Redis is out of reach, which costs only time."""
        try:
            self.rq.enqueue_call(
                "reviewhub.jobs.run",
                args=(outbox_id,),
                job_id=f"o{outbox_id}-{attempt}",
                timeout=JOB_SECONDS,
                result_ttl=0,
                failure_ttl=3600,
            )
        except DuplicateJobError:
            return True
        except RedisError as down:
            log.warning("queue out of reach: %s", type(down).__name__)
            return False
        return True

    def ready(self) -> None:
        """Raise ConnectionError when Redis does not answer."""
        try:
            self.redis.ping()
        except RedisError as down:
            raise ConnectionError(str(down)) from down


class NoQueue:
    """Sends nothing: the outbox is worked off by whoever calls jobs.run_due."""

    def send(self, outbox_id: int, attempt: int) -> bool:
        """Nothing is handed over; the row stays in the outbox."""
        return False

    def ready(self) -> None:
        """Always ready."""
