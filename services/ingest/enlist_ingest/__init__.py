"""Ingest: takes uploads, lands them in S3, registers imports and splits them into chunks."""

from importlib.metadata import version

__version__ = version("enlist-ingest")
