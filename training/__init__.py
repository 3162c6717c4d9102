"""Commands that make what the pipeline has learned from data."""
