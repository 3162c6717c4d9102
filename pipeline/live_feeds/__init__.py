"""Live feeds: many of them polled at once, safely, and every version of an item sent once."""
