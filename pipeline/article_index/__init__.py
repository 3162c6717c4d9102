"""What was seen before, and what a new article is to it."""
