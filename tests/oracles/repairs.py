#!/usr/bin/env python3
"""Damages FIT files, has them repaired, merges pairs, and lets other people's decoders judge.

usage: repairs.py [--tools FOLDER] [--pipeline PROGRAM] [FILE.fit...]

Each file, which must be sound, is broken off in several places, loses the size in its header, and
is padded. What `pipeline repair` makes of that must have every whole record that is left, as the
decoders saw it in the sound file, and a session; whoever reads the sound file must read the
repaired one without an error, and all must agree on it. Then each file is merged with itself a
week later, and the sums must be right. Our own activities must also make sense as judge.py has it.

Without files: the golden ones, the samples, and the recordings in ../shared/data, if they are there.
"""
import argparse
import concurrent.futures
import glob
import json
import os
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # Nothing made here belongs into the tree.
import judge

GOLDEN = os.path.join(judge.ROOT, "crates", "fit", "tests", "data", "golden", "*.fit")
SAMPLES = os.path.join(judge.ROOT, "samples", "*.tcx*")
SHARED = os.path.join(os.path.dirname(judge.ROOT), "shared", "data", "fit", "valid", "*.fit")
WEEK = 7 * 24 * 3600
# Where times are, by message; 253 is one in all of them.
TIMES = {0: [4], 18: [2], 19: [2], 34: [5], 101: [2], 312: [9, 27]}
# Bytes of a file that are looked at: larger ones are broken off in fewer places.
EFFORT = 400_000


def crc(data):
    table = [0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
             0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400]
    value = 0
    for byte in data:
        for half in (byte & 15, byte >> 4):
            value = (value >> 4) ^ table[value & 15] ^ table[half]
    return value


def segments(data):
    """Start, first record and end of the records of each segment."""
    at = 0
    while at + 12 <= len(data):
        size, = struct.unpack_from("<I", data, at + 4)
        yield at, at + data[at], at + data[at] + size
        at += data[at] + size + 2


def messages(data, first, end):
    """Number, offset, end and times (offset, byte order) of each data message of a segment."""
    locals_, at = {}, first
    while at < end:
        header = data[at]
        if header & 0xC0 == 0x40:
            order = ">" if data[at + 2] else "<"
            number, count = struct.unpack_from(order + "HB", data, at + 3)
            fields = [data[at + 6 + 3 * n: at + 9 + 3 * n] for n in range(count)]
            at += 6 + 3 * count
            if header & 0x20:
                own = data[at]
                fields += [b"\xff" + data[at + 2 + 3 * n: at + 3 + 3 * n] for n in range(own)]
                at += 1 + 3 * own
            locals_[header & 15] = number, order, fields
            continue
        number, order, fields = locals_[header >> 5 & 3 if header & 0x80 else header & 15]
        place, times = at + 1, []
        for field in fields:
            if field[1] == 4 and (field[0] == 253 or field[0] in TIMES.get(number, [])):
                times.append((place, order))
            place += field[1]
        yield number, at, place, times
        at = place


def later(data, seconds):
    """The same file, so many seconds later."""
    data = bytearray(data)
    for start, first, end in segments(bytes(data)):
        for *_, times in messages(bytes(data), first, end):
            for place, order in times:
                time, = struct.unpack_from(order + "I", data, place)
                if time != 0xFFFFFFFF:
                    struct.pack_into(order + "I", data, place, time + seconds)
        struct.pack_into("<H", data, end, crc(data[start:end]))
    return bytes(data)


def records(data):
    """Where each record ends, segment by segment."""
    return [place for _, first, end in segments(data)
            for number, _, place, _ in messages(data, first, end) if number == judge.RECORD]


