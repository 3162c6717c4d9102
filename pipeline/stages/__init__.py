"""The stages: plain functions from record to record, with no Kafka and no Faust."""
