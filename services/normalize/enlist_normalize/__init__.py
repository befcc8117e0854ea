"""Normalize: reads a chunk, applies the rules, writes rows that can be merged."""
