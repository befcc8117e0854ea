"""Which column means what."""

import pytest

from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.fields import LISTS, NAME, Field
from enlist_rules.header import FIELD_NAMES, PHONE_RANKS, SECOND_FIELD_NAMES, folded
from enlist_rules.layout import LayoutRules, read_layout
from enlist_rules.mapping import TARGETS
from enlist_rules.options import Header, Unmapped
from enlist_rules.synonyms import (
    ALTERNATE_PHONES,
    COUNTRIES,
    FIELDS,
    MOBILE_PHONES,
    OTHER_PHONES,
    PHONES,
    SECOND_FIELDS,
    SHARED_PHONES,
)


def mapped(header: str, *rows: str, rules: LayoutRules | None = None) -> list[str]:
    text = "\n".join([header, *rows]).encode()
    return list(read_layout(text, rules or LayoutRules(), complete=True).mapping)


def refused(header: str, *rows: str, rules: LayoutRules | None = None) -> Code:
    with pytest.raises(PermanentFailure) as failure:
        mapped(header, *rows, rules=rules)
    return failure.value.code


@pytest.mark.parametrize(
    ("header", "mapping"),
    [
        ("Mobile Number,E-Mail", "phone_number,email"),
        ("\u200bPHONE_number \u00a0,first-name", "phone_number,first_name"),
        ("Vorname;Name;Handynummer", "first_name,last_name,phone_number"),
        ("Prénom;Nom;Téléphone portable;Code postal", "first_name,last_name,phone_number,postcode"),
        ("Nombre;Apellidos;Teléfono móvil", "first_name,last_name,phone_number"),
        ("Telefon;Straße;PLZ;Ort", "phone_number,address_line1,postcode,city"),
        ("Name,Phone", "name,phone_number"),
        ("Name,Given Name,Family Name,Phone", "custom.Name,first_name,last_name,phone_number"),
        ("phone,WhatsApp,lists", "phone_number,whatsapp_number,lists"),
        ("phone,account_id,__proto__", "phone_number,custom.account_id,custom.__proto__"),
    ],
)
def test_names(header: str, mapping: str) -> None:
    """Names match without case, spaces, punctuation, accents and marks, in four languages."""
    assert mapped(header) == mapping.split(",")


@pytest.mark.parametrize(
    ("header", "mapping"),
    [
        ("phone,mobile", "alternate_phone_number,phone_number"),
        ("home phone,phone,mobile", "custom.home phone,alternate_phone_number,phone_number"),
        ("phone,phone", "phone_number,alternate_phone_number"),
        ("work phone,home phone", "phone_number,alternate_phone_number"),
        ("phone,mobile,alternate phone", "custom.phone,phone_number,alternate_phone_number"),
        ("secondary phone,name", "phone_number,name"),
        ("company phone,work phone", "alternate_phone_number,phone_number"),
        ("Fax,Pager,Company Fax,phone", "custom.Fax,custom.Pager,custom.Company Fax,phone_number"),
    ],
)
def test_several_phones(header: str, mapping: str) -> None:
    """Mobile before phone before other; the next is the alternate number; never an error."""
    assert mapped(header) == mapping.split(",")


def test_a_phone_column_without_a_value_comes_last() -> None:
    """An export brings every column it knows; the person's numbers are in those that are used."""
    found = mapped("Mobile,Phone,Home Phone", ",,07911123456", ",,07911123457")
    assert found == ["alternate_phone_number", "custom.Phone", "phone_number"]


@pytest.mark.parametrize(
    ("row", "mapping"),
    [
        ("1 High St,,1 Work St,", "address_line1,city,custom.Business Street,custom.Business City"),
        (",,1 Work St,", "custom.Home Street,custom.Home City,address_line1,city"),
    ],
)
def test_several_addresses(row: str, mapping: str) -> None:
    """The first kind of address that holds a value is the contact's; the others are custom."""
    header = "Home Street,Home City,Business Street,Business City,phone"
    assert mapped(header, f"{row},07911123456") == [*mapping.split(","), "phone_number"]


def test_a_title_beside_a_salutation() -> None:
    """It is what the person does, not how she is addressed."""
    assert mapped("Salutation,Title,phone") == ["title", "custom.Title", "phone_number"]
    assert mapped("Title,phone") == ["title", "phone_number"]
    assert refused("Title,title,phone") is Code.HEADER_DUPLICATE
    assert mapped("Work Email,Home Email,phone") == ["email", "custom.Home Email", "phone_number"]


@pytest.mark.parametrize(
    ("values", "target"),
    [
        (["GB", "us", "+49", "0033", "44"], "country_code"),
        (["United Kingdom", "Germany"], "custom.Country"),
        (["", ""], "custom.Country"),
    ],
)
def test_country(values: list[str], target: str) -> None:
    """A column headed country is a country code only when its values can be used as one."""
    rows = [f"07911123456,{value}" for value in values]
    assert mapped("Phone,Country", *rows) == ["phone_number", target]


