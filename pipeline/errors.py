"""The mistakes of a user, as against bad data and bugs."""


class UserError(Exception):
    """Something that its user can mend: one line that names the thing, its place and the remedy.

    The command line prints it and exits with 2.
    """
