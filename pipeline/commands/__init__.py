"""The commands for operators, one module each; `pipeline.cli` declares them."""
