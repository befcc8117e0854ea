"""What columns are called: English, French, German, Spanish, and what common exports write.

Compared without case, spaces, punctuation, accents and zero-width marks. More can be added here;
no name may stand under two targets.
"""

from typing import Final

from enlist_rules.fields import LISTS, NAME, Field

MOBILE_PHONES: Final = (
    *("mobile", "mobile number", "mobile no", "mobile num", "mobile phone", "mobile phone number"),
    *("mobile telephone", "mobile telephone number", "msisdn", "sms", "sms number", "sms phone"),
    *("sms phone number", "iphone", "phone (iphone)", "mobile (iphone)", "phone : mobile"),
    *("cell", "cell number", "cell phone", "cell phone number", "cellular", "cellular phone"),
    *("cellphone", "phone mobile", "phone (mobile)", "mobile 1", "contact mobile", "text number"),
    *("portable", "téléphone portable", "tél portable", "téléphone mobile", "tél mobile"),
    *("numéro de portable", "numéro mobile", "numéro de mobile", "numéro de téléphone portable"),
    *("handy", "handynummer", "mobilnummer", "mobiltelefon", "mobilfunknummer", "mobilfunk"),
    *("mobil", "mobilrufnummer", "handy nr", "mobil nr", "telefon mobil", "telefon (mobil)"),
    *("móvil", "celular", "teléfono móvil", "teléfono celular", "número de móvil"),
    *("número móvil", "número de celular", "número celular", "tel móvil"),
)
PHONES: Final = (
    *("phone", "phone number", "phone no", "phone num", "phonenumber", "telephone", "tel"),
    *("telephone number", "telephone no", "tel no", "tel number", "contact number", "contact no"),
    *("contact phone", "contact phone number", "number", "numbers", "phones", "phone numbers"),
    *("primary phone", "primary phone number", "main phone", "phone 1", "phone 1 - value"),
    *("telephone 1", "tel 1", "phone #", "e164", "e.164", "e164 number", "recipient", "to number"),
    *("customer phone", "default phone", "phone e164", "ph", "ph no"),
    *("téléphone", "tél", "numéro", "numéro de téléphone", "numéro téléphone", "n° de téléphone"),
    *("n° téléphone", "no de téléphone", "num tel", "téléphone principal", "téléphone 1"),
    *("telefon", "telefonnummer", "telefonnr", "telefon nr", "rufnummer", "nummer", "tel nr"),
    *("telefon 1", "haupttelefon", "fon", "kontaktnummer"),
    *("teléfono", "número de teléfono", "número teléfono", "n.º de teléfono", "nº teléfono"),
    *("nº de teléfono", "teléfono principal", "teléfono 1", "teléfono de contacto", "fono"),
)
OTHER_PHONES: Final = (
    *("home phone", "home phone number", "home telephone", "phone home", "home number", "home tel"),
    *("work phone", "work phone number", "work telephone", "phone work", "work number", "work tel"),
    *("business phone", "business phone number", "business telephone", "office phone"),
    *("default address phone", "landline", "landline number", "land line", "fixed line"),
    *("fixed phone", "other phone", "other phone number", "phone (home)", "phone (work)"),
    *("phone (main)", "phone (other)", "daytime phone", "evening phone", "day phone", "car phone"),
    *("phone 2", "phone 3", "phone 2 - value", "phone 3 - value", "phone 4 - value"),
    *("telephone 2", "tel 2", "mobile 2", "mobile phone 2", "home phone 2", "business phone 2"),
    *("téléphone fixe", "tél fixe", "fixe", "téléphone domicile", "téléphone bureau"),
    *("téléphone professionnel", "téléphone personnel", "téléphone 2", "téléphone travail"),
    *("festnetz", "festnetznummer", "telefon privat", "telefon geschäftlich", "telefon (privat)"),
    *("telefon dienstlich", "telefon 2", "telefon festnetz", "telefon (geschäftlich)"),
    *("teléfono fijo", "fijo", "teléfono casa", "teléfono de casa", "teléfono particular"),
    *("teléfono trabajo", "teléfono del trabajo", "teléfono de trabajo", "teléfono 2"),
)
# Somebody else answers: taken when the person has no other number.
SHARED_PHONES: Final = (
    *("company phone", "company phone number", "company main phone", "switchboard"),
    *("assistant phone", "assistant's phone", "asst. phone"),
)
ALTERNATE_PHONES: Final = (
    *("alternate phone number", "alternate phone", "alternate number", "alternate mobile"),
    *("alternative phone number", "alternative phone", "alternative number", "alt phone"),
    *("alt number", "alt phone number", "secondary phone", "secondary phone number"),
    *("second phone", "second phone number", "additional phone", "backup phone"),
    *("autre téléphone", "téléphone secondaire", "autre numéro", "téléphone alternatif"),
    *("alternative telefonnummer", "weitere telefonnummer", "zweite telefonnummer"),
    *("alternative nummer", "zweitnummer", "otro teléfono", "teléfono alternativo"),
    *("teléfono secundario", "número alternativo"),
)
# Only when the values of the column are usable as a region; otherwise it is a custom field.
COUNTRIES: Final = (
    *("country", "country/region", "mailing country", "home country", "home country/region"),
    *("address 1 - country", "pays", "land", "país"),
)
# Names that mean their field only where no other column does: "Title" beside "Salutation" is what
# the person does. Of several different ones the first is taken.
SECOND_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    Field.TITLE: ("title", "titre", "titel", "título"),
    Field.EMAIL: (
        *("email (home)", "email (personal)", "home email", "personal email", "private email"),
        *("email (work)", "work email", "business email", "email (other)", "other email"),
        *("email 2", "e-mail 2 address", "e-mail 2 - value", "secondary email"),
    ),
}
# Exports that know several addresses of a person: the first kind with a value is the contact's.
ADDRESS_KINDS: Final = ("home", "address 1 -", "business", "work", "other", "address 2 -")
ADDRESS_PARTS: Final[dict[str, tuple[str, ...]]] = {
    Field.ADDRESS_LINE1: ("street", "address", "street address", "address line 1"),
    Field.ADDRESS_LINE2: ("street 2", "address 2", "address line 2", "extended address"),
    Field.CITY: ("city", "town"),
    Field.STATE_OR_COUNTY: ("state", "county", "province", "state/province", "region"),
    Field.POSTCODE: ("postal code", "postcode", "zip", "zip code", "zipcode", "zip/postal code"),
}

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    Field.TITLE: (
        *("salutation", "name prefix", "prefix", "honorific"),
        *("civilité", "anrede", "tratamiento"),
    ),
    Field.FIRST_NAME: (
        *("first name", "firstname", "first", "forename", "forenames", "given name", "given names"),
        *("fname", "christian name", "prénom", "prénoms", "vorname", "vornamen"),
        *("nombre de pila", "primer nombre", "nombres"),
    ),
    Field.LAST_NAME: (
        *("last name", "lastname", "last", "surname", "family name", "lname", "second name"),
        *("nom de famille", "nachname", "familienname", "zuname", "apellido", "apellidos"),
    ),
    Field.WHATSAPP_NUMBER: (
        *("whatsapp number", "whatsapp", "whatsapp phone", "whatsapp no", "whatsapp phone number"),
        *("wa number", "wa phone", "whatsapp mobile", "numéro whatsapp", "whatsapp nummer"),
        *("número de whatsapp", "número whatsapp"),
    ),
    Field.COUNTRY_CODE: (
        *("country code", "countrycode", "country iso", "country iso code", "iso country"),
        *("iso country code", "region code", "country calling code", "calling code", "dial code"),
        *("dialling code", "dialing code", "phone country code", "phone country", "code pays"),
        *("default address country code", "mailing country code", "country/region code"),
        *("indicatif", "indicatif pays", "ländercode", "länderkennung", "landesvorwahl"),
        *("ländervorwahl", "länderkürzel", "código de país", "código país", "código del país"),
    ),
    Field.EMAIL: (
        *("email", "e-mail", "email address", "e-mail address", "mail", "mail address"),
        *("email id", "primary email", "email 1", "e-mail 1 - value", "contact email"),
        *("courriel", "adresse email", "adresse e-mail", "adresse mail", "adresse courriel"),
        *("mél", "e-mail adresse", "emailadresse", "mailadresse", "correo", "correo electrónico"),
        *("dirección de correo", "dirección de correo electrónico", "email del contacto"),
    ),
    Field.DATE_OF_BIRTH: (
        *("date of birth", "dob", "birth date", "birthdate", "birthday", "born", "d.o.b."),
        *("date de naissance", "naissance", "né le", "anniversaire"),
        *("geburtsdatum", "geburtstag", "geb datum", "geboren am", "geboren"),
        *("fecha de nacimiento", "nacimiento", "cumpleaños", "fecha nacimiento"),
    ),
    Field.ADDRESS_LINE1: (
        *("address line 1", "address 1", "address", "street", "street address", "street 1"),
        *("addr 1", "address1", "mailing address", "postal address", "mailing street"),
        *("default address address1", "street name", "adresse ligne 1", "adresse", "adresse 1"),
        *("rue", "ligne d'adresse 1", "straße", "strasse", "str.", "anschrift", "adresszeile 1"),
        *("straße und hausnummer", "straße hausnummer", "straße nr", "dirección", "calle"),
        *("dirección 1", "línea de dirección 1", "domicilio"),
    ),
    Field.ADDRESS_LINE2: (
        *("address line 2", "address 2", "street 2", "addr 2", "apartment", "apt", "flat"),
        *("default address address2", "adresse ligne 2", "adresse 2", "complément d'adresse"),
        *("ligne d'adresse 2", "adresszeile 2", "adresszusatz", "adresse zeile 2"),
        *("dirección 2", "línea de dirección 2"),
    ),
    Field.CITY: (
        *("city", "town", "town/city", "city/town", "post town", "locality", "mailing city"),
        *("default address city", "ville", "localité", "commune", "stadt", "ort", "wohnort"),
        *("ciudad", "localidad", "población", "municipio"),
    ),
    Field.STATE_OR_COUNTY: (
        *("state or county", "state", "county", "province", "state/county", "county/state"),
        *("state/province", "state/region", "state or province", "mailing state/province"),
        *("mailing state", "default address province code"),
        *("département", "région", "région/département"),
        *("bundesland", "landkreis", "kanton", "provincia", "estado", "comunidad autónoma"),
    ),
    Field.POSTCODE: (
        *("postcode", "post code", "postal code", "zip", "zip code", "zipcode", "postal"),
        *("zip/postal code", "postcode/zip", "default address zip"),
        *("mailing zip/postal code", "mailing postal code"),
        *("code postal", "cp", "plz", "postleitzahl", "código postal", "c.p."),
    ),
    Field.COMPANY_NAME: (
        *("company name", "company", "organisation", "organization", "organisation name"),
        *("organization 1 - name", "default address company"),
        *("organization name", "business", "business name", "employer", "account name", "firm"),
        *("société", "entreprise", "nom de l'entreprise", "raison sociale", "nom de la société"),
        *("firma", "firmenname", "unternehmen", "organisation/firma", "empresa"),
        *("nombre de la empresa", "compañía", "organización", "razón social"),
    ),
    NAME: (
        *("name", "full name", "fullname", "contact name", "contact", "display name"),
        *("customer name", "client name", "your name", "nom", "nom complet", "nom et prénom"),
        *("prénom et nom", "nom prénom", "prénom nom", "vollständiger name", "vor- und nachname"),
        *("kontakt", "kontaktname", "kundenname", "nombre", "nombre completo"),
        *("nombre y apellidos", "nombre y apellido", "nombre del contacto"),
    ),
    LISTS: (
        *("lists", "list", "list name", "list names", "contact list", "contact lists"),
        *("liste", "listes", "listen", "verteiler", "lista", "listas"),
    ),
}
