"""What the ingest service is told beyond what every service is told."""

from pydantic import BaseModel, ConfigDict, Field

from enlist_shared.settings import ServiceSettings


class HttpSettings(BaseModel):
    """Where a process answers HTTP; port 0 takes any free one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65_535)


class IngestSettings(ServiceSettings):
    """Sizes are bytes."""

    http: HttpSettings = HttpSettings()
    max_bytes: int = Field(default=104_857_600, gt=0, description="of one uploaded file")
    chunk_bytes: int = Field(default=4_000_000, gt=0, description="what fits is a small import")
    max_records: int = Field(default=5_000_000, gt=0, description="of one import")
    shard_records: int = Field(default=131_072, gt=0, description="a shard's, on average")
