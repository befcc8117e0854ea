"""What is known of a number on a channel, and who said so (contacts.md, Consent)."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from enlist_shared.ids import ObjectKey
from enlist_shared.options import Channel


class ConsentState(StrEnum):
    """Whoever has said nothing is unknown: there is no row, and no event says so."""

    OPTED_IN = "opted_in"
    OPTED_OUT = "opted_out"


class ConsentSource(StrEnum):
    """Who said so: an importer, a person by message, somebody by hand, a program with evidence."""

    IMPORT = "import"
    OPT_OUT_IMPORT = "opt_out_import"
    HAND = "hand"
    KEYWORD = "keyword"
    START = "start"
    CONSENT_CALL = "consent_call"


class ChangedNumbers(BaseModel):
    """An object with some of the numbers that an import changed: `number,record,effective_at`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: ObjectKey
    numbers: int


class ConsentChanges(BaseModel):
    """What lies under the `object_key` of an import's `ConsentChanged`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    channel: Channel
    state: ConsentState
    objects: tuple[ChangedNumbers, ...]
