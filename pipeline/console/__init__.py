"""`newswire serve`: what Newswire offers over HTTP, in a process of its own."""
