#!/usr/bin/env python3
"""Kill -9 while a device is listened to: `recover` makes the activity of what was sent until then.

A simulated rower and a belt row twenty times as fast as real ones. For every round:

* the recovered FIT has the strokes that the journal has, but for one, and each is the one of the
  undisturbed row; how old the newest packet in the journal was at the kill is told;
* the FIT is sound, says Garmin's SDK where it is installed;
* a `recover` that is killed itself is repeated without a trace, and the next has nothing to do.

usage: journal.py [--rounds N] [--jobs N] [--seed N]
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PIPELINE = os.environ.get("PIPELINE") or os.path.join(
    os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "release", "pipeline"
)
SPEED = 20
STROKES = 60
ROW = """
name: row
source:
  rowing: { min-strokes: 1 }
transforms:
  - laps: { every: 250 m }
sinks:
  - garmin: { folder: out }
"""
POWER = "2a63"  # Cycling Power Measurement: flags, power, revolutions of the wheel and the crank


class Failed(Exception):
    pass


def device(seed, extra=""):
    return f"sim:esprm+belt?strokes={STROKES}&worn=400&seed={seed}{extra}"


def pipeline(folder, *args, check=True):
    command = [PIPELINE, *args, "--state-dir", os.path.join(folder, "state")]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if check and done.returncode != 0:
        raise Failed(f"{args}: exit code {done.returncode}: {done.stderr}")
    return done


def told(path):
    """When the rower told its strokes, in seconds, and how many."""
    found = []
    with open(path, "rb") as file:
        for line in file.read().split(b"\n")[:-1]:
            entry = json.loads(line)
            if entry.get("is") == "value":
                if entry["of"] == POWER:
                    value = bytes.fromhex(entry["hex"])
                    found.append((entry["t"] / 1e6, int.from_bytes(value[10:12], "little")))
    return found


def strokes(path):
    """Stroke number, distance and power of each stroke in a FIT file; sound or not."""
    from garmin_fit_sdk import Decoder, Stream

    stream = Stream.from_file(path)
    decoder = Decoder(stream)
    if not decoder.is_fit() or not decoder.check_integrity():
        raise Failed(f"{path}: not sound")
    messages, errors = Decoder(Stream.from_file(path)).read()
    if errors:
        raise Failed(f"{path}: {errors}")
    if len(messages["session_mesgs"]) != 1 or len(messages["activity_mesgs"]) != 1:
        raise Failed(f"{path}: not one activity")
    found = {}
    for record in messages["record_mesgs"]:
        if "total_cycles" in record and "power" in record:
            found.setdefault(record["total_cycles"], (record["distance"], record["power"]))
    return found


def steps(found):
    """Power of each stroke, and the distance from the one before, in centimetres."""
    pairs = [found[stroke] for stroke in sorted(found)]
    return [(after[1], round(100 * (after[0] - before[0]))) for before, after in zip(pairs, pairs[1:])]


def is_part(kept, whole):
    """Whether these strokes stand in the whole row, one after another; the first ones may have been
    rowed before the connection was made, and the last one may not have been complete."""
    kept = kept[:-1]
    return any(whole[at:at + len(kept)] == kept for at in range(len(whole)))


def undisturbed(folder, seed):
    """What the rower tells, and what the whole row becomes, in virtual time."""
    place = os.path.join(folder, f"whole{seed}")
    os.makedirs(place)
    open(os.path.join(place, "row.yaml"), "w").write(ROW)
    pipeline(place, "run", "row.yaml", "-q", "--device", device(seed), "--record", "whole.capture")
    (name,) = os.listdir(os.path.join(place, "out"))
    values = told(os.path.join(place, "whole.capture"))
    return values, strokes(os.path.join(place, "out", name))


def one(number, rng, folder, wholes):
    """Kills one run; the rower's time that was lost in seconds, the strokes, whether one was left."""
    seed = number % len(wholes) + 1
    values, whole = wholes[seed]
    place = os.path.join(folder, f"round{number}")
    os.makedirs(place)
    open(os.path.join(place, "row.yaml"), "w").write(ROW)
    journal, out = os.path.join(place, "state", "journal"), os.path.join(place, "out")
    command = [PIPELINE, "run", "row.yaml", "-q", "--state-dir", os.path.join(place, "state"),
               "--device", device(seed, f"&speed={SPEED}")]
    child = subprocess.Popen(command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(rng.uniform(0.05, values[-1][0] / SPEED * 0.9))
    if child.poll() is not None:
        raise Failed(f"round {number}: ended by itself with {child.returncode}")
    child.kill()
    killed = time.time()
    child.wait()
    names = os.listdir(journal) if os.path.isdir(journal) else []
    if not names:
        return 0.0, 0, 0
    (name,) = names
    path = os.path.join(journal, name)
    seen = told(path)
    # How long before the kill the last packet was written, in the rower's time.
    lost = (killed - os.stat(path).st_mtime) * SPEED if seen else 0.0
    # The rower counts the drive that begins the row; an activity counts what was completed in it.
    uncounted = values[-1][1] - values[0][1] - max(whole)
    expected = seen[-1][1] - seen[0][1] - uncounted if seen else 0
    if rng.random() < 0.3:
        # Recovering may be cut off too.
        child = subprocess.Popen([PIPELINE, "recover", "-q", "--state-dir", os.path.join(place, "state")],
                                 cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0.0, 0.15))
        child.kill()
        child.wait()
    pipeline(place, "recover")
    if os.listdir(journal):
        raise Failed(f"round {number}: left in the journal: {os.listdir(journal)}")
    again = pipeline(place, "recover").stderr
    if not again.startswith("nothing to recover"):
        raise Failed(f"round {number}: a second time: {again}")
    files = os.listdir(out) if os.path.isdir(out) else []
    if len(files) > 1 or (not files and expected > 1):
        raise Failed(f"round {number}: {expected} strokes became {files}")
    kept = strokes(os.path.join(out, files[0])) if files else {}
    count = max(kept, default=0)
    if files and count < expected - 1:
        raise Failed(f"round {number}: {count} strokes of {expected}")
    if not is_part(steps(kept), steps(whole)):
        raise Failed(f"round {number}: {kept} is not a part of {whole}")
    return lost, count, expected - count if files else 0


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--rounds", type=int, default=200)
    args.add_argument("--jobs", type=int, default=4)
    args.add_argument("--seed", type=int, default=1)
    args = args.parse_args()
    rng = random.Random(args.seed)
    with tempfile.TemporaryDirectory() as folder:
        wholes = {seed: undisturbed(folder, seed) for seed in range(1, 6)}
        rounds = [(number, random.Random(rng.random())) for number in range(args.rounds)]
        with ThreadPoolExecutor(args.jobs) as pool:
            try:
                done = list(pool.map(lambda it: one(*it, folder, wholes), rounds))
            except Failed as error:
                pool.shutdown(cancel_futures=True)
                sys.exit(str(error))
        lost = sorted(seconds for seconds, _, _ in done)
        counts = [count for _, count, _ in done]
        print(f"{len(done)} kills, {sum(count > 0 for count in counts)} activities of up to {max(counts)} strokes")
        print(f"newest packet at the kill: {lost[len(lost) // 2]:.2f} s old in the middle, "
              f"{lost[-1]:.2f} s at most, in the rower's time")
        print(f"strokes told and not recovered: {max(left for _, _, left in done)} at most")


if __name__ == "__main__":
    main()