def test_two_columns_for_one_field() -> None:
    """Two columns for one field are refused, also for one custom field."""
    assert refused("phone,email,E-Mail") is Code.HEADER_DUPLICATE
    assert refused("phone,Notes, notes ") is Code.HEADER_DUPLICATE
    assert mapped("phone,email,E-Mail", rules=LayoutRules(mapping={"2": "custom.mail"})) == [
        "phone_number",
        "email",
        "custom.mail",
    ]


def test_own_reject_columns() -> None:
    """What our reject files add is ignored, when it is the last five columns."""
    assert mapped("phone,record,code,field,message,suggestion") == ["phone_number", *["skip"] * 5]
    assert mapped("phone,code,message") == ["phone_number", "custom.code", "custom.message"]


def test_unmapped_columns() -> None:
    """Fifty are kept as custom fields, the rest is skipped with one warning; or all are."""
    text = ("phone," + ",".join(f"c{number}" for number in range(60))).encode()
    layout = read_layout(text, LayoutRules(), complete=True)

    assert layout.mapping[1:51] == tuple(f"custom.c{number}" for number in range(50))
    assert layout.mapping[51:] == ("skip",) * 10
    assert layout.warnings == {Code.COLUMNS_SKIPPED: 1}
    skipping = read_layout(text, LayoutRules(unmapped=Unmapped.SKIP), complete=True)
    assert skipping.mapping == ("phone_number", *["skip"] * 60)
    assert skipping.warnings == {}


def test_room_for_what_is_filled_in() -> None:
    """Of more than fifty columns, those that hold something are kept before the others."""
    names = ",".join(f"c{number}" for number in range(60))
    row = "," * 55 + "note" + "," * 4
    mapping = mapped(f"phone,{names}", f"07911123456,{row}")
    assert mapping[49:57] == ["custom.c48", *["skip"] * 6, "custom.c55"]


def test_custom_names_are_clean() -> None:
    """A custom name is one visible line of at most 64 characters."""
    assert mapped('phone,"\ufeff Shoe\n size\u200b ",' + "x" * 300) == [
        "phone_number",
        "custom.Shoe size",
        "custom." + "x" * 64,
    ]


def test_choices() -> None:
    """The importer's choices win, by name or by index from 0, and may name any target."""
    rules = LayoutRules(mapping={"kontakt weg": "phone_number", "1": "skip", "Ref": "custom.Key"})
    assert mapped("Kontakt-Weg,Phone,ref,email", rules=rules) == [
        "phone_number",
        "skip",
        "custom.Key",
        "email",
    ]


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ({"no such": "email"}, Code.OPTIONS),
        ({"7": "email"}, Code.OPTIONS),
        ({"name": "account_id"}, Code.OPTIONS),
        ({"name": "custom."}, Code.OPTIONS),
        ({"name": "custom." + "x" * 65}, Code.OPTIONS),
        ({"name": "email", "0": "email"}, Code.HEADER_DUPLICATE),
        ({"phone": "skip"}, Code.HEADER_MISSING),
    ],
)
def test_impossible_choices(mapping: dict[str, str], code: Code) -> None:
    """A choice that names no column or no field is refused, and so is having no number."""
    assert refused("phone,name", rules=LayoutRules(mapping=mapping)) is code


@pytest.mark.parametrize("mode", [Header.AUTO, Header.ABSENT])
def test_content(mode: Header) -> None:
    """Without a header, columns are mapped by what they mostly hold."""
    rows = ["Jane,1234567,a@b.co,+447911123456,2024-01-01", "Joe,7654321,c@d.co,07911 123457,"]
    layout = read_layout("\n".join(rows).encode(), LayoutRules(header=mode), complete=True)

    assert not layout.has_header
    assert layout.columns == tuple(f"column {number}" for number in range(1, 6))
    assert layout.mapping[2:4] == ("email", "phone_number")
    assert layout.data_start == 0


def test_no_phone_column() -> None:
    """Without any column of numbers the file is refused."""
    assert refused("name,email", "Jane,a@b.co") is Code.HEADER_MISSING
    assert refused("customer,born", "1234567,2024-01-01") is Code.HEADER_MISSING


def test_synonyms_are_unambiguous() -> None:
    """No name stands under two targets, and every target can be reached by its own name."""
    phones = [MOBILE_PHONES, PHONES, OTHER_PHONES, SHARED_PHONES, ALTERNATE_PHONES]
    groups = [*phones, COUNTRIES, *FIELDS.values(), *SECOND_FIELDS.values()]
    names = [name for group in groups for name in {folded(name) for name in group}]

    assert sorted(names) == sorted(set(names))
    by_name = FIELD_NAMES | SECOND_FIELD_NAMES
    assert {by_name[folded(name)] for name in FIELDS} == set(FIELDS)
    assert {*FIELDS, Field.PHONE_NUMBER, Field.ALTERNATE_PHONE_NUMBER} == {*Field, NAME, LISTS}
    assert PHONE_RANKS[folded(Field.PHONE_NUMBER)] == 1
    assert set(FIELD_NAMES.values()) < TARGETS
