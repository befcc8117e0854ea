"""`python -m enlist_merge`: one worker."""

import asyncio

from enlist_merge.app import run
from enlist_merge.settings import MergeSettings
from enlist_shared.telemetry import configure_logging


def main() -> None:
    """Run with the settings of the environment."""
    settings = MergeSettings()
    configure_logging("merge", settings.log_level)
    asyncio.run(run(settings))


if __name__ == "__main__":
    main()
