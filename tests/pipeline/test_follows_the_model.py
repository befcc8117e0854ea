"""A file goes in over HTTP; contacts, counts, outcomes and confirmation are the model's."""

import pytest
from hypothesis import Phase, given, settings
from tests.fixtures.stack import Stack
from tests.model.account import Account
from tests.model.strategies import SPELLINGS, Upload, sequences, uploads
from tests.pipeline.checks import follows_the_model

pytestmark = pytest.mark.timeout(180)
# Without shrinking: an example takes a second here; a failing one is replayed on the model first.
EXAMPLES = settings(max_examples=20, phases=(Phase.explicit, Phase.reuse, Phase.generate))


@given(uploads())
@EXAMPLES
async def test_one_import_follows_the_model(finely_cut_stack: Stack, upload: Upload) -> None:
    """Whatever the file, cut into chunks and shards of a few records."""
    async with finely_cut_stack.tenant() as tenant:
        await follows_the_model(tenant, Account(), upload)


@given(sequences(max_imports=4, max_rows=8, opt_outs=True))
@EXAMPLES
async def test_a_sequence_follows_the_model(finely_cut_stack: Stack, imports: list[Upload]) -> None:
    """Imports into one account, each meeting what the earlier ones left; some of them opt out."""
    async with finely_cut_stack.tenant() as tenant:
        account = Account()
        for upload in imports:
            await follows_the_model(tenant, account, upload)


@given(sequences(max_imports=3, max_rows=20))
@EXAMPLES
async def test_a_sequence_on_the_small_path_follows_the_model(
    stack: Stack, imports: list[Upload]
) -> None:
    """The same where every file is one chunk and one shard, some of the people opted out."""
    opted_out = {(number, "phone") for number in list(SPELLINGS)[:2]}
    opted_out.add((next(iter(SPELLINGS)), "whatsapp"))
    async with stack.tenant() as tenant:
        await tenant.opt_out(opted_out)
        account = Account(opted_out=opted_out)
        for upload in imports:
            await follows_the_model(tenant, account, upload)
