"""Merge: the ledger of chunks and shards, and the transactions that change contacts."""
