"""What must have come out, from what the simulated devices are and have sent.

Nothing here is shared with the program's decoders.
"""
import csv
import glob
import hashlib
import os
import struct

import fitdecode

CYCLING_POWER = "00002a63-0000-1000-8000-00805f9b34fb"
HANDLE_FORCES = "3d9c2760-cf91-41ee-87e9-fd99d5f129a4"
REPLY = "0000c305-0000-1000-8000-00805f9b34fb"


class Wrong(Exception):
    """What came out is not what was sent."""


def check(holds, text):
    if not holds:
        raise Wrong(text)


def delivered(folder, ending):
    """The files that a run has left; nothing half-written is among them."""
    left = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    half = [name for name in left if name.endswith((".part", ".tmp"))]
    check(not half, f"half-written: {half}")
    return [os.path.join(folder, name) for name in left if name.endswith(ending)]


def rides(folder, truth):
    """The rides are byte for byte those on the computer, each once."""
    def digests(names):
        return sorted(hashlib.sha256(open(name, "rb").read()).hexdigest() for name in names)

    there, here = glob.glob(f"{truth}/*"), delivered(folder, ".fit")
    check(len(there) == 3, f"{len(there)} rides on the computer")
    check(digests(here) == digests(there), f"the rides differ: {here}")
    size = sum(os.path.getsize(name) for name in here)
    return f"{len(here)} rides, {size} bytes as they are on the computer"


def messages(name, kind):
    """The messages of a kind of a FIT file, as dictionaries."""
    with fitdecode.FitReader(name, check_crc=fitdecode.CrcCheck.RAISE) as reader:
        return [
            {field.name: field.value for field in frame.fields}
            for frame in reader
            if frame.frame_type == fitdecode.FIT_FRAME_DATA and frame.name == kind
        ]


def measured(sent):
    """(time, (metres, strokes)) of each Cycling Power Measurement of the monitor."""
    for time, uuid, value in sent:
        if uuid == CYCLING_POWER:
            _, _, distance, _, strokes, _ = struct.unpack("<HhIHHH", value)
            yield time, (distance / 100, strokes)


def curves(sent):
    """(time, newtons) of each force curve that came whole; a link that is lost parts one."""
    points, frames = [], 0
    for time, uuid, value in sent:
        if uuid != HANDLE_FORCES:
            continue
        total, number = value[:2]
        if number == 1:
            points, frames = [], 0
        points += struct.unpack(f"<{len(value) // 4}f", value[2:])
        frames += 1
        if frames == number == total:
            yield time, tuple(round(newtons) for newtons in points)


def row(folder, sent, connects, stopped, killed):
    """One row in one file; every stroke that the monitor has told, and none that it hasn't.

    The first measurement of a connection repeats a stroke that ended at a time that isn't told: it
    counts, but need not be written. What is told after bluetoothd was killed is heard by nobody
    until it is back, on a new connection.
    """
    files = delivered(folder, ".fit")
    check(len(files) == 1, f"{len(files)} files instead of one")
    told = list(measured(sent))
    check(len(told) > 5, f"only {len(told)} measurements were sent")
    zero = told[0][1]

    def since_start(value):
        return round(value[0] - zero[0], 2), value[1] - zero[1]

    all_told = {since_start(value) for _, value in told}
    first = [next(value for time, value in told if time > connect) for connect in connects]
    # What is told in the last second may come too late.
    back = min((time for time in connects if time > killed), default=killed)
    due = {
        since_start(value)
        for time, value in told
        if time < stopped - 1 and value not in first and not killed - 0.2 < time < back
    }
    records = messages(files[0], "record")
    written = {(round(each["distance"], 2), each["total_cycles"]) for each in records}
    check(due <= written, f"not in the file: {sorted(due - written)}")
    check(written <= all_told, f"never told: {sorted(written - all_told)}")
    whole = {curve for _, curve in curves(sent)}
    kept = {curve for each in records if (curve := curve_of(each))}
    check(kept <= whole, f"curves that were never told: {kept - whole}")
    # What belongs to a stroke comes within 150 ms. On a busy computer it takes longer at times; then
    # the curve is left out, rather than given to another stroke.
    check(len(kept) >= len(due) / 2, f"{len(kept)} curves of {len(whole)} for {len(due)} strokes")
    (session,) = messages(files[0], "session")
    metres, strokes = max(written)
    total = session["total_distance"], session["total_strokes"]
    check(total == (metres, strokes), f"{total} instead of {(metres, strokes)}")
    return (
        f"one row of {metres} m; all {len(due)} strokes told are among {len(written)} written,"
        f" {len(kept)} with the force curve told"
    )


def curve_of(record):
    """A record's force curve, in newtons."""
    points = record.get("HandleForceCurve") or ()
    return tuple(point for point in points if point is not None)


def replies(sent, length):
    """The replies of the station that came whole: their times and registers."""
    frame, begin = b"", 0.0
    for time, uuid, value in sent:
        if uuid != REPLY:
            continue
        if not frame:
            begin = time
        frame += value
        if len(frame) >= length:
            # Address, function, first register, count, registers, checksum.
            _, function, first, count = struct.unpack(">BBHH", frame[:6])
            yield begin, function, first, struct.unpack(f">{count}H", frame[6 : 6 + 2 * count])
            frame = b""


def log(folder, sent, stopped):
    """A line for every status that the station has told, with what it says."""
    files = delivered(folder, ".csv")
    check(len(files) == 1, f"{len(files)} files instead of one")
    lines = list(csv.DictReader(open(files[0])))

    def line(registers):
        charge, solar, output, volts = (registers[number] for number in (56, 4, 39, 18))
        return charge / 10, solar, output, volts / 10

    names = ("state_of_charge (%)", "dc_input_power (W)", "total_output_power (W)",
             "ac_output_voltage (V)")
    written = [tuple(float(each[name]) for name in names) for each in lines]
    status = [(time, line(registers)) for time, function, _, registers in replies(sent, 168)
              if function == 4]
    check(len(status) > 5, f"only {len(status)} replies")
    due = [value for time, value in status if time < stopped - 1]
    missing = [value for value in due if value not in written]
    check(not missing, f"not in the file: {missing}")
    unknown = [value for value in written if value not in [value for _, value in status]]
    check(not unknown, f"never told: {unknown}")
    check(len(due) <= len(written) <= len(status), f"{len(written)} lines, {len(due)} replies")
    return f"{len(written)} lines for {len(due)} replies, as the station told them"
