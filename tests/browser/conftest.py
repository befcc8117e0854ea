"""The browser and who sits before it, for the tests of this folder."""

import os

from tests.fixtures.browser import PROGRAM, browser, person

__all__ = ["browser", "person"]

# What only a browser can show; `make test-browser` names its program.
collect_ignore_glob = [] if PROGRAM in os.environ else ["*"]
