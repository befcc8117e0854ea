"""Files that are sent while they are made."""

from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import quote

from fastapi.responses import StreamingResponse

CSV: Final = "text/csv; charset=utf-8; header=present"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def download(file: AsyncIterator[bytes], kind: str, name: str) -> StreamingResponse:
    """The first part is made before the answer begins, so that what fails then is an error."""
    first = await anext(file)

    async def parts() -> AsyncIterator[bytes]:
        yield first
        async for part in file:
            yield part

    plain = name.encode("ascii", "replace").decode().replace('"', "_").replace("?", "_")
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {
        "Content-Disposition": disposition,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return StreamingResponse(parts(), media_type=kind, headers=headers)
