"""What every test may use. The fixtures themselves live in `tests/fixtures`."""

import os

import pytest
from hypothesis import HealthCheck, settings
from tests.fixtures import brokers, composed, kafka, office

pytest_plugins = ["tests.fixtures.backends", "tests.fixtures.database", "tests.fixtures.stack"]

# Examples that run against servers take as long as they take.
settings.register_profile(
    "enlist", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("enlist")

# What only Apache Kafka can show, what only containers and LibreOffice can: `make test-kafka` names
# the jars, `make test-containers` the command and the images, `make test-office` the program.
_NEEDED = {"kafka": kafka.JARS, "containers": composed.COMMAND, "office": office.PROGRAM}
collect_ignore = [suite for suite, variable in _NEEDED.items() if variable not in os.environ]


# Whole stacks that run until the session ends. Each costs a good part of a core, also when idle.
_STACKS = ("stack", "finely_cut_stack")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs no stack comes first; the order within is random as ever."""
    items.sort(key=lambda item: [name in getattr(item, "fixturenames", ()) for name in _STACKS])


def pytest_report_header() -> str:
    return f"broker: {brokers.described()}"
