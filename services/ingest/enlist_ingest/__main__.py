"""`python -m enlist_ingest api | split`: one of the two processes of ingest."""

import argparse
import sys
from typing import Final

import uvicorn

from enlist_ingest.app import build_api, build_split
from enlist_ingest.settings import IngestSettings
from enlist_shared.telemetry import configure_logging

GRACE_SECONDS: Final = 5
NOT_STARTED: Final = 3


def main() -> None:
    """Serve until SIGTERM or SIGINT; what is under way then has some seconds to finish."""
    parser = argparse.ArgumentParser(prog="enlist_ingest", description=__doc__)
    parser.add_argument("process", choices=("api", "split"))
    process = parser.parse_args().process
    settings = IngestSettings()
    configure_logging(f"ingest-{process}", settings.log_level)
    app = build_api(settings) if process == "api" else build_split(settings)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.http.host,
            port=settings.http.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    app.state.stopping = lambda: server.should_exit
    server.run()
    sys.exit(0 if server.started else NOT_STARTED)


if __name__ == "__main__":
    main()
