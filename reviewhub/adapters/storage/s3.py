"""Objects in a bucket: S3 itself or a server that speaks its protocol.

The files' origin is then the bucket's public endpoint. Types and names are bound into each signed address;
the sandbox policy that the local server sends has to come from the proxy in front of the bucket.
"""

import hashlib
import io
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import IO, TYPE_CHECKING, BinaryIO, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from reviewhub.adapters.storage import headers
from reviewhub.adapters.storage.signing import check_key
from reviewhub.services.ports import AlreadyStored, MissingObject, SignedPut, StorageDown, Stored

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_IN_MEMORY = 8 * 1024 * 1024
_CHUNK = 256 * 1024
_TAKEN = {"PreconditionFailed"}
_MISSING = {"NoSuchKey", "404", "NotFound"}


class S3Storage:
    """The Storage port over boto3. `public_endpoint` is how browsers reach the same bucket as `endpoint`.

    Endpoints are addresses ("https://s3.example.org"), empty for AWS's own.
    """

    def __init__(
        self,
        endpoint: str,
        public_endpoint: str,
        bucket: str,
        access_key: str,
        secret_key: str,
        region: str,
    ) -> None:
        self._bucket = bucket
        self._client = _client(endpoint, access_key, secret_key, region)
        self._public = _client(public_endpoint or endpoint, access_key, secret_key, region)

    def presign_put(self, key: str, *, size: int, media_type: str, expires: timedelta) -> SignedPut:
        """A request that writes exactly `size` bytes of this media type under the key, once."""
        with _as_storage_errors(key):
            url = self._public.generate_presigned_url(
                "put_object",
                Params={
                    "Bucket": self._bucket,
                    "Key": check_key(key),
                    "ContentType": media_type,
                    "ContentLength": size,
                    "IfNoneMatch": "*",
                },
                ExpiresIn=int(expires.total_seconds()),
            )
        # The length is signed too; a browser sends it by itself and lets no script set it.
        return SignedPut(url, "PUT", {"Content-Type": media_type, "If-None-Match": "*"})

    def presign_get(self, key: str, *, media_type: str, filename: str | None, expires: timedelta) -> str:
        """An address that shows or saves the object until it expires. Whether it exists is not checked."""
        with _as_storage_errors(key):
            return self._public.generate_presigned_url(
                "get_object",
                Params={
                    "Bucket": self._bucket,
                    "Key": check_key(key),
                    "ResponseContentType": headers.content_type(media_type),
                    "ResponseContentDisposition": headers.disposition(media_type, filename),
                    "ResponseCacheControl": "private, max-age=300",
                },
                ExpiresIn=int(expires.total_seconds()),
            )

    def put(self, key: str, data: BinaryIO | bytes, *, media_type: str) -> Stored:
        """Store; raises AlreadyStored or StorageDown."""
        check_key(key)
        stream = io.BytesIO(data) if isinstance(data, bytes) else data
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spool, _as_storage_errors(key):
            digest, size = _spool(stream, cast("IO[bytes]", spool))
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=cast("IO[bytes]", spool),
                ContentLength=size,
                ContentType=headers.content_type(media_type),
                IfNoneMatch="*",
            )
        return Stored(key, size, digest)

    def copy(self, source: str, target: str) -> Stored:
        """Store the source's bytes under the target too; MissingObject, AlreadyStored or StorageDown.

        Not every server knows a conditional copy, so the target is looked at first; keys are random, and
        a job that runs twice at once copies the same bytes.
        """
        if self.head(target) is not None:
            raise AlreadyStored(target)
        with _as_storage_errors(source):
            self._client.copy_object(
                Bucket=self._bucket,
                Key=check_key(target),
                CopySource={"Bucket": self._bucket, "Key": check_key(source)},
            )
        stored = self.head(target)
        if stored is None:
            raise StorageDown("the copy did not arrive")
        return stored

    @contextmanager
    def open(self, key: str) -> Iterator[BinaryIO]:
        """The object's bytes, to read, whole on this machine first; MissingObject or StorageDown."""
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
            with _as_storage_errors(key):
                answer = self._client.get_object(Bucket=self._bucket, Key=check_key(key))
                with closing(answer["Body"]) as body:
                    for chunk in body.iter_chunks(_CHUNK):
                        spool.write(chunk)
            spool.seek(0)
            yield cast("BinaryIO", spool)

    def head(self, key: str) -> Stored | None:
        """The object's size, or None; the hash is not known without reading."""
        try:
            with _as_storage_errors(key):
                answer = self._client.head_object(Bucket=self._bucket, Key=check_key(key))
        except MissingObject:
            return None
        return Stored(key, answer["ContentLength"])

    def delete(self, key: str) -> None:
        """Remove the object; nothing happens where there is none."""
        with _as_storage_errors(key):
            self._client.delete_object(Bucket=self._bucket, Key=check_key(key))

    def staged(self) -> Iterator[str]:
        """The keys of all objects under `staging/`, page by page; StorageDown."""
        pages = self._client.get_paginator("list_objects_v2")
        with _as_storage_errors("staging"):
            for page in pages.paginate(Bucket=self._bucket, Prefix="staging/"):
                yield from (one["Key"] for one in page.get("Contents", ()))

    def ready(self) -> None:
        """Raise StorageDown unless the bucket answers to our key."""
        try:
            with _as_storage_errors(self._bucket):
                self._client.head_bucket(Bucket=self._bucket)
        except MissingObject:
            raise StorageDown(f"there is no bucket {self._bucket}") from None

    def make_bucket(self, public_url: str) -> None:
        """Make the bucket where it is missing, and let ReviewHub's own pages send files to it (CORS)."""
        with _as_storage_errors(self._bucket):
            try:
                self._client.create_bucket(Bucket=self._bucket)
            except ClientError as error:
                if _code(error) not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                    raise
            self._client.put_bucket_cors(
                Bucket=self._bucket,
                CORSConfiguration={
                    "CORSRules": [
                        {
                            "AllowedOrigins": [headers.origin(public_url)],
                            "AllowedMethods": ["PUT"],
                            "AllowedHeaders": ["content-type", "if-none-match"],
                            "ExposeHeaders": ["ETag"],
                            "MaxAgeSeconds": 600,
                        }
                    ]
                },
            )


def _client(endpoint: str, access_key: str, secret_key: str, region: str) -> "S3Client":
    # Servers other than AWS's refuse the checksums that boto3 sends by default, and know only path style.
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        connect_timeout=3,
        read_timeout=20,
        retries={"mode": "standard", "total_max_attempts": 3},
    )
    return boto3.client(
        "s3",
        endpoint_url=endpoint or None,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        region_name=region,
        config=config,
    )


def _spool(data: BinaryIO, spool: IO[bytes]) -> tuple[str, int]:
    """Copy to a place that can be read twice (boto3 may try again); SHA-256 in hex, and bytes."""
    digest, size = hashlib.sha256(), 0
    while chunk := data.read(_CHUNK):
        spool.write(chunk)
        digest.update(chunk)
        size += len(chunk)
    spool.seek(0)
    return digest.hexdigest(), size


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def _as_storage_errors(key: str) -> Iterator[None]:
    """boto3's errors as those of the port. An answer that says nothing to us is "down": try again."""
    try:
        yield
    except ClientError as error:
        if _code(error) in _TAKEN:
            raise AlreadyStored(key) from None
        if _code(error) in _MISSING:
            raise MissingObject(key) from None
        raise StorageDown(f"the object store answered {_code(error)}") from error
    except BotoCoreError as error:
        raise StorageDown("the object store does not answer") from error
