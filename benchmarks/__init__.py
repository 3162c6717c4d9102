"""Measurements: what they measure stands at their heads."""
