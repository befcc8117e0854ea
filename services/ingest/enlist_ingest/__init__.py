"""Ingest: takes uploads, lands them in S3, registers imports and splits them into chunks."""
