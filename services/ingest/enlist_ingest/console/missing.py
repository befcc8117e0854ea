"""What every page does where there is nothing to show."""


class NothingHereError(Exception):
    """The account has nothing at this address."""
