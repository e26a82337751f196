#!/usr/bin/env python3
"""Judges FIT files with seven decoders by other people, and by the rules of a FIT activity.

usage: judge.py [--tools FOLDER] FILE.fit...

Every decoder must read every file without an error (for Garmin's two also the integrity, for
fit-tool also no finding), all must agree on the number of messages of each kind and on the
values in fields.json, and the values must make sense together: laps tile the session, their
sums are the session's to the last step, times do not run backwards, nothing is missing.

The decoders are put into FOLDER (target/oracles) by `install`, which stands beside this file.
One that is not there is said to be skipped, unless CI is set: then it is a failure.
"""
import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
FIELDS = {int(number): message for number, message in
          json.load(open(os.path.join(HERE, "fields.json")))["messages"].items()}
SESSION, LAP, RECORD, EVENT, ACTIVITY = 18, 19, 20, 21, 34
SUMS = ["total_elapsed_time", "total_timer_time", "total_distance", "total_cycles", "total_calories", "total_work"]
SECONDS = 300  # for one decoder and all files
SHOWN = 12  # problems of one file and decoder


def commands(tools):
    """The decoders: name, command without the files, and a file without which there is none."""
    python, decode = os.path.join(tools, "venv", "bin", "python"), os.path.join(HERE, "decode.py")
    rust = os.path.join(tools, "rust", "release", "oracles")
    node = os.path.join(tools, "node")
    return [
        ("garmin-fit-sdk (Python)", [python, decode, "garmin"], python),
        ("@garmin/fitsdk (JavaScript)", ["node", os.path.join(HERE, "judge.mjs"), node],
         os.path.join(node, "node_modules")),
        ("fitdecode", [python, decode, "fitdecode"], python),
        ("fitparse", [python, decode, "fitparse"], python),
        ("fit-tool", [python, decode, "fit-tool"], python),
        ("fitparser (Rust)", [rust, "fitparser"], rust),
        ("rustyfit (Rust)", [rust, "rustyfit"], rust),
    ]


def read(command, files):
    """What a decoder says of each file, and how long it took."""
    begin = time.monotonic()
    results, said = {}, ""
    try:
        # Local times are shown in the zone of the machine by some.
        run = subprocess.run([*command, *files], capture_output=True, text=True, timeout=SECONDS,
                             env={**os.environ, "TZ": "UTC", "PYTHONWARNINGS": "ignore"})
        said = f"stopped with {run.returncode}: {run.stderr.strip()[-300:]}"
        output = run.stdout
    except subprocess.TimeoutExpired as late:
        said = f"not done after {SECONDS} s"
        output = (late.stdout or b"").decode()
    except OSError as error:
        said, output = str(error), ""
    for line in output.splitlines():
        try:
            result = json.loads(line)
        except ValueError:
            continue
        for part in ("counts", "rows"):
            result[part] = {int(number): value for number, value in result[part].items()}
        results[result["file"]] = result
    for file in files:
        results.setdefault(file, {"errors": [f"no answer; {said}"], "counts": {}, "rows": {}})
    return results, time.monotonic() - begin


def differences(one, other):
    """Where two decoders read a file differently."""
    for number in sorted(one["counts"].keys() | other["counts"].keys()):
        expected, found = one["counts"].get(number, 0), other["counts"].get(number, 0)
        if expected != found:
            name = FIELDS.get(number, {}).get("name", f"message {number}")
            yield f"number of {name}", expected, found
    for number, message in FIELDS.items():
        pairs = zip(one["rows"].get(number, []), other["rows"].get(number, []))
        for index, (row, second) in enumerate(pairs):
            for (_, name, _), expected, found in zip(message["fields"], row, second):
                if expected != found and "?" not in (expected, found):
                    yield f"{message['name']} {index} {name}", expected, found


def table(result, number):
    """The rows of a message as dictionaries."""
    names = [name for _, name, _ in FIELDS[number]["fields"]]
    return [dict(zip(names, row)) for row in result["rows"].get(number, [])]


def nonsense(result):
    """Where the values of a file do not make sense together: what, expected, found."""
    sessions, laps, records, events, activities = (
        table(result, number) for number in (SESSION, LAP, RECORD, EVENT, ACTIVITY))
    if result["first"] != 0:
        yield "first message", "file_id", result["first"]
    if result["last"] != ACTIVITY:
        yield "last message", "activity", result["last"]
    for name, found in (("file_id", result["counts"].get(0, 0)), ("session", len(sessions)),
                        ("activity", len(activities))):
        if found != 1:
            yield f"number of {name}", 1, found
    for name, rows in (("record", records), ("lap", laps), ("event", events)):
        if not rows:
            yield f"number of {name}", "1 or more", 0
    if not (len(sessions) == len(activities) == 1 and laps and records):
        return
    session, activity = sessions[0], activities[0]
    for name in ("start_time", "timestamp", "total_elapsed_time", "total_timer_time"):
        for kind, rows in (("session", sessions), ("lap", laps)):
            for index, row in enumerate(rows):
                if row[name] is None:
                    yield f"{kind} {index} {name}", "a value", None
                    return
    yield from sense_of_laps(session, laps)
    if session["num_laps"] != len(laps) or session["first_lap_index"] != 0:
        yield "session num_laps, first_lap_index", (len(laps), 0), (session["num_laps"], session["first_lap_index"])
    if activity["total_timer_time"] != session["total_timer_time"]:
        yield "activity total_timer_time", session["total_timer_time"], activity["total_timer_time"]
    if activity["num_sessions"] != 1:
        yield "activity num_sessions", 1, activity["num_sessions"]
    if activity["local_timestamp"] is None:
        yield "activity local_timestamp", "a value", None
    elif abs(activity["local_timestamp"] - activity["timestamp"]) > 14 * 3600:
        yield "activity local_timestamp", "within 14 hours of timestamp", activity["local_timestamp"]
    yield from sense_of_records(session, records, events)


