#!/usr/bin/env python3
"""Judges the TCX and GPX files that we write, with readers by other people.

usage: formats.py [--tools FOLDER] [--spoil] FILE.tcx|FILE.gpx...

Each file is read and written again by us (the examples copy_tcx and copy_gpx, which it builds).
The copy must be XML for Python's own parser and for libxml2 (lxml), and every reader must see the
same points in it as in the original, to the digits that we print: gpxpy in GPX, tcxreader in TCX,
gpsbabel in both. With --spoil a number of each copy is changed first, and all readers have to notice.

The readers in Python are put into FOLDER (target/oracles) by `install`, which stands beside this
file; gpsbabel is a system package. One that is not there is said to be skipped, unless CI is set:
then it is a failure.
"""
import argparse
import csv
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
SHOWN = 12  # problems of one file and reader

# By how much a number may differ: what we print, and what the reader prints of it.
TOLERANCE = {"latitude": 1.1e-6, "longitude": 1.1e-6, "heart rate": 0.5, "cadence": 1, "power": 0.5,
             "time": 0.0011, "altitude": 0.11, "speed": 0.0051}
DEFAULT = 0.0006
# What the elements can't hold is not written; a heart rate of 0 is none.
LIMITS = {"heart rate": (1, 254), "cadence": (0, 254), "power": (0, 65_534)}
# The names of extensions, in files and by tcxreader.
NAMES = {"hr": "heart rate", "cad": "cadence", "cadence": "cadence", "RunCadence": "cadence", "power": "power",
         "PowerInWatts": "power", "Watts": "power", "atemp": "temperature", "temp": "temperature", "Speed": "speed"}


