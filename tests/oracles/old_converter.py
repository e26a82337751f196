#!/usr/bin/env python3
"""Our conversion of a 10 km row beside that of the converter it replaces, Coxswain2Fit.

usage: old_converter.py [--tools FOLDER]

The row and the old result are recordings of a person and not part of the project; without
them (../shared/data) it says so and passes. Build first: cargo build --release -p pipeline
"""
import argparse
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # Nothing made here belongs into the tree.
import judge

PIPELINE = os.path.join(judge.TARGET, "release", "pipeline")
DATA = os.path.join(os.path.dirname(judge.ROOT), "shared", "data")
ROW = os.path.join(DATA, "tcx", "coxswain_reconstructed_10k.tcx")
OLD = os.path.join(DATA, "fit", "valid", "32-coxswain2fit-10km-result.fit")
LAP_SECONDS = [123.833, 112.367, 111.550]  # exact crossings of 500, 1,000 and 1,500 m
LARGEST = 70_000  # bytes


def convert(folder):
    out, state = os.path.join(folder, "out"), os.path.join(folder, "state")
    subprocess.run([PIPELINE, "run", "@coxswain-to-fit", ROW, "--out", out, "--state-dir", state, "--quiet"],
                   check=True)
    names = os.listdir(out)
    if len(names) != 1:
        sys.exit(f"one activity gave {len(names)} files: {names}")
    return os.path.join(out, names[0])


def span(values, unit, digits=0):
    """`500 m`, or `492–499 m` where they differ."""
    low, high = (f"{value:,.{digits}f}" for value in (min(values), max(values)))
    return f"{low} {unit}" if low == high else f"{low}–{high} {unit}"


def figures(file, result):
    """What is compared: name, as text, and for ours whether it is right."""
    session, activity = (judge.table(result, number)[0] for number in (judge.SESSION, judge.ACTIVITY))
    laps, records = (judge.table(result, number) for number in (judge.LAP, judge.RECORD))
    metres = [lap["total_distance"] / 100 for lap in laps]
    seconds = [lap["total_elapsed_time"] / 1000 for lap in laps]
    first = [round(value, 3) for value in seconds[: len(LAP_SECONDS)]]
    size = os.path.getsize(file)
    timer = activity["total_timer_time"] / 1000
    kept = session["total_distance"] / 100, session["total_elapsed_time"] / 1000
    return [
        ("laps", str(len(laps)), len(laps) == 20),
        ("laps but the last", span(metres[:-1], "m"), set(metres[:-1]) == {500.0}),
        ("the last lap", f"{metres[-1]:,.0f} m", metres[-1] == 499.0),
        ("first laps", ", ".join(f"{value:.3f}" for value in first) + " s", first == LAP_SECONDS),
        ("distance of all laps", f"{sum(metres):,.0f} m", sum(metres) == 9999),
        ("time of all laps", f"{sum(seconds):,.0f} s", round(sum(seconds), 3) == 2294),
        ("session", f"{kept[0]:,.0f} m in {kept[1]:,.0f} s", kept == (9999, 2294)),
        ("activity's timer time", f"{timer:,.1f} s", timer == 2294),
        ("local time", "yes" if activity["local_timestamp"] else "no", activity["local_timestamp"] is not None),
        ("records", f"{len(records):,}", len(records) == 2295),
        ("strokes of all laps", f"{sum(lap['total_cycles'] or 0 for lap in laps)} of {session['total_cycles']}",
         sum(lap["total_cycles"] or 0 for lap in laps) == session["total_cycles"]),
        ("errors in the Python SDK", "; ".join(result["errors"]) or "none", not result["errors"]),
        ("size", f"{size / 1000:.1f} kB", size <= LARGEST),
    ]


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--tools", default=os.path.join(judge.TARGET, "oracles"), help="where `install` put the decoders")
    args = args.parse_args()
    if not (os.path.exists(ROW) and os.path.exists(OLD)):
        print("skipped: the comparison with the old converter, its row is not there (../shared/data)")
        return
    _, decoder, needed = judge.commands(args.tools)[0]
    if not os.path.exists(needed):
        sys.exit("no decoder is installed: run tests/oracles/install")
    with tempfile.TemporaryDirectory() as folder:
        new = convert(folder)
        results, _ = judge.read(decoder, [OLD, new])
        rows = zip(figures(OLD, results[OLD]), figures(new, results[new]))
        print(f"{'':26}{'Coxswain2Fit':34}pipeline")
        wrong = []
        for (name, old, _), (_, ours, right) in rows:
            print(f"{name:26}{old:34}{ours}{'' if right else '   WRONG'}")
            wrong += [] if right else [name]
    if wrong:
        sys.exit(f"wrong in ours: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
