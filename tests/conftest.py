"""What every test may use. The fixtures themselves live in `tests/fixtures`."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.fixtures.backends", "tests.fixtures.database", "tests.fixtures.stack"]

# Examples that run against servers take as long as they take.
settings.register_profile(
    "enlist", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("enlist")
