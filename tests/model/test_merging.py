"""The reference model against examples worked by hand, one for each rule of Merging."""

from typing import Any

from tests.model.account import Account, Result

N = "+447911123456"
ANNA = (N, "anna", "lee")
BOB = (N, "bob", "lee")
NOBODY = (N, "", "")


def run(account: Account, *rows: str, header: str = "first_name,city", **options: Any) -> Result:
    lines = [f"phone,{header}", *(f"{N},{row}" for row in rows)]
    return account.import_file("\n".join(lines).encode(), options)


def outcomes(result: Result) -> list[str]:
    return [outcome for _, outcome, _ in result.outcomes]


def named(*rows: str) -> Account:
    """An account with contacts of the number N, from rows of first name, last name, city."""
    account = Account()
    run(account, *rows, header="first_name,last_name,city")
    return account


def test_m1_same_names_replace_fields_and_blank_never_erases() -> None:
    """M1: non-blank fields replace, blank ones erase nothing, the last spelling of a name wins."""
    account = named("Anna,Lee,London")
    result = run(
        account, " ANNA ,lee,,Ms", header="first_name,last_name,city,title", lists=["News"]
    )
    assert outcomes(result) == ["updated"]
    fields = {"first_name": "ANNA", "last_name": "lee", "city": "London", "title": "Ms"}
    assert account.contacts[ANNA].fields == fields


def test_m1_the_same_again_is_unchanged_and_joining_a_list_is_listed() -> None:
    """An unchanged contact joins a list: unchanged and listed."""
    account = named("Anna,Lee,London")
    result = run(account, "Anna,Lee", header="first_name,last_name", lists=["News"])
    assert (outcomes(result), result.counts["listed"]) == (["unchanged"], 1)
    again = run(account, "Anna,Lee", header="first_name,last_name", lists=["news "])
    assert (outcomes(again), again.counts["listed"]) == (["unchanged"], 0)


def test_m2_other_names_are_kept_beside() -> None:
    """M2: a number may have several people; all are kept."""
    account = named("Anna,Lee,London")
    result = run(account, "Bob,Lee,", "Cy,Lee,", header="first_name,last_name,city")
    assert outcomes(result) == ["created", "created"]
    assert set(account.contacts) == {ANNA, BOB, (N, "cy", "lee")}


def test_m3_a_nameless_contact_takes_the_names_of_the_lowest_record() -> None:
    """M3: of several candidates the lowest record takes the nameless contact, others follow M2."""
    account = named(",,London")
    result = run(account, "Anna,Lee", "Bob,Lee", header="first_name,last_name")
    assert outcomes(result) == ["updated", "created"]
    assert set(account.contacts) == {ANNA, BOB}
    assert account.contacts[ANNA].fields["city"] == "London"


def test_m3_does_not_apply_where_the_same_names_are_stored() -> None:
    """M1 comes first: the nameless contact stays nameless."""
    account = named("Anna,Lee,")
    account.contacts[NOBODY] = named(",,Leeds").contacts[NOBODY]
    result = run(account, "Anna,Lee,York", header="first_name,last_name,city")
    assert outcomes(result) == ["updated"]
    assert set(account.contacts) == {ANNA, NOBODY}


def test_m4_one_named_contact_takes_the_fields() -> None:
    """M4: without names, exactly one named contact: the fields merge into it."""
    account = named("Anna,Lee,London")
    result = run(account, "York", header="city")
    assert outcomes(result) == ["updated"]
    assert account.contacts[ANNA].fields["city"] == "York"


def test_m4_several_named_contacts_take_lists_and_channel_only() -> None:
    """M4: several: lists and channel for each, the rest left out with a warning, one outcome."""
    account = named("Anna,Lee,London", "Bob,Lee,London")
    result = run(account, "York", header="city", lists=["News"], channel="whatsapp")
    assert (outcomes(result), result.counts["listed"]) == (["updated"], 1)
    assert result.warning_reasons == {"ambiguous_contact": 1}
    for identity in (ANNA, BOB):
        contact = account.contacts[identity]
        assert contact.fields["city"] == "London"
        assert contact.lists == {"news"}
        assert contact.channels == {"phone", "whatsapp"}


def test_m5_an_unknown_number_is_created() -> None:
    """M5: no contact with the number: created, with or without names."""
    account = Account()
    assert outcomes(run(account, ",London")) == ["created"]
    assert account.contacts[NOBODY].fields == {"city": "London"}


def test_m6_the_last_non_blank_value_wins_and_the_loser_is_warned() -> None:
    """M6: the lowest record carries the outcome; a different value that lost gives a warning."""
    account = Account()
    result = run(account, "Anna,London", "anna,", "ANNA,York")
    assert outcomes(result) == ["created", "duplicate", "duplicate"]
    assert account.contacts[(N, "anna", "")].fields == {"first_name": "ANNA", "city": "York"}
    assert (result.warning_reasons, result.counts["warnings"]) == ({"duplicate_conflict": 2}, 2)


def test_m7_a_nameless_record_folds_into_the_only_named_identity() -> None:
    """M7: one identity: it takes the fields; the nameless record is the duplicate, even first."""
    account = Account()
    result = run(account, ",York", "Anna,")
    assert outcomes(result) == ["duplicate", "created"]
    assert account.contacts[(N, "anna", "")].fields == {"first_name": "Anna", "city": "York"}


def test_m7_among_several_identities_only_lists_are_shared() -> None:
    """M7: several: lists go to each of them and to no other contact, fields to none."""
    account = named("Cy,Lee,")
    result = run(account, "Anna,,", "Bob,,", ",York,News", header="first_name,city,lists")
    assert outcomes(result) == ["created", "created", "duplicate"]
    assert result.warning_reasons == {"ambiguous_contact": 1}
    members = {names for names, contact in account.contacts.items() if contact.lists}
    assert members == {(N, "anna", ""), (N, "bob", "")}
    assert result.counts["listed"] == 2
    assert all("city" not in contact.fields for contact in account.contacts.values())


def test_merge_by_number_folds_everyone_and_renames_the_only_contact() -> None:
    """merge_by_number: one contact a number; its names give way to the non-blank ones."""
    account = named("Anna,Lee,London")
    result = run(account, "Bob,", "Cy,York", duplicates="merge_by_number")
    assert outcomes(result) == ["updated", "duplicate"]
    assert set(account.contacts) == {(N, "cy", "lee")}
    assert account.contacts[(N, "cy", "lee")].fields["city"] == "York"


def test_merge_by_number_with_several_contacts_is_m4() -> None:
    """merge_by_number: several contacts and no same names: lists and channel only."""
    account = named("Anna,Lee,London", "Bob,Lee,London")
    result = run(account, "Cy,York", duplicates="merge_by_number", lists=["News"])
    assert (outcomes(result), set(account.contacts)) == (["unchanged"], {ANNA, BOB})
    assert result.warning_reasons == {"ambiguous_contact": 1}


def test_skip_writes_no_field_but_lists_apply() -> None:
    """skip: known contacts stay as they are; the lowest record of an identity alone counts."""
    account = named("Anna,,London")
    result = run(account, "Anna,York", "Bob,A", "bob,B", ",C", duplicates="skip", lists=["News"])
    assert outcomes(result) == ["unchanged", "created", "duplicate", "duplicate"]
    cities = {keys[1]: contact.fields["city"] for keys, contact in account.contacts.items()}
    assert (cities, result.counts["listed"]) == ({"anna": "London", "bob": "A"}, 2)
    assert result.warning_reasons == {}
