"""Builds the register that names are linked with: pipeline/entities/gazetteer.sqlite."""
