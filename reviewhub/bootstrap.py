"""The only place that imports adapters: build(settings) wires everything."""

from reviewhub.adapters.clock import DemoClock, SystemClock
from reviewhub.adapters.converter import SandboxConverter
from reviewhub.adapters.db import Database
from reviewhub.adapters.hasher import ArgonHasher
from reviewhub.adapters.keys import Ed25519Signer
from reviewhub.adapters.mail import KeptMail, SmtpMail
from reviewhub.adapters.queue import NoQueue, RedisQueue
from reviewhub.adapters.sheets import SandboxSheets
from reviewhub.adapters.storage.local import LocalStorage
from reviewhub.host.authored import AuthoredFolders
from reviewhub.host.judge import PluginHost
from reviewhub.services.kit import Kit
from reviewhub.services.ports import Clock, Signer, Storage
from reviewhub.settings import Settings, kept_secret


def build(settings: Settings, clock: Clock | None = None) -> Kit:
    """All parts for these settings. Nothing is connected before its first use.

    Without redis_url nothing is handed to workers: the caller works the outbox off itself.
    """
    at = clock or (DemoClock(settings.data / "clock") if settings.demo else SystemClock())
    host = PluginHost(settings.data / "plugins")
    return Kit(
        settings=settings,
        db=Database(settings.database),
        clock=at,
        storage=_storage(settings),
        queue=RedisQueue(settings.redis_url) if settings.redis_url else NoQueue(),
        mail=SmtpMail(settings.smtp_url, settings.mail_from) if settings.smtp_url else KeptMail(),
        judge=host,
        plugins=host,
        authored=AuthoredFolders(settings.data / "authored"),
        converter=SandboxConverter(),
        sheets=SandboxSheets(),
        hasher=ArgonHasher(),
        signer=signer(settings),
    )


def signer(settings: Settings) -> Signer:
    """What signs and checks the record's checkpoints; for checking an export, all that is needed."""
    return Ed25519Signer(settings)


def _storage(settings: Settings) -> Storage:
    if settings.storage == "s3":
        # boto3 takes a third of a second to import, in every process; without S3 nobody waits for it.
        from reviewhub.adapters.storage.s3 import S3Storage  # noqa: PLC0415

        return S3Storage(
            endpoint=settings.s3_endpoint,
            public_endpoint=settings.s3_public_endpoint or settings.s3_endpoint,
            bucket=settings.s3_bucket,
            region=settings.s3_region,
            access_key=settings.s3_access_key,
            secret_key=settings.s3_secret_key,
        )
    return LocalStorage(settings.data / "files", settings.files_url, kept_secret(settings))
