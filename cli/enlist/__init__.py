"""The enlist command: a client of the API, and the embedded stack."""
