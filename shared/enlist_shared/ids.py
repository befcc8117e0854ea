"""Identifiers that must not be mistaken for one another."""

from typing import NewType
from uuid import UUID

AccountId = NewType("AccountId", UUID)
ImportId = NewType("ImportId", UUID)
ContactId = NewType("ContactId", int)
ListId = NewType("ListId", int)
ObjectKey = NewType("ObjectKey", str)
