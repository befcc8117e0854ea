"""How much one workbook may use."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of memory; seconds of a processor, and of a clock; bytes of its sheet as CSV."""

    memory_bytes: int = 3_000_000_000
    cpu_seconds: int = 300
    seconds: int = 900
    text_bytes: int = 1_073_741_824