def damaged(data):
    """Damaged copies: name, bytes, and how many whole records there are in them."""
    ends = records(data)
    count = max(3, min(12, EFFORT // len(data)))
    places = [len(data) * n // (count + 1) for n in range(1, count + 1)]
    places += [ends[len(ends) // 2], ends[-1] - 1, len(data) - 3, len(data) - 1]
    for place in sorted(set(places)):
        yield f"cut-{place}", data[:place], sum(end <= place for end in ends)
    yield "size-0", data[:4] + bytes(4) + data[8:], len(ends)
    yield "padded", data + bytes([0x1A] * (1024 - len(data) % 1024)), len(ends)


def run(program, *args):
    """The lines of JSON that the program prints."""
    done = subprocess.run([program, *args, "--json"], capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode


def ask(judges, files):
    """What each decoder says of each file, several of them at a time."""
    parts = [files[n::8] for n in range(8) if files[n::8]]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting = [(name, pool.submit(judge.read, command, part)) for name, command in judges for part in parts]
        answers = {name: {} for name, _ in judges}
        for name, answer in waiting:
            answers[name].update(answer.result()[0])
    return answers


def same_judges(answers, sound, made):
    """The answers of those who read all sound files; the errors of those who don't read what was made."""
    fit = [name for name in answers if not any(answers[name][file]["errors"] for file in sound)]
    problems = [(name, error) for name in fit for error in answers[name][made]["errors"][:judge.SHOWN]]
    good = {name: answers[name][made] for name in fit if not answers[name][made]["errors"]}
    first = next(iter(good), None)
    for name in list(good)[1:]:
        different = [f"{what}: {expected}, {found}" for what, expected, found
                     in judge.differences(good[first], good[name])]
        # Where decoders see the sound file differently, they may see this one so.
        if not any(list(judge.differences(answers[first][file], answers[name][file])) for file in sound):
            problems += [(f"{name} and {first}", what) for what in different[:judge.SHOWN]]
    return good, problems


def repaired_problems(answers, sound, made, whole, own):
    good, problems = same_judges(answers, [sound], made)
    for name, result in good.items():
        before, after = (answer["rows"].get(judge.RECORD, []) for answer in (answers[name][sound], result))
        if after != before[: len(after)]:
            problems.append((name, "records that weren't in the sound file"))
        if len(after) != whole:
            problems.append((name, f"records: {whole} left, {len(after)} repaired"))
        for number in (judge.SESSION, judge.LAP, judge.ACTIVITY):
            if result["counts"].get(number, 0) < min(1, answers[name][sound]["counts"].get(number, 0)):
                problems.append((name, f"no {judge.FIELDS[number]['name']}"))
        if own:
            problems += senseless(result, answers[name][sound])
    return problems


def senseless(result, sound):
    """Nonsense that isn't in the sound file already. Quantities that nobody knows are no sums."""
    known = {what for what, *_ in judge.nonsense(sound)}
    for what, expected, found in judge.nonsense(result):
        if what not in known and not (what.startswith("sum of") and expected.endswith("None")):
            yield "sense", f"{what}: {expected}, {found}"


def merged_problems(answers, sound, made, own):
    good, problems = same_judges(answers, sound, made)
    for name, result in good.items():
        parts = [answers[name][file] for file in sound]
        count = sum(part["counts"].get(judge.RECORD, 0) for part in parts)
        if result["counts"].get(judge.RECORD) != count:
            problems.append((name, f"records: {count} before, {result['counts'].get(judge.RECORD)} merged"))
        for number in (0, judge.SESSION, judge.ACTIVITY):
            if result["counts"].get(number) != 1:
                problems.append((name, f"{result['counts'].get(number)} {judge.FIELDS[number]['name']}"))
        sessions = [row for part in parts for row in judge.table(part, judge.SESSION)]
        merged = judge.table(result, judge.SESSION)[0]
        for field in judge.SUMS[1:]:
            values = [row[field] for row in sessions if row[field] not in (None, "?")]
            if values and merged[field] != sum(values):
                problems.append((name, f"session {field}: {sum(values)}, {merged[field]}"))
        if own:
            problems += senseless(result, parts[0])
    return problems


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--tools", default=os.path.join(judge.TARGET, "oracles"), help="where `install` put the decoders")
    args.add_argument("--pipeline", default=os.path.join(judge.TARGET, "release", "pipeline"))
    args.add_argument("files", nargs="*", metavar="FILE.fit")
    args = args.parse_args()
    judges = [(name, command) for name, command, needed in judge.commands(args.tools) if os.path.exists(needed)]
    if not judges:
        sys.exit("nothing judged: no decoder is installed (run tests/oracles/install)")
    with tempfile.TemporaryDirectory() as folder:
        own = args.files or sorted(glob.glob(GOLDEN)) + converted(args.pipeline, folder)
        real = [] if args.files else sorted(glob.glob(SHARED))
        if not real and not args.files:
            print("skipped: real files, there is no ../shared/data")
        check(args.pipeline, judges, folder, own, real)


def converted(program, folder):
    """The samples as FIT files."""
    files = []
    for row in sorted(glob.glob(SAMPLES)):
        file = os.path.join(folder, os.path.basename(row).split(".")[0] + ".fit")
        subprocess.run([program, "convert", row, file, "--laps", "500m"], check=True, stdout=subprocess.DEVNULL)
        files.append(file)
    return files


def check(program, judges, folder, own, real):
    problems, jobs, files = [], [], []
    for sound in own + real:
        name = os.path.basename(sound).removesuffix(".fit")
        data = open(sound, "rb").read()
        files.append(sound)
        for what, bytes_, whole in damaged(data):
            path = os.path.join(folder, f"{name}-{what}.fit")
            open(path, "wb").write(bytes_)
            [line], code = run(program, "repair", path)
            if line["type"] == "repair" and line["status"] == "repaired":
                jobs.append((repaired_problems, sound, line["output"], whole, sound in own))
                files.append(line["output"])
            elif whole or code != 3:
                problems.append((path, "pipeline", f"{line}, exit code {code}"))
        again, both = (os.path.join(folder, f"{name}-{what}.fit") for what in ("later", "merged"))
        open(again, "wb").write(later(data, WEEK))
        [line], code = run(program, "merge", again, sound, both)
        if code == 0:
            jobs.append((merged_problems, [sound, again], both, sound in own))
            files += [again, both]
        else:
            print(f"not merged: {name}: {line['message']}")
    answers = ask(judges, files)
    for work, *rest in jobs:
        made = rest[1]
        problems += [(made, *problem) for problem in work(answers, *rest)]
    for made, by, what in problems:
        print(f"{os.path.basename(made):60} {by:28} {what}")
    count = sum(work is merged_problems for work, *_ in jobs)
    if problems:
        sys.exit(f"\n{len(problems)} problems")
    print(f"{len(jobs) - count} repaired and {count} merged files: {len(judges)} decoders read what they read before")


if __name__ == "__main__":
    main()
