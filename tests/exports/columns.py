"""Header rows of widely used exports, in their order."""

from typing import Final


def _each(prefix: str, *parts: str) -> list[str]:
    return [f"{prefix} {part}" for part in parts]


_GOOGLE_ADDRESS: Final = (
    *("Formatted", "Street", "City", "PO Box", "Region", "Postal Code", "Country"),
    "Extended Address",
)
GOOGLE: Final = [
    *("First Name", "Middle Name", "Last Name", "Phonetic First Name", "Phonetic Middle Name"),
    *("Phonetic Last Name", "Name Prefix", "Name Suffix", "Nickname", "File As"),
    *("Organization Name", "Organization Title", "Organization Department", "Birthday", "Notes"),
    *("Photo", "Labels", "E-mail 1 - Label", "E-mail 1 - Value", "E-mail 2 - Label"),
    *("E-mail 2 - Value", "Phone 1 - Label", "Phone 1 - Value", "Phone 2 - Label"),
    *("Phone 2 - Value", "Phone 3 - Label", "Phone 3 - Value"),
    *_each("Address 1 -", "Label", *_GOOGLE_ADDRESS),
    *("Website 1 - Label", "Website 1 - Value", "Event 1 - Label", "Event 1 - Value"),
    *("Custom Field 1 - Label", "Custom Field 1 - Value"),
]
GOOGLE_OLDER: Final = [
    *("Name", "Given Name", "Additional Name", "Family Name", "Yomi Name", "Given Name Yomi"),
    *("Additional Name Yomi", "Family Name Yomi", "Name Prefix", "Name Suffix", "Initials"),
    *("Nickname", "Short Name", "Maiden Name", "Birthday", "Gender", "Location"),
    *("Billing Information", "Directory Server", "Mileage", "Occupation", "Hobby"),
    *("Sensitivity", "Priority", "Subject", "Notes", "Language", "Photo", "Group Membership"),
    *("E-mail 1 - Type", "E-mail 1 - Value", "Phone 1 - Type", "Phone 1 - Value"),
    *_each("Address 1 -", "Type", *_GOOGLE_ADDRESS),
    *_each("Organization 1 -", "Type", "Name", "Yomi Name", "Title", "Department", "Symbol"),
    *_each("Organization 1 -", "Location", "Job Description"),
]

_STREETS: Final = ("Street", "Street 2", "Street 3", "City", "State", "Postal Code")
OUTLOOK: Final = [
    *("Title", "First Name", "Middle Name", "Last Name", "Suffix", "Company", "Department"),
    "Job Title",
    *_each("Business", *_STREETS, "Country/Region"),
    *_each("Home", *_STREETS, "Country/Region"),
    *_each("Other", *_STREETS, "Country/Region"),
    *("Assistant's Phone", "Business Fax", "Business Phone", "Business Phone 2", "Callback"),
    *("Car Phone", "Company Main Phone", "Home Fax", "Home Phone", "Home Phone 2", "ISDN"),
    *("Mobile Phone", "Other Fax", "Other Phone", "Pager", "Primary Phone", "Radio Phone"),
    *("TTY/TDD Phone", "Telex", "Account", "Anniversary", "Assistant's Name"),
    *("Billing Information", "Birthday", "Business Address PO Box", "Categories", "Children"),
    *("Directory Server", "E-mail Address", "E-mail Type", "E-mail Display Name"),
    *("E-mail 2 Address", "E-mail 2 Type", "E-mail 2 Display Name", "E-mail 3 Address"),
    *("E-mail 3 Type", "E-mail 3 Display Name", "Gender", "Government ID Number", "Hobby"),
    *("Home Address PO Box", "Initials", "Internet Free Busy", "Keywords", "Language"),
    *("Location", "Manager's Name", "Mileage", "Notes", "Office Location"),
    *("Organizational ID Number", "Other Address PO Box", "Priority", "Private", "Profession"),
    *("Referred By", "Sensitivity", "Spouse", "User 1", "User 2", "User 3", "User 4", "Web Page"),
]
OUTLOOK_WEB: Final = [
    *("First Name", "Middle Name", "Last Name", "Title", "Suffix", "Nickname", "Given Yomi"),
    *("Surname Yomi", "E-mail Address", "E-mail 2 Address", "E-mail 3 Address", "Home Phone"),
    *("Home Phone 2", "Business Phone", "Business Phone 2", "Mobile Phone", "Car Phone"),
    *("Other Phone", "Primary Phone", "Pager", "Business Fax", "Home Fax", "Other Fax"),
    *("Company Main Phone", "Callback", "Radio Phone", "Telex", "TTY/TDD Phone", "IMAddress"),
    *("Job Title", "Department", "Company", "Office Location", "Manager's Name"),
    *("Assistant's Name", "Assistant's Phone", "Company Yomi"),
    *_each("Business", "Street", "City", "State", "Postal Code", "Country/Region"),
    *_each("Home", "Street", "City", "State", "Postal Code", "Country/Region"),
    *_each("Other", "Street", "City", "State", "Postal Code", "Country/Region"),
    *("Personal Web Page", "Spouse", "Schools", "Hobby", "Location", "Web Page", "Birthday"),
    *("Anniversary", "Notes"),
]
APPLE: Final = [
    *("First name", "Middle name", "Last name", "Prefix", "Suffix", "Nickname", "Company"),
    *("Department", "Job title", "Phone (Mobile)", "Phone (iPhone)", "Phone (Home)"),
    *("Phone (Work)", "Phone (Main)", "Phone (Fax)", "Email (Home)", "Email (Work)"),
    *_each("Home", "Street", "City", "State", "ZIP", "Country"),
    *_each("Work", "Street", "City", "State", "ZIP", "Country"),
    *("Birthday", "Note"),
]

