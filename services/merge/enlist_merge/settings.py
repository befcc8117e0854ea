"""What a merger is told by its environment."""

from pydantic import Field

from enlist_shared.settings import PostgresSettings, ServiceSettings


class MergeSettings(ServiceSettings):
    """The role in `postgres.dsn` is enlist_merge; relay and reconciler use enlist_system."""

    system_postgres: PostgresSettings
    new_lists: int = Field(default=1000, ge=0, description="an import may create so many lists")
    abandoned_after: float = Field(
        default=600.0, gt=0, description="seconds after which an upload that stopped is cancelled"
    )
