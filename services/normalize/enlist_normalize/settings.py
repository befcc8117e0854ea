"""What a normaliser is told by its environment."""

from enlist_shared.settings import ServiceSettings


class NormalizeSettings(ServiceSettings):
    """The role in `postgres.dsn` is enlist_normalize: it may claim units and nothing else."""
