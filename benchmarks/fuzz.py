"""A million inputs that no sensible source sends, through every stage, the model stubbed.

    python benchmarks/fuzz.py --inputs 1000000 --processes 2

Prints what became of them, and each input that broke a stage, took longer than two seconds of CPU
or went unaccounted for, in base64; exit code 1 where there is one. Ctrl-C prints what was done so
far. An input that hangs for ever ends its process with a traceback.
"""

import argparse
import faulthandler
import logging
import multiprocessing
import os
import signal
import sys
import time
from base64 import b64encode
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from fuzzing import Outcome, inputs, run

# A portion takes seconds; one that takes so long hangs.
_PORTION = 5_000
_LONGEST_PORTION_SECONDS = 900
_SHOWN_FAILURES = 20


def portion(seed: int) -> Outcome:
    """Run the inputs of one seed."""
    logging.disable(logging.CRITICAL)  # what a stage broke on is in the outcome
    faulthandler.dump_traceback_later(_LONGEST_PORTION_SECONDS, exit=True)
    try:
        return run(inputs(_PORTION, seed))
    finally:
        faulthandler.cancel_dump_traceback_later()


def main() -> int:
    """Run the fuzz."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=1, help="of the first portion")
    arguments = parser.parse_args()
    portions = -(-arguments.inputs // _PORTION)
    total = Outcome()
    begin = time.monotonic()
    with multiprocessing.Pool(
        arguments.processes, signal.signal, (signal.SIGINT, signal.SIG_IGN)
    ) as pool:
        seeds = range(arguments.seed, arguments.seed + portions)
        try:
            for outcome in pool.imap_unordered(portion, seeds):
                total.add(outcome)
                print(f"\r{total.inputs} inputs", end="", file=sys.stderr)
        except KeyboardInterrupt:
            pass  # what was done so far is told
    seconds = time.monotonic() - begin
    records = ", ".join(f"{count} {name}" for name, count in sorted(total.records.items()))
    print(f"\r{total.inputs} inputs in {seconds:.0f} s: {records}")
    print(f"slowest {total.slowest:.2f} s; {len(total.failures)} failures")
    for what, value in total.failures[:_SHOWN_FAILURES]:
        print(f"{what}: {b64encode(value).decode()}")
    return 1 if total.failures or total.records.total() != total.inputs else 0


if __name__ == "__main__":
    raise SystemExit(main())
