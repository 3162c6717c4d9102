"""`newswire demo`: one story through the whole pipeline, and the account of it."""
