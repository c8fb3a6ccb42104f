"""The one kind of error that this package expects."""


class UserError(Exception):
    """Something that only the person at the keyboard can mend; the message is a sentence that says what and how."""
