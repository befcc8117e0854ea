"""`python -m enlist_shared.probe`: ends with 0 if the service of this container is ready, else 1.

It is the health check of the images, which bring no other HTTP client.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException
from typing import Final

TIMEOUT: Final = 4.0  # seconds
READY: Final = "/health/ready"


def ready(port: int) -> bool:
    """Whether the service that listens on this port of the loopback address says it is ready."""
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        connection.request("GET", READY)
        return 200 <= connection.getresponse().status < 300
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if ready(int(os.environ.get("ENLIST_HTTP__PORT", "8080"))) else 1)
