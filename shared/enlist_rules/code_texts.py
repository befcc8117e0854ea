"""The words for every code: what happened to the data, and what the person can do.

Each value is `(message, remedy)`. The record codes stand in the order of their rank.
"""

from typing import Final

Texts = dict[str, tuple[str, str]]

FILE_CODES: Final[Texts] = {
    "empty": ("The file holds no text.", "Upload the file that holds the contacts."),
    "too_large": ("The file is larger than 100 MB.", "Split it into several files."),
    "too_many_records": ("The file holds more records than one import takes.", "Split it."),
    "too_many_columns": ("The file has more than 500 columns.", "Keep the columns that you need."),
    "record_too_large": (
        "One record is larger than 16 MB; the separator or a quote is probably wrong.",
        "Look for a quote that is never closed near the row that is named.",
    ),
    "encoding": (
        "The text is not in an encoding that can be read without guessing.",
        "Save the file as UTF-8, or say which encoding it has.",
    ),
    "unterminated_quote": (
        "A quoted cell is opened and never closed, so the rest of the file is one cell.",
        "Close the quote in the row that is named, or remove it.",
    ),
    "type_mismatch": (
        "What the file holds is not what a contact file holds.",
        "Export the contacts as CSV and upload that.",
    ),
    "compressed": ("The file is compressed.", "Unpack it and upload what is inside."),
    "archive": ("The file is an archive.", "Unpack it and upload the file with the contacts."),
    "bomb": ("The file unpacks to more than is safe to read.", "Export it again as CSV."),
    "xml_dtd": ("The workbook declares a document type, which is refused.", "Export it as CSV."),
    "encrypted": ("The workbook is protected with a password.", "Remove the password."),
    "unsupported": ("This kind of file is not read here.", "Export the contacts as CSV."),
    "corrupt": ("The file is damaged and could not be read.", "Export it again."),
    "header_missing": (
        "No column with phone numbers could be found.",
        "Name the column, for example `phone`, or say which column it is.",
    ),
    "header_duplicate": (
        "Two columns claim to be the same field.",
        "Rename one of them, or say which column is which field.",
    ),
    "list_unknown": ("A list that is named by its id does not exist.", "Choose another list."),
    "list_name": ("A list name is blank or longer than 255 characters.", "Choose another name."),
    "too_many_lists": ("The file names more than 1,000 new lists.", "Name fewer lists."),
    "source_missing": ("The uploaded bytes are no longer there.", "Upload the file again."),
    "source_changed": ("The uploaded bytes changed after they came in.", "Upload it again."),
    "count_mismatch": (
        "Two independent counts of the records differ; nothing was merged.",
        "Retry; if it happens again, report it with the import's id.",
    ),
    "chunk_unreadable": (
        "A part of the file could not be processed after three attempts; nothing was merged.",
        "Retry; if it happens again, upload the file in smaller parts.",
    ),
    "shard_failed": (
        "A part of the contacts could not be merged after three attempts; the others were.",
        "Retry: only what is missing runs.",
    ),
    "expired": ("Nobody approved the import in time; nothing was merged.", "Upload it again."),
    "options": ("The options contradict one another.", "See which options the message names."),
}

RECORD_CODES: Final[Texts] = {
    "phone_missing": ("There is no phone number.", "Add the number."),
    "phone_not_e164": (
        "The number does not begin with + and a country code.",
        "Write it as +44…, or turn on the conversion of national numbers.",
    ),
    "phone_invalid": ("No such number can exist.", "Check the digits."),
    "phone_ambiguous": (
        "The digits are a valid number both with and without the country code.",
        "Write it with + and the country code.",
    ),
    "phone_chars": ("There are letters or signs in the number.", "Write digits only."),
    "phone_too_long": ("The number has more than 15 digits.", "Check the digits."),
    "region_needed": ("The country of this record is not usable.", "Give a country code, like GB."),
    "excel_scientific": (
        "A spreadsheet has turned the number into something like 4.47E+11; digits are lost.",
        "Format the column as text in the original and export again.",
    ),
    "excel_decimal": (
        "A spreadsheet has added decimals to the number.",
        "Format the column as text and export again.",
    ),
    "number_precision": (
        "The number is longer than a spreadsheet can hold exactly; digits are lost.",
        "Format the column as text in the original and export again.",
    ),
    "multiple_numbers": ("There are two numbers in one cell.", "Keep one of them."),
    "extension": ("The number has an extension.", "Remove the extension."),
    "short_code": ("This is a short code, not a person's number.", "Give the full number."),
    "type_not_allowed": (
        "This type of number may not be stored, for example premium rate.",
        "Give a mobile number.",
    ),
    "field_too_long": ("A field is longer than its limit.", "Shorten it, or choose truncate."),
    "encoding": ("The row holds bytes that are not text.", "Save the file as UTF-8."),
    "control_char": ("A field holds a control character.", "Remove it."),
    "ragged": ("The row has more or fewer cells than the header.", "Check the separators."),
    "quote": ("There is text after a closing quote.", "Check the quotes of the row."),
    "cell_too_large": ("A cell is larger than 64 KB.", "Shorten it."),
    "header_repeated": ("The row repeats the header.", "Remove it."),
    "erased": ("This person asked to be erased and may not come back.", "Leave them out."),
}

FIELD_CODES: Final[Texts] = {
    "email_malformed": ("The e-mail address is malformed and was left out.", "Correct it."),
    "truncated": ("The field was cut to its limit.", "Shorten it yourself."),
    "blanked": ("The field was longer than its limit and was left out.", "Shorten it."),
    "name_split": ("The full name was split at its last space.", "Use two columns."),
    "ambiguous_contact": (
        "Several contacts share the number; only lists and channel were taken.",
        "Add the name of the person.",
    ),
    "duplicate_conflict": (
        "Another record of the same person says something else; the later one won.",
        "Check which of them is right.",
    ),
    "formula_error": ("The cell is a formula error and was left out.", "Correct the cell."),
    "leading_zero_restored": ("The number had lost its leading zero.", "Nothing to do."),
    "control_char_removed": ("Control characters were removed.", "Nothing to do."),
    "list_gone": ("A list was deleted meanwhile.", "Add the people to another list."),
    "list_skipped": ("A list name was left out.", "Use at most 20 names of at most 255 letters."),
    "too_many_custom_fields": ("The record has more than 50 custom fields.", "Leave some out."),
    "columns_skipped": ("More than 50 columns are unmapped; the rest was left out.", "Map them."),
}
