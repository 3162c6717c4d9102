"""How a stage says that its input cannot be used."""

from schemas.verdicts import RejectedReason


class Unusable(Exception):
    """The input cannot be used; the shell around the stage makes a `Rejection` of it.

    `detail` is a sentence that a person understands.
    """

    def __init__(self, reason: RejectedReason, detail: str) -> None:
        super().__init__(detail)
        self.reason: RejectedReason = reason
        self.detail = detail
