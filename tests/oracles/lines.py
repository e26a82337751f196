#!/usr/bin/env python3
"""Judges the line protocol that we write for InfluxDB, with a parser by other people.

usage: lines.py [--tools FOLDER] [PIPELINE]

Rows with odd names, odd numbers and equal times go through `pipeline run` into a file, and
line-protocol-parser must see the names, the tags, the values to the last bit, and the times.
The parser is put into FOLDER (target/oracles) by `install`, which stands beside this file.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))

MEASUREMENT = 'my power, "x"=1'
DEVICES = ["shed", "the, shed", "a=b", 'say "hi"', "Büro 電源", "back\\slash", "dots...", "#1", "C:\\"]
COLUMNS = ["power", "a b", "a,b", "a=b", 'a"b', "größe", "back\\slash", "_", "#x"]
VALUES = [0.0, -0.0, 1.5, -1e-12, 1e300, 2.2250738585072014e-308, 1.7976931348623157e308, 0.1, 123456789.123456789, None]
SECONDS = ["00", "01.5", "01.5", "01.5", "02.000001", "59.999999"]


def rows(device):
    """A row for every time and value: a stream as JSON Lines."""
    start = "2026-11-21T10:00:00Z"
    yield {"open": {"kind": "log", "name": "judged", "start": start, "device": {"name": device}}}
    for number, second in enumerate(SECONDS):
        columns = {name: [VALUES[(number + index) % len(VALUES)]] for index, name in enumerate(COLUMNS)}
        time = f"2026-11-21T10:00:{second if '.' in second else second + '.0'}Z"
        yield {"samples": {"time": [time], **columns}}
    yield {"samples": {"time": ["2026-11-21T10:01:00Z"], **{name: [None] for name in COLUMNS}}}
    yield {"finish": {}}


def written(pipeline, folder, device):
    """The lines that become of it."""
    source = os.path.join(folder, "in.jsonl")
    with open(source, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows(device))
    recipe = os.path.join(folder, "lines.yaml")
    with open(recipe, "w", encoding="utf-8") as file:
        file.write(f"name: lines\nsource: jsonl\nsinks:\n  - influx: {{ file: out.lp, measurement: '{MEASUREMENT}' }}\n")
    out = os.path.join(folder, "out.lp")
    if os.path.exists(out):
        os.remove(out)
    command = [pipeline, "run", recipe, source, "--state-dir", os.path.join(folder, "state"), "--again", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{device}: {done.stderr}")
    with open(out, encoding="utf-8") as file:
        return file.read().splitlines()


def nanoseconds(second):
    """Nanoseconds since 10:00 of that day in 1970."""
    whole, _, part = second.partition(".")
    return int(whole) * 10**9 + int((part or "0").ljust(9, "0"))


def problems(device, lines):
    from line_protocol_parser import parse_line

    if len(lines) != len(SECONDS):
        yield f"{len(lines)} lines instead of {len(SECONDS)}"
    begin, before, times = None, None, {}
    for number, (line, second) in enumerate(zip(lines, SECONDS)):
        try:
            seen = parse_line(line)
        except Exception as error:  # Whatever it throws is its verdict.
            yield f"{type(error).__name__}: {error}: {line}"
            continue
        # A backslash at the end of a name would take the next sign along: it is left out.
        expected = {"device": device.rstrip("\\"), "kind": "log"}
        if seen["measurement"] != MEASUREMENT or seen["tags"] != expected:
            yield f"{seen['measurement']} {seen['tags']}, not {MEASUREMENT} {expected}"
        values = {name: VALUES[(number + index) % len(VALUES)] for index, name in enumerate(COLUMNS)}
        values = {name: value for name, value in values.items() if value is not None}
        if {k: repr(v) for k, v in seen["fields"].items()} != {k: repr(v) for k, v in values.items()}:
            yield f"{seen['fields']}, not {values}"
        # Of equal times every one is a nanosecond later: they would replace one another.
        times[second] = times.get(second, -1) + 1
        time = seen["time"] - nanoseconds(second) - times[second]
        begin = time if begin is None else begin
        if time != begin or (before is not None and seen["time"] <= before):
            yield f"time {seen['time']} of second {second}"
        before = seen["time"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--tools", default=os.path.join(TARGET, "oracles"))
    parser.add_argument("pipeline", nargs="?", default=os.path.join(TARGET, "release", "pipeline"))
    args = parser.parse_args()
    python = os.path.join(args.tools, "venv", "bin", "python")
    if os.path.exists(python) and os.environ.get("LINES_JUDGE") is None:
        os.environ["LINES_JUDGE"] = "1"
        os.execv(python, [python, *sys.argv])
    found, count = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for device in DEVICES:
            lines = written(os.path.abspath(args.pipeline), folder, device)
            count += len(lines)
            found += [f"{device}: {problem}" for problem in problems(device, lines)]
    print("\n".join(found) or f"{count} lines: the parser sees what was measured")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
