"""Finding and removing what is not the story, so that it can be undone."""
