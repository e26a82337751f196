#!/usr/bin/env python3
"""Kill -9 at random moments: no torn file in the outbox, nothing lost, nothing twice.

usage: kill.py [--rounds N] [--files N]
"""
import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PIPELINE = os.path.join(
    os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "release", "pipeline"
)
CRC = [0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
       0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400]


def crc(data):
    value = 0
    for byte in data:
        for nibble in (byte & 15, byte >> 4):
            value = (value >> 4) ^ CRC[value & 15] ^ CRC[nibble]
    return value


def whole(path):
    data = open(path, "rb").read()
    size = int.from_bytes(data[4:8], "little")
    return data[8:12] == b".FIT" and len(data) == 14 + size + 2 and crc(data) == 0


def timed(command, out, state):
    """Seconds of a run from nothing; the quickest of several is a warm one."""
    shutil.rmtree(out, ignore_errors=True)
    shutil.rmtree(state, ignore_errors=True)
    begin = time.monotonic()
    subprocess.run(command, check=True)
    return time.monotonic() - begin


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--rounds", type=int, default=50)
    args.add_argument("--files", type=int, default=60)
    args.add_argument("--seed", type=int, default=1)
    args = args.parse_args()
    rng = random.Random(args.seed)
    row = open(os.path.join(ROOT, "samples", "coxswain-8min.tcx")).read()
    with tempfile.TemporaryDirectory() as folder:
        rows = os.path.join(folder, "rows")
        os.mkdir(rows)
        for number in range(args.files):
            text = row.replace("2024-03-07T09:", f"2024-03-{number % 28 + 1:02}T{number // 28 + 10}:")
            open(os.path.join(rows, f"row{number:03}.tcx"), "w").write(text)
        out, state = os.path.join(folder, "out"), os.path.join(folder, "state")
        command = [PIPELINE, "run", "@coxswain-to-fit", rows, "--out", out, "--state-dir", state, "-q"]
        full = min(timed(command, out, state) for _ in range(3))
        killed = 0
        for round_number in range(args.rounds):
            shutil.rmtree(out, ignore_errors=True)
            shutil.rmtree(state, ignore_errors=True)
            for _ in range(rng.randint(1, 3)):
                child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
                time.sleep(rng.uniform(0, full * 1.2))
                killed += child.poll() is None
                child.kill()
                child.wait()
                torn = [f for f in os.listdir(out) if not whole(os.path.join(out, f))] if os.path.isdir(out) else []
                if torn:
                    sys.exit(f"round {round_number}: torn files in the outbox: {torn}")
            subprocess.run(command, check=True)
            names = os.listdir(out)
            keys = {name.split("_")[-1] for name in names}
            if len(names) != args.files or len(keys) != args.files:
                sys.exit(f"round {round_number}: {len(names)} files of {len(keys)} activities, not {args.files}")
            again = subprocess.run(command[:-1], check=True, capture_output=True, text=True)
            if again.stdout or "nothing new" not in again.stderr:
                sys.exit(f"round {round_number}: the run after it delivered again:\n{again.stdout}{again.stderr}")
        if killed < args.rounds / 2:
            sys.exit(f"only {killed} of {args.rounds} rounds were killed in time: nothing was tested")
        print(f"{args.rounds} rounds, killed {killed} times: nothing torn, lost or twice")


main()
