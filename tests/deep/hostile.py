#!/usr/bin/env python3
"""Hostile inputs: a clear error each, the good file delivered, time and memory bounded.
Unreadable files and folders, and full disks: nothing half written, nothing lost.

usage: hostile.py
"""
import gzip
import os
import resource
import shutil
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
MEMORY = 12  # MB
NOBODY = 65534
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
            if expected and not (name in first and "(line " in first):
                failures.append(name + " (no place)")
            if expected and output:
                failures.append(name + " (delivered)")
            if os.path.exists(out + ".staging"):
                failures.append(name + " (staging left)")
        whole = subprocess.run(
            [PIPELINE, "run", "@coxswain-to-fit", inputs, "--out", os.path.join(folder, "all"),
             "--state-dir", os.path.join(folder, "all-state")], capture_output=True, text=True)
        delivered = os.listdir(os.path.join(folder, "all"))
        print(f"together: exit {whole.returncode}, delivered {delivered}")
        if whole.returncode != 3 or len(delivered) != 1:
            failures.append("together")
        failures += permissions(os.path.join(folder, "rights")) + full_disk(os.path.join(folder, "full"))
        if failures:
            sys.exit(f"failed: {', '.join(failures)}")


def told(what, run, code, words):
    """Checks an exit code and words of standard error; returns what is wrong."""
    first = next((line for line in run.stderr.splitlines() if line.startswith("error")), "")
    print(f"{what:24} exit {run.returncode}  {first}")
    if run.returncode == code and all(word in run.stderr for word in words):
        return []
    print(run.stderr)
    return [what]


def permissions(folder):
    """As nobody where we are root, because root may read and write everything."""
    shutil.copytree(os.path.join(ROOT, "samples"), os.path.join(folder, "in"))
    binary = shutil.copy(PIPELINE, os.path.join(folder, "pipeline"))
    here = lambda *names: os.path.join(folder, *names)
    for name in ("in/locked", "out", "closed", "closed-state"):
        os.mkdir(here(name))
    shutil.copy(SAMPLE, here("in", "secret.tcx"))
    os.chmod(here("in", "secret.tcx"), 0)
    os.chmod(here("in", "locked"), 0)
    as_nobody = {}
    if os.geteuid() == 0:
        for path, folders, names in os.walk(folder):
            for name in [path, *(os.path.join(path, name) for name in folders + names)]:
                os.chown(name, NOBODY, NOBODY)
        parent = os.path.dirname(folder)
        os.chmod(parent, os.stat(parent).st_mode | 0o11)
        as_nobody = {"user": NOBODY, "group": NOBODY}
    os.chmod(here("closed"), 0o555)
    os.chmod(here("closed-state"), 0o555)

    def run(*more):
        return subprocess.run([binary, "run", "@coxswain-to-fit", *more], capture_output=True,
                              text=True, cwd=folder, **as_nobody)

    failures = told("unreadable inputs", run("in", "--out", here("out", "a"), "--state-dir", here("out", "s")), 3,
                    ["secret.tcx", "locked", "Permission denied", "3 delivered", "2 could not be used"])
    failures += told("read-only outbox", run("in/coxswain-8min.tcx", "--out", here("closed", "a"),
                                             "--state-dir", here("out", "t")), 7, ["closed", "help: "])
    failures += told("read-only state", run("in/coxswain-8min.tcx", "--out", here("out", "b"),
                                            "--state-dir", here("closed-state", "s")), 7, ["closed-state", "help: "])
    if os.path.exists(here("out", "b")):
        failures.append("read-only state (delivered unnoted)")
    for name in ("in/locked", "closed", "closed-state"):
        os.chmod(here(name), 0o755)
    return failures


FULL = """
set -e
mount -t tmpfs -o size=60k tmpfs disk
run() { "$PIPELINE" run @coxswain-to-fit in --out disk/out --state-dir state --jobs 1; echo "exit $?"; }
set +e
run
ls disk
mount -o remount,size=4m disk
run
ls disk/out | wc -l
head -c 8000000 /dev/zero > disk/fill 2>/dev/null
"$PIPELINE" run @coxswain-to-fit in --out out --state-dir disk/state --jobs 1
echo "exit $?"
ls out 2>/dev/null | wc -l
rm disk/fill
mkdir disk/half
for room in 0 1 2 4 8 24 32; do
    rm -rf disk/half/* disk/fill
    free=$(df -k disk | awk 'NR == 2 { print $4 }')
    head -c $(((free - room * 4) * 1024)) /dev/zero > disk/fill
    "$PIPELINE" run @coxswain-to-fit in/1.tcx --out "out$room" --state-dir disk/half --jobs 1 > /dev/null
    echo "exit $?"
done
"""


def full_disk(folder):
    """A small file system of our own; needs user namespaces."""
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode != 0:
        print("SKIPPED: no file system can be mounted here, so no full disk is tried")
        return []
    for name in ("in", "disk"):
        os.makedirs(os.path.join(folder, name))
    row = open(SAMPLE).read()
    for day in range(1, 9):
        with open(os.path.join(folder, "in", f"{day}.tcx"), "w") as out:
            out.write(row.replace("2024-03-07T", f"2024-03-0{day}T"))
    run = subprocess.run(["unshare", "-rm", "sh", "-c", FULL], capture_output=True, text=True,
                         cwd=folder, env={**os.environ, "PIPELINE": PIPELINE})
    lines = [line for line in run.stdout.splitlines() if "→" not in line]
    print("full disk               ", " | ".join(lines))
    # Some are delivered, then no staging is left; with room all are there; without a ledger none.
    right = lines[:6] == ["exit 7", "out", "exit 0", "8", "exit 7", "0"]
    # However much room there is for a ledger, it is enough or the reason is said.
    right &= lines[6:] == ["exit 7"] * 5 + ["exit 0"] * 2
    right &= run.stderr.count("free some space") >= 7 and "I/O error" not in run.stderr
    right &= run.stdout.count("→") == 8
    if not right:
        print(run.stdout, run.stderr)
    return [] if right else ["full disk"]


def peak(command):
    """Peak memory in MB, as GNU time sees it."""
    if not os.path.exists("/usr/bin/time"):
        subprocess.run(command, capture_output=True)
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    run = subprocess.run(["/usr/bin/time", "-f", "%M", *command], capture_output=True, text=True)
    return int(run.stderr.strip().splitlines()[-1]) / 1024


main()
