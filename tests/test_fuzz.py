"""A bounded run of the fuzz; `python benchmarks/fuzz.py` makes a million inputs of it."""

import os

from fuzzing import inputs, run


def test_no_input_breaks_a_stage_hangs_or_goes_unaccounted_for() -> None:
    seed = int(os.environ.get("FUZZ_SEED", "1"))
    outcome = run(inputs(3_000, seed))
    assert outcome.failures == []
    assert outcome.records.total() == outcome.inputs == 3_000
    assert set(outcome.records) == {"EnrichedArticle", "Duplicate", "Withdrawal", "Rejection"}