def sense_of_laps(session, laps):
    for kind, rows in (("session", [session]), ("lap", laps)):
        for index, row in enumerate(rows):
            if row["total_timer_time"] > row["total_elapsed_time"]:
                yield f"{kind} {index} total_timer_time", f"<= {row['total_elapsed_time']}", row["total_timer_time"]
    # Both against the lap before and against the session's start, so that nothing drifts.
    elapsed = 0
    for index, lap in enumerate(laps):
        expected = session["start_time"] + elapsed / 1000
        if abs(expected - lap["start_time"]) > 1:
            yield f"lap {index} start_time", f"{expected:.3f}, session's start and the laps before", lap["start_time"]
        if index:
            before = laps[index - 1]
            expected = before["start_time"] + before["total_elapsed_time"] / 1000
            if abs(expected - lap["start_time"]) > 1:
                yield f"lap {index} start_time", f"{expected:.3f}, the end of lap {index - 1}", lap["start_time"]
        elapsed += lap["total_elapsed_time"]
    for name in SUMS:
        values = [lap[name] for lap in laps if lap[name] is not None]
        expected = session[name]
        found = sum(values) if values else None
        if found != expected:
            yield f"sum of the laps' {name}", f"the session's {expected}", found


def sense_of_records(session, records, events):
    end = session["start_time"] + session["total_elapsed_time"] / 1000
    previous = {"timestamp": session["start_time"] - 1, "distance": 0, "total_cycles": 0}
    for index, record in enumerate(records):
        for name, last in previous.items():
            value = record[name]
            if value is None and name == "timestamp":
                yield f"record {index} timestamp", "a value", None
            elif value is not None and value < last:
                yield f"record {index} {name}", f">= {last}, as before", value
            elif value is not None:
                previous[name] = value
        if record["timestamp"] is not None and record["timestamp"] > end + 1:
            yield f"record {index} timestamp", f"<= {end:.3f}, the session's end", record["timestamp"]
    distance = session["total_distance"] or 0
    if abs(previous["distance"] - distance) > 1:
        yield "the last record's distance", f"the session's {distance}", previous["distance"]
    times = [event["timestamp"] for event in events]
    if None in times or times != sorted(times):
        yield "timestamps of events", "in order", times
    elif times[0] > records[0]["timestamp"] or times[-1] < records[-1]["timestamp"]:
        yield "first and last event", "around the records", (times[0], times[-1])


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--tools", default=os.path.join(TARGET, "oracles"), help="where `install` put the decoders")
    args.add_argument("files", nargs="+", metavar="FILE.fit")
    args = args.parse_args()
    problems, judges, answers = [], [], {}
    for name, command, needed in commands(args.tools):
        if os.path.exists(needed):
            judges.append((name, command))
        elif os.environ.get("CI"):
            problems.append(("all files", name, "is not installed", "tests/oracles/install", ""))
        else:
            print(f"skipped: {name} is not installed (run tests/oracles/install)")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting = [(name, pool.submit(read, command, args.files)) for name, command in judges]
        for name, answer in waiting:
            answers[name], took = answer.result()
            errors = sum(len(result["errors"]) for result in answers[name].values())
            messages = sum(sum(result["counts"].values()) for result in answers[name].values())
            print(f"{name:28} {len(args.files):4} files {messages:8} messages {errors:4} errors {took:6.1f} s")
    for file in args.files:
        results = {name: answer[file] for name, answer in answers.items()}
        found = [(name, error, "", "") for name, result in results.items() for error in result["errors"][:SHOWN]]
        sound = {name: result for name, result in results.items() if not result["errors"]}
        first = next(iter(sound), None)
        for name, result in sound.items():
            found += [(f"{name} and {first}", *what) for what in differences(sound[first], result)][:SHOWN]
        if first:
            found += [("sense", *what) for what in nonsense(sound[first])][:SHOWN]
        problems += [(os.path.basename(file), *what) for what in found]
    if not answers:
        sys.exit("nothing judged: no decoder is installed")
    if problems:
        print(f"\n{'file':44} {'by':28} what: expected, found")
        for file, by, what, expected, found in problems:
            print(f"{file:44} {by:28} {what}" + (f": {expected}, {found}" if (expected, found) != ("", "") else ""))
        sys.exit(f"\n{len(problems)} problems in {len({p[0] for p in problems})} of {len(args.files)} files")
    print(f"{len(args.files)} files: {len(judges)} decoders agree, the values make sense")


if __name__ == "__main__":
    main()
