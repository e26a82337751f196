#!/usr/bin/env python3
"""Compares `pipeline` with its peers, whole processes in one interleaved run.

usage: compare.py [--seconds N] [--rounds N] [--quick]

Makes its inputs itself (synthetic rows in the shapes of Coxswain and of Garmin Connect).
Every command of a job runs once a round, in turn, so that the figures of a round share the
state of the machine; printed are the median CPU time (user and system), and the median of the
ratios round by round. Quote the ratios. A peer that is not installed is said to be skipped.
Build first: cargo build --release -p pipeline -p benches
"""
import argparse
import datetime
import math
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TARGET = os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "release")
PIPELINE = os.path.join(TARGET, "pipeline")
SCAN = os.path.join(TARGET, "scan")


def rows(seconds, seed):
    """Second, metres, speed, heart rate, stroke rate, watts of a made-up row."""
    rng = random.Random(seed)
    metres, heart = 0.0, 90.0
    for second in range(seconds):
        speed = 4.1 + 0.4 * math.sin(second / 95) + rng.uniform(-0.1, 0.1)
        metres += speed
        watts = int(2.8 * speed**3)
        heart += (120 + 0.28 * watts - heart) * 0.01
        yield second, metres, speed, int(heart), int(23 + 3 * math.sin(second / 95)), watts


def coxswain(path, seconds, seed):
    start = datetime.datetime(2024, 3, 1, 6) + datetime.timedelta(hours=9 * seed)
    stamp = lambda s: (start + datetime.timedelta(seconds=s)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    with open(path, "w", buffering=1 << 20) as out:
        out.write(
            "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n"
            '<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2">\n'
            f'  <Activities>\n    <Activity Sport="Other">\n      <Id>{stamp(0)}</Id>\n'
            f'      <Lap StartTime="{stamp(0)}">\n        <TotalTimeSeconds>{seconds}</TotalTimeSeconds>\n'
            "        <Calories>500</Calories>\n        <Intensity>Active</Intensity>\n"
            "        <TriggerMethod>Manual</TriggerMethod>\n        <Track>\n"
        )
        for second, metres, speed, heart, rate, watts in rows(seconds, seed):
            out.write(
                f"          <Trackpoint>\n            <Time>{stamp(second)}</Time>\n            <Position>\n"
                "              <LatitudeDegrees>0.0</LatitudeDegrees>\n"
                "              <LongitudeDegrees>0.0</LongitudeDegrees>\n            </Position>\n"
                f"            <DistanceMeters>{int(metres)}</DistanceMeters>\n            <HeartRateBpm>\n"
                f"              <Value>{heart}</Value>\n            </HeartRateBpm>\n"
                f"            <Cadence>{rate}</Cadence>\n            <Extensions>\n"
                '              <TPX xmlns="http://www.garmin.com/xmlschemas/ActivityExtension/v2">\n'
                f"                <Speed>{speed:.2f}</Speed>\n                <Watts>{watts}</Watts>\n"
                "              </TPX>\n            </Extensions>\n          </Trackpoint>\n"
            )
        out.write(
            "        </Track>\n      </Lap>\n      <Notes>Created by Coxswain</Notes>\n"
            "    </Activity>\n  </Activities>\n</TrainingCenterDatabase>\n"
        )


def garmin(path, seconds, seed):
    start = datetime.datetime(2024, 3, 1, 6) + datetime.timedelta(hours=9 * seed)
    stamp = lambda s: (start + datetime.timedelta(seconds=s)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    with open(path, "w", buffering=1 << 20) as out:
        out.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n<TrainingCenterDatabase\n'
            '  xmlns:ns3="http://www.garmin.com/xmlschemas/ActivityExtension/v2"\n'
            '  xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2">\n'
            f'  <Activities>\n    <Activity Sport="Other">\n      <Id>{stamp(0)}</Id>\n'
            f'      <Lap StartTime="{stamp(0)}">\n        <TotalTimeSeconds>{seconds}</TotalTimeSeconds>\n'
            "        <Calories>500</Calories>\n        <Intensity>Active</Intensity>\n"
            "        <TriggerMethod>Manual</TriggerMethod>\n        <Track>\n"
        )
        for second, metres, speed, heart, rate, watts in rows(seconds, seed):
            lat, lon = 52.2 + 0.01 * math.sin(metres / 900), 0.1 + 0.015 * math.cos(metres / 900)
            out.write(
                f"          <Trackpoint>\n            <Time>{stamp(second)}</Time>\n            <Position>\n"
                f"              <LatitudeDegrees>{lat:.15f}</LatitudeDegrees>\n"
                f"              <LongitudeDegrees>{lon:.15f}</LongitudeDegrees>\n            </Position>\n"
                "            <AltitudeMeters>8.600000381469727</AltitudeMeters>\n"
                f"            <DistanceMeters>{metres:.13f}</DistanceMeters>\n            <HeartRateBpm>\n"
                f"              <Value>{heart}</Value>\n            </HeartRateBpm>\n"
                f"            <Cadence>{rate}</Cadence>\n            <Extensions>\n              <ns3:TPX>\n"
                f"                <ns3:Speed>{speed:.15f}</ns3:Speed>\n"
                f"                <ns3:Watts>{watts}</ns3:Watts>\n"
                "              </ns3:TPX>\n            </Extensions>\n          </Trackpoint>\n"
            )
        out.write(
            "        </Track>\n      </Lap>\n    </Activity>\n  </Activities>\n</TrainingCenterDatabase>\n"
        )


def once(command):
    """CPU seconds, wall seconds and peak MB of one run."""
    begin = time.perf_counter()
    null = subprocess.DEVNULL
    child = subprocess.Popen(command, stdin=null, stdout=null, stderr=null)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0,):
        sys.exit(f"{command[0]} failed with {child.returncode}: {' '.join(command)}")
    return used.ru_utime + used.ru_stime, time.perf_counter() - begin, used.ru_maxrss / 1024


