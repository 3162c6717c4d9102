"""Finding what an article names, and joining the mentions of one thing."""
