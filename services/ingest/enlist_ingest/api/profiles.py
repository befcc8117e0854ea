"""Profiles: how an account wants files with a certain header read."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from enlist_ingest.api.bodies import json_body, read_json
from enlist_ingest.api.dependencies import Authenticated, OpenedIngest
from enlist_ingest.api.forms import OPTIONS_BYTES
from enlist_ingest.api.once import OnceRoute
from enlist_ingest.api.options import said_options
from enlist_ingest.api.preview_views import ProfileView
from enlist_ingest.api.problems import Problem, ProblemCode
from enlist_rules.layout import MAX_COLUMNS
from enlist_shared.options import Name

_PRINTED: Final = r"^[^\x00]*$"
Column = Annotated[str, StringConstraints(max_length=65_536, pattern=_PRINTED)]


class NewProfile(BaseModel):
    """A profile to save, in place of one of the same name."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Name, StringConstraints(pattern=_PRINTED)]
    columns: list[Column] = Field(
        min_length=1, max_length=MAX_COLUMNS, description="the header's cells, from a preview"
    )
    options: dict[str, Any] = Field(default={}, description="ImportOptions")


class ProfileList(BaseModel):
    """All profiles of the account, by name."""

    profiles: list[ProfileView]


router = APIRouter(prefix="/v1/profiles", tags=["profiles"], route_class=OnceRoute)


@router.post("", status_code=201, openapi_extra=json_body(NewProfile))
async def save_profile(
    request: Request, caller: Authenticated, ingest: OpenedIngest
) -> ProfileView:
    """Save mapping and options for a header; previews of files that have it offer them."""
    profile = await read_json(request, NewProfile, OPTIONS_BYTES)
    options = await said_options(caller.account_id, ingest.store, profile.options)
    said = options.model_dump(mode="json", exclude_unset=True)
    row = await ingest.profiles.save(caller.account_id, profile.name, profile.columns, said)
    return ProfileView.of(row)


@router.get("")
async def list_profiles(caller: Authenticated, ingest: OpenedIngest) -> ProfileList:
    """All profiles of the account."""
    rows = await ingest.profiles.all(caller.account_id)
    return ProfileList(profiles=[ProfileView.of(row) for row in rows])


@router.delete("/{profile_id}", status_code=204, response_class=Response)
async def remove_profile(profile_id: UUID, caller: Authenticated, ingest: OpenedIngest) -> None:
    """Remove a profile."""
    if not await ingest.profiles.remove(caller.account_id, profile_id):
        raise Problem(404, ProblemCode.NOT_FOUND, "The account has no profile with this id.")
