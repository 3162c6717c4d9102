"""`newswire`, and `python -m pipeline`, which is the same."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C ends it without a word while it is still being loaded too."""
    try:
        from pipeline import cli  # takes a second

        cli.main()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
