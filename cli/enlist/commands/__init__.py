"""One file a command; each has a function that typer turns into it."""
