"""Training the tagger of `pipeline/entities`: `python -m training`."""
