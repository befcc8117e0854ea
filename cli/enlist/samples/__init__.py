"""Contact files as people really send them: made up, and the same for the same seed."""

from enlist.samples.writer import write_sample

__all__ = ["write_sample"]
