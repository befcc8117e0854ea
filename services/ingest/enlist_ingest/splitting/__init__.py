"""Cutting an input into chunks: byte ranges at row boundaries, nothing copied."""
