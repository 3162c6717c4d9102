"""Commands of `newswire` that are too long for `pipeline.cli`, one a file."""