def peak(command):
    """Peak MB by GNU time, whose own floor is low; None where it is not installed."""
    if not os.path.exists("/usr/bin/time"):
        return None
    run = subprocess.run(["/usr/bin/time", "-f", "%M", *command], capture_output=True, text=True)
    return int(run.stderr.strip().splitlines()[-1]) / 1024


def job(title, commands, rounds, prepare=lambda: None, wall=False):
    """Runs the commands in turn; the first is ours, the ratios are against the others."""
    print(f"\n{title}")
    figures = {name: [] for name in commands}
    for _ in range(rounds + 1):
        for name, command in commands.items():
            prepare()
            figures[name].append(once(command))
    ours = next(iter(commands))
    kind = 1 if wall else 0
    for name in commands:
        runs = figures[name][1:]
        line = f"  {name:24} cpu {statistics.median(r[0] for r in runs) * 1000:8.1f} ms"
        line += f"  wall {statistics.median(r[1] for r in runs) * 1000:8.1f} ms"
        memory = peak(commands[name])
        line += f"  peak {memory:6.1f} MB" if memory else ""
        if name != ours:
            ratios = [a[kind] / b[kind] for a, b in zip(figures[ours][1:], runs)]
            line += f"  ours/this {statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
        print(line, flush=True)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--rounds", type=int, default=7)
    args.add_argument("--seconds", type=int, default=23_000, help="length of the long row (16 MB)")
    args.add_argument("--quick", action="store_true", help="small inputs: does it all work?")
    args = args.parse_args()
    seconds = 600 if args.quick else args.seconds
    with tempfile.TemporaryDirectory() as folder:
        here = lambda name: os.path.join(folder, name)
        laps = ["--laps", "500m", "--max-hr", "185", "--calories", "concept2", "--force"]
        peers = shutil.which("gpsbabel")
        for shape in (coxswain, garmin):
            name = shape.__name__
            shape(here("long.tcx"), seconds, 1)
            size = os.path.getsize(here("long.tcx")) / 1e6
            commands = {
                "pipeline": [PIPELINE, "convert", here("long.tcx"), here("out.fit"), *laps],
                "quick-xml scan": [SCAN, here("long.tcx")],
            }
            if peers:
                commands["gpsbabel"] = ["gpsbabel", "-t", "-i", "gtrnctr", "-f", here("long.tcx"),
                                        "-o", "garmin_fit", "-F", here("peer.fit")]
            fresh = lambda: [os.path.exists(here(f)) and os.remove(here(f)) for f in ("out.fit", "peer.fit")]
            job(f"TCX to FIT, {name}, {size:.1f} MB", commands, args.rounds, fresh)
        if not peers:
            print("  gpsbabel is not installed: skipped")
        count = 20 if args.quick else 1000
        os.mkdir(here("batch"))
        for number in range(count):
            coxswain(here(f"batch/row{number:04}.tcx"), 240 + number * 7 % 120, number)
        run = lambda jobs: [PIPELINE, "run", "@coxswain-to-fit", here("batch"), "--out", here("out"),
                            "--state-dir", here("state"), "--jobs", str(jobs), "--quiet"]
        def empty():
            for name in ("out", "out.staging", "state"):
                shutil.rmtree(here(name), ignore_errors=True)
        job(f"{count} files", {"2 jobs": run(2), "1 job": run(1)}, max(3, args.rounds // 2), empty, wall=True)
        os.mkdir(here("none"))
        nothing = [PIPELINE, "run", "@coxswain-to-fit", here("none"), "--out", here("out"),
                   "--state-dir", here("state")]
        job("start", {"pipeline --version": [PIPELINE, "--version"], "/bin/true": ["/bin/true"]}, 30, wall=True)
        job("an empty run", {"empty run": nothing, "/bin/true": ["/bin/true"]}, 30, wall=True)


main()
