"""Contracts and plumbing of the three services; no business rule lives here."""
