"""Sheets of workbooks as text, read in a process of their own (docs/decisions/0018-workbooks.md).

`reading` is the side of the caller. Everything else runs in the child, on bytes that nobody trusts.
"""
