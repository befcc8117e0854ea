"""The options of an upload, as they are sent, become the options of an import, or a refusal."""

import json
from typing import Any, Final

from pydantic import ValidationError

from enlist_ingest.api.problems import explain
from enlist_ingest.store import Store
from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.numbers import NUMBER_TYPES
from enlist_shared.ids import AccountId, ImportId
from enlist_shared.options import ImportOptions, Purpose

_LARGEST_ID: Final = 2**63 - 1
_ABOUT_CONTACTS: Final = ("lists", "list_mode", "max_unlisted_ratio", "consent", "duplicates")


async def read_options(account_id: AccountId, store: Store, body: bytes) -> ImportOptions:
    """Options that can be met, as far as anybody can tell before the file is read.

    Raises:
        PermanentFailure: `options`, `list_name` or `list_unknown`.
    """
    options = parse_options(body)
    wanted = [choice for choice in options.lists if isinstance(choice, int)]
    if wanted:
        possible = [list_id for list_id in wanted if 0 < list_id <= _LARGEST_ID]
        unknown = {*wanted} - {*possible}
        unknown.update(await store.unknown_lists(account_id, possible))
        if unknown:
            named = ", ".join(str(list_id) for list_id in sorted(unknown))
            raise PermanentFailure(Code.LIST_UNKNOWN, named)
    parent = options.parent_import_id
    if parent is not None and not await store.imports(account_id, ImportId(parent)):
        raise PermanentFailure(Code.OPTIONS, "parent_import_id: the account has no such import")
    return options


async def said_options(account_id: AccountId, store: Store, said: dict[str, Any]) -> ImportOptions:
    """`read_options` of what stood in a JSON body."""
    return await read_options(account_id, store, json.dumps(said).encode())


def parse_options(body: bytes) -> ImportOptions:
    """Options of the right form: a JSON object, or nothing at all."""
    try:
        options = ImportOptions.model_validate_json(body.strip() or b"{}")
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=False, include_input=False)
        of_lists = all(each["loc"][:1] == ("lists",) for each in errors)
        code = Code.LIST_NAME if of_lists else Code.OPTIONS
        raise PermanentFailure(code, explain(errors)) from None
    unknown = {*(options.number_types or ())} - NUMBER_TYPES
    if unknown:
        raise PermanentFailure(Code.OPTIONS, f"number_types: {', '.join(sorted(unknown))}")
    beside = [name for name in _ABOUT_CONTACTS if name in options.model_fields_set]
    if options.purpose is Purpose.OPT_OUT and beside:
        raise PermanentFailure(Code.OPTIONS, f"purpose opt_out takes no {', '.join(beside)}")
    if "\\u0000" in options.model_dump_json():
        raise PermanentFailure(Code.OPTIONS, "a text holds the character NUL")
    return options
