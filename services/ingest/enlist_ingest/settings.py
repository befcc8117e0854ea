"""What the ingest service is told beyond what every service is told."""

from pydantic import Field

from enlist_shared.settings import ServiceSettings
from enlist_shared.workbooks.limits import Limits


class IngestSettings(ServiceSettings):
    """Sizes are bytes."""

    max_bytes: int = Field(default=104_857_600, gt=0, description="of one uploaded file")
    max_paste_bytes: int = Field(default=10_485_760, gt=0, description="of one pasted text")
    chunk_bytes: int = Field(default=4_000_000, gt=0, description="what fits is a small import")
    max_records: int = Field(default=5_000_000, gt=0, description="of one import")
    shard_records: int = Field(default=131_072, gt=0, description="a shard's, on average")
    workbook_memory_bytes: int = Field(
        default=3_000_000_000, gt=0, description="of the process that reads a workbook"
    )
    workbook_cpu_seconds: int = Field(default=300, gt=0, description="the same process's")
    workbook_seconds: int = Field(default=900, gt=0, description="until that process is ended")
    workbook_previews: int = Field(
        default=2, gt=0, description="of workbooks at once, each of at most 500 MB; others wait"
    )

    @property
    def workbook_limits(self) -> Limits:
        """What one workbook may use."""
        return Limits(self.workbook_memory_bytes, self.workbook_cpu_seconds, self.workbook_seconds)
