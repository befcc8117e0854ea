"""M1 to M5: what one number's folded records mean for the contacts that are stored."""

from dataclasses import dataclass, field, replace
from typing import Any

from tests.model.folding import NAMELESS, Folded
from tests.model.identity import name_key

NAMES = ("first_name", "last_name")


@dataclass(frozen=True)
class Contact:
    """A contact as it is stored; `fields` holds non-blank values, `custom.<name>` included."""

    number: str
    fields: dict[str, str] = field(default_factory=dict)
    channels: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()

    @property
    def keys(self) -> tuple[str, str]:
        first, last = (name_key(self.fields.get(name, "")) for name in NAMES)
        return first, last

    @property
    def identity(self) -> tuple[str, str, str]:
        return (self.number, *self.keys)

    def reached_at(self, channel: str) -> str:
        """The effective number: on WhatsApp its WhatsApp number, else its phone."""
        other = self.fields.get("whatsapp_number", "") if channel == "whatsapp" else ""
        return other or self.number


@dataclass
class Decision:
    """What becomes of one folded record: rule, outcome, and each contact before and after."""

    folded: Folded
    rule: str
    outcome: str
    writes: list[tuple[Contact | None, Contact]]

    @property
    def record(self) -> int:
        return self.folded.carrier.record

    @property
    def reached(self) -> list[Contact]:
        return [after for _, after in self.writes]

    @property
    def listed(self) -> bool:
        """Joined at least one list through this import."""
        return any(
            after.lists > (before.lists if before else frozenset()) for before, after in self.writes
        )


def classify(
    folded: list[Folded], stored: list[Contact], options: dict[str, Any]
) -> list[Decision]:
    """One decision for each of one number's folded records, against what is stored before."""
    by_number = options.get("duplicates", "merge") == "merge_by_number"
    decisions = []
    free = [contact for contact in stored if contact.keys == NAMELESS]
    for one in sorted(folded, key=lambda each: each.carrier.record):
        rule, targets = _by_number(one, stored) if by_number else _by_names(one, stored, free)
        if rule == "M3":
            free = []
        decisions.append(_decide(one, rule, targets, options))
    return decisions


def _by_names(one: Folded, stored: list[Contact], free: list[Contact]) -> tuple[str, list[Contact]]:
    same = [contact for contact in stored if contact.keys == one.keys]
    if same:
        return "M1", same
    if not stored:
        return "M5", []
    if one.keys == NAMELESS:
        return "M4", stored
    return ("M3", free) if free else ("M2", [])


def _by_number(one: Folded, stored: list[Contact]) -> tuple[str, list[Contact]]:
    same = [contact for contact in stored if contact.keys == one.keys]
    if same:
        return "M1", same
    if not stored:
        return "M5", []
    return ("M3" if len(stored) == 1 else "M4"), stored


def _decide(one: Folded, rule: str, targets: list[Contact], options: dict[str, Any]) -> Decision:
    channel = frozenset({options.get("channel", "phone")})
    lists = frozenset(one.lists)
    if not targets:
        contact = Contact(one.number, dict(one.fields), channel, lists)
        return Decision(one, rule, "created", [(None, contact)])
    if options.get("duplicates", "merge") == "skip":
        writes = [(old, replace(old, lists=old.lists | lists)) for old in targets]
        return Decision(one, rule, "unchanged", list(writes))
    fields = one.fields
    if len(targets) > 1:
        if fields:
            one.carrier.warnings.add("ambiguous_contact")
        fields = {}
    merged: list[tuple[Contact | None, Contact]] = [
        (
            old,
            Contact(old.number, old.fields | fields, old.channels | channel, old.lists | lists),
        )
        for old in targets
    ]
    changed = any(
        old is not None and (old.fields, old.channels) != (new.fields, new.channels)
        for old, new in merged
    )
    return Decision(one, rule, "updated" if changed else "unchanged", merged)
