"""The rules of an import in this process: no stack, no account, nothing is sent."""
