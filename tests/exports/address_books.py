"""What address books export: Google, Outlook, Apple. The people are made up."""

from typing import Final

from tests.exports import columns
from tests.exports.export import Export

GOOGLE: Final = Export(
    "google_contacts",
    "Google Contacts, Google CSV",
    columns.GOOGLE,
    (
        {
            "Name Prefix": "Dr",
            "First Name": "Amara",
            "Middle Name": "Ife",
            "Last Name": "Okafor",
            "Organization Name": "Okafor & Daughters",
            "Organization Title": "Director",
            "Birthday": "1984-03-09",
            "Labels": "Customers ::: * myContacts",
            "E-mail 1 - Label": "* Work",
            "E-mail 1 - Value": "amara@okafor.example",
            "Phone 1 - Label": "Mobile",
            "Phone 1 - Value": "07911 123456",
            "Phone 2 - Label": "Home",
            "Phone 2 - Value": "020 7946 0018",
            "Address 1 - Label": "Home",
            "Address 1 - Formatted": "12 Mill Lane\nLeeds\nLS1 4AB\nGB",
            "Address 1 - Street": "12 Mill Lane",
            "Address 1 - City": "Leeds",
            "Address 1 - Postal Code": "LS1 4AB",
            "Address 1 - Country": "GB",
        },
        {
            "First Name": "Zoë",
            "Last Name": "Müller",
            "Labels": "* myContacts",
            "Phone 1 - Label": "Mobile",
            "Phone 1 - Value": "+49 1512 3456789",
        },
        {
            "First Name": "Two",
            "Last Name": "Numbers",
            "Labels": "* myContacts",
            "Phone 1 - Value": "07911 123457 ::: 07911 123458",
        },
        {"First Name": "Mail", "Last Name": "Only", "E-mail 1 - Value": "mail@only.example"},
    ),
)
GOOGLE_OLDER: Final = Export(
    "google_contacts_older",
    "Google Contacts until 2024",
    columns.GOOGLE_OLDER,
    (
        {
            "Name": "Amara Okafor",
            "Given Name": "Amara",
            "Family Name": "Okafor",
            "Group Membership": "* myContacts",
            "E-mail 1 - Type": "* Work",
            "E-mail 1 - Value": "amara@okafor.example",
            "Phone 1 - Type": "Mobile",
            "Phone 1 - Value": "07911 123456",
            "Organization 1 - Name": "Okafor & Daughters",
        },
    ),
)
OUTLOOK: Final = Export(
    "outlook",
    "Outlook for Windows",
    columns.OUTLOOK,
    (
        {
            "Title": "Ms",
            "First Name": "Siân",
            "Last Name": "Rees",
            "Company": "Rees Ltd",
            "Job Title": "Buyer",
            "Home Street": "3 Heol Fawr",
            "Home City": "Cardiff",
            "Home State": "Wales",
            "Home Postal Code": "CF10 1AA",
            "Home Country/Region": "United Kingdom",
            "Business City": "Swansea",
            "Business Fax": "029 2018 0001",
            "Business Phone": "029 2018 0000",
            "Company Main Phone": "029 2018 0002",
            "Mobile Phone": "07911 123456",
            "Anniversary": "0/0/00",
            "Birthday": "4/5/1979",
            "Categories": "Friends",
            "E-mail Address": "sian@rees.example",
            "E-mail Type": "SMTP",
            "Gender": "Female",
            "Notes": "Prefers\r\nmornings",
            "Private": "False",
            "Sensitivity": "Normal",
        },
        {
            "First Name": "José",
            "Last Name": "Núñez",
            "Mobile Phone": "+34 612 345 678",
            "Anniversary": "0/0/00",
            "Birthday": "0/0/00",
            "Private": "False",
        },
    ),
    encoding="cp1252",
    quote_all=True,
)
OUTLOOK_WEB: Final = Export(
    "outlook_web",
    "Outlook on the web",
    columns.OUTLOOK_WEB,
    (
        {
            "First Name": "Siân",
            "Last Name": "Rees",
            "E-mail Address": "sian@rees.example",
            "Business Phone": "029 2018 0000",
            "Mobile Phone": "07911 123456",
            "Job Title": "Buyer",
            "Company": "Rees Ltd",
            "Business Street": "1 Dock St",
            "Business City": "Swansea",
            "Business Postal Code": "SA1 1AA",
        },
    ),
    encoding="utf-8-sig",
)
APPLE: Final = Export(
    "apple_contacts",
    "Apple Contacts, its cards as a table from Numbers",
    columns.APPLE,
    (
        {
            "First name": "Niamh",
            "Last name": "Byrne",
            "Company": "Byrne Foods",
            "Phone (Mobile)": "+353 85 012 3456",
            "Phone (Home)": "+353 1 234 5678",
            "Email (Home)": "niamh@byrne.example",
            "Home Street": "8 Main St",
            "Home City": "Cork",
            "Home Country": "IE",
            "Birthday": "1990-12-01",
        },
        {"First name": "Tom", "Last name": "Ash", "Phone (Mobile)": "07911 123456"},
    ),
    separator=";",
    encoding="utf-8-sig",
)
ADDRESS_BOOKS: Final = (GOOGLE, GOOGLE_OLDER, OUTLOOK, OUTLOOK_WEB, APPLE)
