"""`python -m enlist_normalize`: one worker."""

import asyncio

from enlist_normalize.app import run
from enlist_normalize.settings import NormalizeSettings
from enlist_shared.telemetry import configure_logging


def main() -> None:
    """Run with the settings of the environment."""
    settings = NormalizeSettings()
    configure_logging("normalize", settings.log_level)
    asyncio.run(run(settings))


if __name__ == "__main__":
    main()
