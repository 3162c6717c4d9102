"""How the property tests run: `pytest --hypothesis-profile=thorough` for 10,000 examples each."""

from hypothesis import settings

settings.register_profile("default", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=10_000)
settings.load_profile("default")
