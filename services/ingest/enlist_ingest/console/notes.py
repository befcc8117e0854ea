"""What a page says at its top about what was just done, by the word in its query."""

from collections.abc import Mapping
from typing import Final

NOTES: Final[Mapping[str, str]] = {
    "created": "The contact was added.",
    "updated": "There was such a contact already: it took what you typed.",
    "unchanged": "There was such a contact already, and nothing about it differed.",
    "several": "Several contacts have this number, and no name was typed to tell them apart. They "
    "joined the lists; the other fields were left out.",
    "changed": "The contact was changed.",
    "same": "Nothing differed, so nothing was changed.",
    "deleted": "The contact was deleted. What is known of the consent of its numbers stays.",
    "opted_in": "The number is opted in.",
    "opted_out": "The number is opted out. No import brings it back.",
    "joined": "The contact is on the list.",
    "left": "The contact was taken off the list.",
    "list_made": "The list was made.",
    "list_renamed": "The list was renamed.",
    "keyword_added": "The keyword was added. It is heard from now on.",
    "keyword_removed": "The keyword was removed. Who joined its list stays on it.",
}
FAULTS: Final[Mapping[str, str]] = {
    "nobody_chosen": "Choose contacts first, or choose all that were found.",
    "no_list_named": "Name a list first.",
    "list_taken": "There is a list of this name already, whatever its case.",
    "list_unknown": "There is no list of this name.",
}