SHOPIFY: Final = [
    *("Customer ID", "First Name", "Last Name", "Email", "Accepts Email Marketing"),
    *_each("Default Address", "Company", "Address1", "Address2", "City", "Province Code"),
    *_each("Default Address", "Country Code", "Zip", "Phone"),
    *("Phone", "Accepts SMS Marketing", "Total Spent", "Total Orders", "Note", "Tax Exempt"),
    "Tags",
]
MAILCHIMP: Final = [
    *("Email Address", "First Name", "Last Name", "Address", "Phone Number", "Birthday"),
    *("MEMBER_RATING", "OPTIN_TIME", "OPTIN_IP", "CONFIRM_TIME", "CONFIRM_IP", "LATITUDE"),
    *("LONGITUDE", "GMTOFF", "DSTOFF", "TIMEZONE", "CC", "REGION", "LAST_CHANGED", "LEID"),
    *("EUID", "NOTES", "TAGS"),
]
HUBSPOT: Final = [
    *("Record ID", "First Name", "Last Name", "Email", "Phone Number", "Mobile Phone Number"),
    *("Fax Number", "Contact owner", "Lead Status", "Marketing contact status", "Lifecycle Stage"),
    *("Job Title", "Company Name", "Street Address", "City", "State/Region", "Postal Code"),
    *("Country/Region", "Country/Region Code", "Create Date", "Last Activity Date"),
    *("Associated Company", "Associated Company IDs"),
]
SALESFORCE_REPORT: Final = [
    *("Salutation", "First Name", "Last Name", "Title", "Account Name", "Mailing Street"),
    *("Mailing City", "Mailing State/Province", "Mailing Zip/Postal Code", "Mailing Country"),
    *("Phone", "Fax", "Mobile", "Email", "Account Owner"),
]
SALESFORCE: Final = [
    *("Id", "IsDeleted", "AccountId", "LastName", "FirstName", "Salutation", "Name"),
    *("MailingStreet", "MailingCity", "MailingState", "MailingPostalCode", "MailingCountry"),
    *("MailingCountryCode", "OtherStreet", "OtherCity", "Phone", "Fax", "MobilePhone"),
    *("HomePhone", "OtherPhone", "AssistantPhone", "Email", "Title", "Department"),
    *("AssistantName", "LeadSource", "Birthdate", "Description", "OwnerId", "HasOptedOutOfEmail"),
]