def number(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def by_gpxpy(path):
    """Points with their track and segment; segments without points don't count."""
    import gpxpy

    def leaves(element):
        if len(element) == 0:
            yield element.tag.split("}")[-1], element.text
        for child in element:
            yield from leaves(child)

    with open(path, encoding="utf-8-sig") as file:
        tracks = gpxpy.parse(file).tracks
    for t, track in enumerate(tracks):
        for s, segment in enumerate(segment for segment in track.segments if segment.points):
            for point in segment.points:
                row = {"part": 1000 * t + s, "latitude": point.latitude, "longitude": point.longitude,
                       "altitude": point.elevation, "time": point.time and point.time.timestamp()}
                for element in point.extensions:
                    row.update({NAMES[name]: number(text) for name, text in leaves(element) if name in NAMES})
                yield row


def by_tcxreader(path):
    from tcxreader.tcxreader import TCXReader

    for point in TCXReader().read(path, only_gps=False).trackpoints:
        row = {"latitude": point.latitude, "longitude": point.longitude, "altitude": point.elevation,
               "distance": point.distance, "heart rate": point.hr_value, "cadence": point.cadence,
               "time": point.time and point.time.timestamp()}
        for name, value in (point.tpx_ext or {}).items():
            if name in NAMES:
                row[NAMES[name]] = number(value)
        yield row


def by_gpsbabel(path):
    kind = "gpx" if path.endswith(".gpx") else "gtrnctr"
    run = subprocess.run(["gpsbabel", "-t", "-i", kind, "-f", path, "-o", "unicsv,utc=0", "-F", "-"],
                         capture_output=True, text=True, check=True)
    names = {"heartrate": "heart rate"}
    for line in csv.DictReader(run.stdout.splitlines()):
        row = {}
        for name, text in line.items():
            name = name.lower()
            row[names.get(name, name)] = text if name in ("date", "time", "name") else number(text)
        if abs(row.get("altitude") or 0) < 0.05:
            row.pop("altitude", None)  # It takes a 0 for nothing, but not a 0.01.
        if kind == "gtrnctr":
            row.pop("speed", None)  # It knows the speed without a prefix only, and the power with and without.
        yield row


def usable(row):
    """What there is to write."""
    def sound(name, value):
        low, high = LIMITS.get(name, (float("-inf"), float("inf")))
        return value is not None and (isinstance(value, str) or low <= value <= high)
    return {name: value for name, value in row.items() if sound(name, value)}


def differences(original, copy):
    if len(original) != len(copy):
        yield f"{len(original)} points became {len(copy)}"
    for index, (one, other) in enumerate(zip(map(usable, original), map(usable, copy))):
        for name in one.keys() | other.keys():
            a, b = one.get(name), other.get(name)
            same = a == b
            if isinstance(a, (int, float)) and isinstance(b, (int, float)):
                same = abs(a - b) <= TOLERANCE.get(name, DEFAULT)
            if not same:
                yield f"{name} of point {index}: {a} became {b}"


def spoil(path):
    """Changes the first latitude by a degree."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    changed = lambda match: match[1] + str(int(match[2]) - 1 if int(match[2]) > 0 else int(match[2]) + 1)
    text, count = re.subn(r'(<trkpt lat="|<LatitudeDegrees>)(-?\d+)', changed, text, count=1)
    if count == 0:
        sys.exit(f"{path} has no latitude to spoil")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def well_formed(path):
    import lxml.etree

    try:
        xml.etree.ElementTree.parse(path)
        lxml.etree.parse(path, lxml.etree.XMLParser(recover=False))
    except (xml.etree.ElementTree.ParseError, lxml.etree.XMLSyntaxError) as error:
        yield str(error)


def judge(original, copy, readers):
    """The verdicts of all readers on a copy: name, number of points, problems."""
    yield "well-formed", None, list(well_formed(copy))
    for name, read in readers:
        try:
            after = list(read(copy))
        except Exception as error:  # Whatever a reader says, it could not read.
            yield name, 0, [f"could not read: {error!r}"]
            continue
        try:
            before = list(read(original))
        except Exception:
            # What it can't read of others says nothing of us.
            yield f"{name}, which can't read the original", len(after), []
            continue
        yield name, len(after), list(differences(before, after))


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--tools", default=os.path.join(TARGET, "oracles"))
    args.add_argument("--spoil", action="store_true")
    args.add_argument("files", nargs="+")
    args = args.parse_args()
    python = os.path.join(args.tools, "venv", "bin", "python")
    if os.path.realpath(sys.prefix) != os.path.realpath(os.path.join(args.tools, "venv")):
        if os.path.exists(python):
            os.execv(python, [python, *sys.argv])
        print(f"skipped: the readers in Python, they are not in {args.tools}")
        sys.exit("CI" in os.environ)
    subprocess.run(["cargo", "build", "--quiet", "--release", "-p", "gpx", "-p", "tcx", "--examples"], cwd=ROOT,
                   check=True)
    gpsbabel = [("gpsbabel", by_gpsbabel)] if shutil.which("gpsbabel") else []
    if not gpsbabel:
        print("skipped: gpsbabel, it is not installed")
    readers = {"gpx": [("gpxpy", by_gpxpy), *gpsbabel], "tcx": [("tcxreader", by_tcxreader), *gpsbabel]}
    failed = not gpsbabel and "CI" in os.environ
    with tempfile.TemporaryDirectory() as folder:
        for file in args.files:
            kind = file.rsplit(".", 1)[-1]
            if kind not in readers:
                sys.exit(f"{file} is neither .tcx nor .gpx")
            copy = os.path.join(folder, f"copy.{kind}")
            example = os.path.join(TARGET, "release", "examples", f"copy_{kind}")
            run = subprocess.run([example, file, copy], capture_output=True, text=True)
            if run.returncode != 0:
                print(f"{file}: not copied: {run.stderr.strip()}")
                failed = True
                continue
            if args.spoil:
                spoil(copy)
            for name, points, problems in judge(file, copy, readers[kind]):
                if args.spoil:
                    unnoticed = points and not problems
                    problems = ["did not notice the spoilt number"] if unnoticed else []
                seen = "" if points is None else f", {points:,} points"
                print(f"{os.path.basename(file)}: {name}: {'NOT ' if problems else ''}good{seen}")
                for problem in problems[:SHOWN]:
                    print(f"    {problem}")
                failed |= bool(problems)
    sys.exit(failed)


main()
