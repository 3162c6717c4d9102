"""Standard output, which may be closed, full, or read by somebody who has enough."""

import os
import sys

from pipeline.errors import UserError


def write(text: str) -> None:
    """Write the text at once, in UTF-8; end the process where nobody reads on, as `head` does.

    Raises `UserError` where it cannot be written.
    """
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise UserError(f"standard output: {(error.strerror or str(error)).lower()}") from error
