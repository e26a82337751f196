#!/usr/bin/env python3
"""The program as it is, a real BlueZ, and simulated devices over an emulated radio.

usage: bluez.py --pipeline FILE --examples FOLDER --appliance FOLDER [NAME...]

Runs every session, or those named, against one machine; says how each went, and when one goes
wrong the program's words, what the device has sent and heard, and the machine's console. `run`
prepares all that it needs.
"""
import argparse
import asyncio
import dataclasses
import glob
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
import typing

import truth
from machine import Machine, NotReady
from radio import Radio

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Seconds that a session may take. What takes longest is xoss-23, whose 6,725 packets an emulated
# processor has to carry one by one: 95 s where it gets half a processor, 131 s with 40 % of one,
# 194 to 212 s with 25 %.
LIMIT = 420
# The same for a session that is to stop by itself, beyond the time that it has.
BEYOND = 150
# Seconds after which a session is stuck in which neither the program nor the device says anything.
# The program gives up a device that doesn't answer after 66 s, in which it tries one thing or the
# other at least every 30 s.
STUCK = 90
# Seconds that a program may take to end when it is asked to.
ENDING = 20


@dataclasses.dataclass
class Session:
    """A run of a pipeline with a device."""

    name: str
    pipeline: str
    device: str
    mtu: int
    judge: typing.Callable
    arguments: typing.Sequence[str] = ()
    # After so many the program is to stop; None: it ends by itself.
    seconds: int | None = None
    # Seconds after the first connection at which the link is lost, unless the device does that by
    # itself, and for how long the device can't be heard then.
    lose: int | None = None
    silence: int = 4
    # Then bluetoothd is killed instead; it comes back after a second.
    kill: bool = False


def judge_rides(run):
    computer = run.session.device.split("?")[0]
    there = f"{run.folder}/truth"
    os.mkdir(there)
    subprocess.run([f"{run.options.examples}/rides", computer, there], check=True)
    return truth.rides(run.out, there)


def judge_row(run):
    return truth.row(run.out, run.device.sent, run.device.connects, run.stopped, run.killed)


def judge_log(run):
    return truth.log(run.out, run.device.sent, run.stopped)


SESSIONS = [
    Session("xoss-23", "xoss-sync", "xoss-g-plus?cut=20000", 23, judge_rides),
    Session("xoss-185", "xoss-sync", "cycplus-m2?cut=20000", 185, judge_rides),
    Session("rowing-23", "rowing-to-fit", "esprm?mtu=23", 23, judge_row, seconds=45, lose=15),
    Session("rowing-247", "rowing-to-fit", "esprm?mtu=247", 247, judge_row, seconds=45, lose=15),
    Session(
        "fossibot-23", "fossibot-log", "fossibot?mtu=23", 23, judge_log, seconds=30, lose=10,
        arguments=["--set", "fossibot.every=2s"],
    ),
    Session(
        "fossibot-247", "fossibot-log", "fossibot?mtu=247", 247, judge_log, seconds=30, lose=10,
        arguments=["--set", "fossibot.every=2s"],
    ),
]
# Without a belt: when its search is under way as bluetoothd dies, the rower's joins it, and a search
# that finds nothing is begun anew after 30 s only.
SESSIONS.append(dataclasses.replace(
    SESSIONS[3], name="rowing-killed", kill=True, arguments=["--set", "rowing.heart-rate=off"],
))


