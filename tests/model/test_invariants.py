"""What holds for the reference model whatever the files are."""

from collections import Counter

from hypothesis import event, given
from tests.model.account import OUTCOMES, Account
from tests.model.strategies import SPELLINGS, Upload, sequences, uploads


@given(sequences())
def test_records_are_conserved(imports: list[Upload]) -> None:
    """Every record has one outcome, reasons add up to the rejected, numbers run from 1."""
    account = Account()
    for one in imports:
        result = account.import_file(one.data, one.options)
        event(f"{result.status} {result.code}")
        counts = result.counts
        assert counts["records"] == sum(counts[name] for name in OUTCOMES)
        assert sum(result.reasons.values()) == counts["rejected"]
        assert [record for record, _, _ in result.outcomes] == [*range(1, counts["records"] + 1)]
        tally = Counter(outcome for _, outcome, _ in result.outcomes)
        assert all(tally[name] == counts[name] for name in OUTCOMES)
        event(f"outcomes {sorted(tally)}")


@given(uploads(), sequences(max_imports=2))
def test_the_same_again_changes_nothing(one: Upload, before: list[Upload]) -> None:
    """An import repeated at once leaves every contact as it is and creates no contact but M4's."""
    account = Account()
    for earlier in before:
        account.import_file(earlier.data, earlier.options)
    account.import_file(one.data, one.options)
    once = dict(account.contacts)
    again = account.import_file(one.data, one.options)
    assert (account.contacts, again.counts["created"]) == (once, 0)


@given(sequences())
def test_channels_and_lists_only_grow(imports: list[Upload]) -> None:
    """No import takes a contact, a channel, a membership or a consent away."""
    account = Account(opted_out={(number, "phone") for number in list(SPELLINGS)[:2]})
    for one in imports:
        before = {contact.number: contact for contact in account.contacts.values()}
        count = len(account.contacts)
        opted_in, opted_out = set(account.opted_in), set(account.opted_out)
        account.import_file(one.data, one.options)
        assert len(account.contacts) >= count
        assert account.opted_in >= opted_in
        assert account.opted_out == opted_out
        assert not account.opted_in & opted_out
        for number, contact in before.items():
            after = [each for each in account.contacts.values() if each.number == number]
            assert any(
                each.channels >= contact.channels and each.lists >= contact.lists for each in after
            )
