#!/usr/bin/env python3
"""Hostile inputs: a clear error each, the good file delivered, time and memory bounded.

usage: hostile.py
"""
import gzip
import os
import resource
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PIPELINE = os.path.join(
    os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "release", "pipeline"
)
SAMPLE = os.path.join(ROOT, "samples", "coxswain-8min.tcx")
HEAD = b'<TrainingCenterDatabase><Activities><Activity Sport="Other"><Id>'
MEMORY = 16  # MB
SECONDS = 20


def chunks(total, piece=b"x" * (1 << 20)):
    for _ in range(total // len(piece)):
        yield piece


def write(path, *parts):
    with open(path, "wb") as out:
        for part in parts:
            for piece in [part] if isinstance(part, bytes) else part:
                out.write(piece)


def make(folder):
    here = lambda name: os.path.join(folder, name)
    good = open(SAMPLE, "rb").read()
    write(here("empty.tcx"), b"")
    write(here("not-xml.tcx"), b"bla bla\n\nbla bla")
    write(here("binary.tcx"), bytes(range(256)) * 400)
    write(here("gpx.tcx"), b'<?xml version="1.0"?><gpx><trk/></gpx>')
    write(here("utf16.tcx"), good.decode().encode("utf-16"))
    write(here("truncated.tcx"), good[: len(good) // 2])
    write(here("mismatched.tcx"), good.replace(b"</Lap>", b"</Lop>"))
    write(here("doctype.tcx"), b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>', good[57:])
    write(here("text-300-MB.tcx"), HEAD, chunks(300 << 20), b"</Id></Activity>")
    write(here("attribute-300-MB.tcx"), b'<TrainingCenterDatabase a="', chunks(300 << 20), b'">')
    write(here("tags-10-million.tcx"), HEAD, chunks(30 << 20, b"<a>" * 100_000))
    write(here("comment-300-MB.tcx"), HEAD, b"<!--", chunks(300 << 20))
    with gzip.open(here("bomb.tcx.gz"), "wb", 9) as out:
        out.write(HEAD)
        for piece in chunks(1 << 30, b" " * (1 << 20)):
            out.write(piece)
    write(here("good.tcx"), good)


def main():
    with tempfile.TemporaryDirectory() as folder:
        inputs = os.path.join(folder, "in")
        os.mkdir(inputs)
        make(inputs)
        failures = []
        for name in sorted(os.listdir(inputs)):
            out, state = os.path.join(folder, "out"), os.path.join(folder, "state", name)
            begin = time.monotonic()
            child = subprocess.Popen(
                [PIPELINE, "run", "@coxswain-to-fit", os.path.join(inputs, name), "--out", out,
                 "--state-dir", state, "--jobs", "1"],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            output, errors = child.communicate(timeout=600)
            took = time.monotonic() - begin
            memory = peak([PIPELINE, "run", "@coxswain-to-fit", os.path.join(inputs, name), "--out", out,
                           "--state-dir", state + "2", "--jobs", "1"])
            expected = 0 if name == "good.tcx" else 3
            first = next((line for line in errors.splitlines() if line.startswith("error")), "")
            print(f"{name:24} exit {child.returncode}  {took:5.2f} s  {memory:5.1f} MB  {first}")
            if child.returncode != expected or took > SECONDS or memory > MEMORY:
                failures.append(name)
            if name != "good.tcx" and os.path.isdir(out) and os.listdir(out) and expected == 3 and output:
                failures.append(name + " (delivered)")
        whole = subprocess.run(
            [PIPELINE, "run", "@coxswain-to-fit", inputs, "--out", os.path.join(folder, "all"),
             "--state-dir", os.path.join(folder, "all-state")], capture_output=True, text=True)
        delivered = os.listdir(os.path.join(folder, "all"))
        print(f"together: exit {whole.returncode}, delivered {delivered}")
        if whole.returncode != 3 or len(delivered) != 1:
            failures.append("together")
        if failures:
            sys.exit(f"failed: {', '.join(failures)}")


def peak(command):
    """Peak memory in MB, as GNU time sees it."""
    if not os.path.exists("/usr/bin/time"):
        subprocess.run(command, capture_output=True)
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    run = subprocess.run(["/usr/bin/time", "-f", "%M", *command], capture_output=True, text=True)
    return int(run.stderr.strip().splitlines()[-1]) / 1024


main()
