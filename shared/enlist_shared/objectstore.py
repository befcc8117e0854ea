"""Bytes live in S3: whole objects, ranges of them, and uploads of unknown length.

boto3 blocks, so every call runs in a thread. Nothing relies on ETags, conditional writes or
object metadata; sizes and hashes are kept in the ledger and in manifests.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from enlist_shared.ids import ObjectKey
from enlist_shared.settings import S3Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

T = TypeVar("T")
Run: TypeAlias = Callable[[Callable[[], T]], Awaitable[T]]
_THREADS = 8
_BLOCK_BYTES = 1_048_576
_MISSING = frozenset({"NoSuchKey", "404", "InvalidArgument", "InvalidURI", "KeyTooLongError"})
_FIRST_REGION = "us-east-1"  # the one that a new bucket must not name (Amazon's API)


class ObjectMissingError(Exception):
    """There is no object under this key."""


class ObjectReading:
    """An object as it is now, from its first byte to its last; `size` in bytes."""

    def __init__(self, size: int, body: StreamingBody, run: Run[bytes]) -> None:
        self.size = size
        self._body = body
        self._run = run

    async def blocks(self) -> AsyncIterator[bytes]:
        """Its bytes, once; a connection that ends too early is an error of botocore's."""
        while block := await self._run(lambda: self._body.read(_BLOCK_BYTES)):
            yield block


class ObjectStore:
    """One bucket of an S3 server."""

    def __init__(
        self, client: "S3Client", signer: "S3Client", bucket: str, executor: ThreadPoolExecutor
    ) -> None:
        self._client = client
        self._signer = signer
        self._bucket = bucket
        self._executor = executor

    async def put(self, key: ObjectKey, body: bytes) -> None:
        """Store an object whole."""
        await self._call(self._client.put_object, Bucket=self._bucket, Key=key, Body=body)

    async def get(self, key: ObjectKey, start: int = 0, end: int | None = None) -> bytes:
        """The bytes `[start, end)` of an object.

        Raises:
            ObjectMissingError: there is none.
        """
        if end is not None and end <= start:
            return b""
        last = "" if end is None else end - 1
        return await self._run(lambda: self._read(key, f"bytes={start}-{last}"))

    async def size(self, key: ObjectKey) -> int:
        """How many bytes an object has.

        Raises:
            ObjectMissingError: there is none.
        """
        with _missing_said(key):
            head = await self._call(self._client.head_object, Bucket=self._bucket, Key=key)
        return int(head["ContentLength"])

    @asynccontextmanager
    async def reading(self, key: ObjectKey) -> AsyncIterator[ObjectReading]:
        """An object in one request, so that nothing of a later overwrite can mix in.

        Raises:
            ObjectMissingError: there is none.
        """
        with _missing_said(key):
            answer = await self._call(self._client.get_object, Bucket=self._bucket, Key=key)
        with closing(answer["Body"]):
            yield ObjectReading(answer["ContentLength"], answer["Body"], self._run)

    def presigned_put(self, key: ObjectKey, size: int, seconds: int) -> str:
        """A URL under which anybody may store `size` bytes as this object, for so long.

        The length is signed (SigV4): a server refuses a request that declares another one.
        """
        put = {"Bucket": self._bucket, "Key": key, "ContentLength": size}
        return self._signer.generate_presigned_url("put_object", Params=put, ExpiresIn=seconds)

    async def begin(self, key: ObjectKey) -> str:
        """Begin an upload in parts; returns its id."""
        answer = await self._call(
            self._client.create_multipart_upload, Bucket=self._bucket, Key=key
        )
        return str(answer["UploadId"])

    async def put_part(self, key: ObjectKey, upload: str, number: int, body: bytes) -> str:
        """Store part `number` (from 1; at least 5 MiB but for the last); returns its tag."""
        answer = await self._call(
            self._client.upload_part,
            Bucket=self._bucket,
            Key=key,
            UploadId=upload,
            PartNumber=number,
            Body=body,
        )
        return str(answer["ETag"])

    async def complete(self, key: ObjectKey, upload: str, tags: list[str]) -> None:
        """Make the object out of its parts; before this it does not exist."""
        parts = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)]
        await self._call(
            self._client.complete_multipart_upload,
            Bucket=self._bucket,
            Key=key,
            UploadId=upload,
            MultipartUpload={"Parts": parts},
        )

    async def abort(self, key: ObjectKey, upload: str) -> None:
        """Throw an upload away, with its parts."""
        await self._call(
            self._client.abort_multipart_upload, Bucket=self._bucket, Key=key, UploadId=upload
        )

    def _read(self, key: ObjectKey, byte_range: str) -> bytes:
        with _missing_said(key):
            answer = self._client.get_object(Bucket=self._bucket, Key=key, Range=byte_range)
        return answer["Body"].read()

    async def _call(self, method: Callable[..., Any], **arguments: object) -> Any:  # noqa: ANN401
        return await self._run(lambda: method(**arguments))

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)


@asynccontextmanager
async def open_objectstore(settings: S3Settings) -> AsyncIterator[ObjectStore]:
    """A client of the bucket in the settings."""
    public = settings.model_copy(update={"endpoint": settings.public_endpoint or settings.endpoint})
    with (
        closing(_client(settings)) as client,
        closing(_client(public)) as signer,
        ThreadPoolExecutor(_THREADS, thread_name_prefix="s3") as executor,
    ):
        yield ObjectStore(client, signer, settings.bucket, executor)


def make_bucket(settings: S3Settings) -> bool:
    """Make the bucket unless it is there; whether it was missing. For those who set a system up.

    Raises:
        BotoCoreError, ClientError: the server does not answer, or refuses.
    """
    bucket, region = settings.bucket, settings.region
    with closing(_client(settings)) as client:
        try:
            client.head_bucket(Bucket=bucket)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in {"404", "NoSuchBucket"}:
                raise
        else:
            return False
        place: dict[str, Any] = {"CreateBucketConfiguration": {"LocationConstraint": region}}
        client.create_bucket(Bucket=bucket, **({} if region == _FIRST_REGION else place))
    return True


@contextmanager
def _missing_said(key: ObjectKey) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _MISSING:
            raise ObjectMissingError(key) from error
        raise


def _client(settings: S3Settings) -> "S3Client":
    return boto3.client(
        "s3",
        endpoint_url=settings.endpoint,
        region_name=settings.region,
        aws_access_key_id=settings.access_key.get_secret_value(),
        aws_secret_access_key=settings.secret_key.get_secret_value(),
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=5,
            read_timeout=30,
            max_pool_connections=_THREADS,
            retries={"mode": "standard", "max_attempts": 4},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