class Run:
    """A session as it runs."""

    def __init__(self, options, session, folder):
        self.options = options
        self.session = session
        self.folder = folder
        self.out = f"{folder}/out"
        self.said = ""
        # When bluetoothd was killed, if it was, in seconds since the device was switched on.
        self.killed = math.inf

    async def go(self, machine, radio):
        """Returns what there is to say of it."""
        session = self.session
        begin, used = time.monotonic(), machine.processor()
        async with radio.device(f"{self.options.examples}/serve", session.device) as self.device:
            truth.check(self.device.about["mtu"] == session.mtu, f"MTU {self.device.about['mtu']}")
            losing = asyncio.create_task(self.lose(machine))
            status = await self.program(machine)
            losing.cancel()
        took, used = time.monotonic() - begin, machine.processor() - used
        truth.check(status == 0, f"exit code {status}")
        device = self.device
        truth.check(session.kill or len(device.losses) == 1, f"{len(device.losses)} losses")
        truth.check(len(device.connects) >= 2, f"{len(device.connects)} connections")
        truth.check(set(device.mtus) == {session.mtu}, f"MTU {device.mtus}")
        result = session.judge(self)
        return (
            f"{took:5.1f} s ({used:.0f} s of a processor)  {len(device.connects)} connections,"
            f" {len(device.sent)} values; {result}"
        )

    async def lose(self, machine):
        """Loses the link when its time has come."""
        if self.session.lose is None:
            return
        while not self.device.connects:
            await asyncio.sleep(0.1)
        await asyncio.sleep(self.session.lose)
        if self.session.kill:
            self.killed = self.device.now()
            await machine.order("end-bluetoothd")
        else:
            await self.device.lose(self.session.silence)

    async def program(self, machine):
        """Runs the program; its exit code."""
        session = self.session
        most = ["--for", f"{session.seconds}s"] if session.seconds else []
        self.stopped = self.device.now() + (session.seconds or LIMIT)
        # Not a pipe: what it said is to be seen also when it doesn't end.
        with open(f"{self.folder}/said", "w+", errors="replace") as said:
            program = await asyncio.create_subprocess_exec(
                self.options.pipeline, "run", f"pipelines/{session.pipeline}.yaml",
                "--out", self.out, "--state-dir", f"{self.folder}/state", "-vv", *most,
                *session.arguments,
                cwd=ROOT, stdin=asyncio.subprocess.DEVNULL, stdout=said,
                stderr=asyncio.subprocess.STDOUT,
                env={**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": machine.bus},
            )
            try:
                await self.end(program)
            finally:
                if program.returncode is None:
                    program.kill()
                    await program.wait()
                said.seek(0)
                self.said = said.read()
        return program.returncode

    async def end(self, program):
        """Waits until the program ends; says what it does if it doesn't."""
        device, begin, seconds = self.device, self.device.now(), self.session.seconds
        limit = seconds + BEYOND if seconds else LIMIT
        ending = asyncio.create_task(program.wait())
        while not ending.done():
            await asyncio.wait({ending, *device.tasks}, timeout=1, return_when="FIRST_COMPLETED")
            broken = [task for task in device.tasks if task.done()]
            if broken and not ending.done():
                problem = broken[0].exception() or "it has ended"
                raise truth.Wrong(f"the simulated device does nothing any more: {problem!r}")
            if device.now() - begin > limit:
                raise truth.Wrong(f"not done after {limit} s; {await self.examine(program)}")
            if device.now() - max(begin, device.last()) > STUCK:
                examined = await self.examine(program)
                raise truth.Wrong(f"nothing has been said for {STUCK} s; {examined}")
        ending.result()

    async def examine(self, program):
        """What the program's threads do, and whether it ends when it is asked to."""
        doing = threads(program.pid)
        program.send_signal(signal.SIGINT)
        try:
            status = await asyncio.wait_for(program.wait(), ENDING)
            asked = f"asked to end, it ended with exit code {status}"
        except asyncio.TimeoutError:
            asked = f"asked to end, it did not within {ENDING} s"
        return "\n".join([f"{asked}; load {os.getloadavg()}, its threads:", *doing])


def threads(process):
    """What each thread of a process does: its name, its state, and where in the kernel it waits."""
    doing = []
    for folder in sorted(glob.glob(f"/proc/{process}/task/*")):
        try:
            name, stat, place = (
                open(f"{folder}/{each}").read().strip() for each in ("comm", "stat", "wchan")
            )
        except OSError:
            # It has ended.
            continue
        doing.append(f"  {name}: {stat.rpartition(')')[2].split()[0]} {place}")
    return doing


async def sessions(options, chosen):
    """Runs them one after the other; whether all went well."""
    good = True
    # A session that is ended from outside leaves no machine behind.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asyncio.current_task().cancel)
    async with Radio() as radio, Machine(options.appliance) as machine:
        try:
            await radio.attach(machine)
            await machine.ready()
            print(f"ready after {machine.seconds():.1f} s", flush=True)
            for session in chosen:
                with tempfile.TemporaryDirectory() as folder:
                    run = Run(options, session, folder)
                    try:
                        print(f"{session.name:12} {await run.go(machine, radio)}", flush=True)
                        if options.verbose:
                            print(run.said)
                    except truth.Wrong as wrong:
                        good = False
                        print(f"{session.name:12} FAILED: {wrong}\n{run.said}", flush=True)
                        print(run.device.history(), flush=True)
        except BaseException:
            good = False
            raise
        finally:
            if not good:
                print(f"the console of the machine:\n{machine.console()}", flush=True)
    return good


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pipeline", required=True)
    arguments.add_argument("--examples", required=True)
    arguments.add_argument("--appliance", required=True)
    arguments.add_argument("--verbose", action="store_true")
    arguments.add_argument("names", nargs="*")
    options = arguments.parse_args()
    chosen = [each for each in SESSIONS if not options.names or each.name in options.names]
    begin = time.monotonic()
    try:
        good = asyncio.run(sessions(options, chosen))
    except NotReady as problem:
        # The one thing that a busy computer may be blamed for.
        print(f"{problem}; once more", flush=True)
        good = asyncio.run(sessions(options, chosen))
    print(f"{len(chosen)} sessions in {time.monotonic() - begin:.0f} s")
    sys.exit(not good)


if __name__ == "__main__":
    main()
