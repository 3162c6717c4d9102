"""Newswire: live news wires over Kafka, cleaned, tagged, related and published."""
