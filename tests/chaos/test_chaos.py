#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A few short runs of chaos.py, as TAP. BAOTIN_CHAOS_SEED: other ones."""

import argparse
import os
import sys

from chaos import run_all, table

RUNS = 8


def main():
    options = argparse.Namespace(
        runs=RUNS, seed=int(os.environ.get("BAOTIN_CHAOS_SEED", "1")),
        events=80, seconds=5, jobs=2, keep=False, frozen=0, sentinel=0.2,
        restores=0.3, late=0, without=[])
    results = []
    print(f"# seed {options.seed}")
    print(f"1..{RUNS}", flush=True)

    def tell(result, out):
        results.append(result)
        faults = result["faults"]
        for line in out.splitlines() if faults else ():
            print("# " + line[:2000])
        for fault in faults:
            print("# " + fault)
        print(f"{'not ok' if faults else 'ok'} {len(results)} - seed "
              f"{result['seed']}: {sum(result['done'].values())} breaks "
              f"({result['seconds']} s)", flush=True)
    run_all(options, tell)
    for line in table(results).splitlines():
        print("# " + line)
    return 1 if any(r["faults"] for r in results) else 0


if __name__ == "__main__":
    sys.exit(main())
