"""What this process counts and measures, for Prometheus; the names are a closed list.

The counts belong to the process, as its log does: nothing is opened here. No label ever holds
an id, nor anything else that a person or an account could be found by.
"""

from typing import Final

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector

REGISTRY: Final = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
