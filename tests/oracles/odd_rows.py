#!/usr/bin/env python3
"""Writes TCX files of odd rows, for the judges to see what becomes of them.

usage: odd_rows.py FOLDER

Every one of them is made up, can be converted, and has something that rows seldom have.
"""
import datetime
import os
import sys

START = datetime.datetime(2024, 3, 9, 8, 30)


def at(seconds):
    return (START + datetime.timedelta(seconds=seconds)).isoformat(timespec="milliseconds") + "Z"


def point(seconds, **values):
    """A trackpoint; of the values, those that are given."""
    tags = {
        "place": "<Position><LatitudeDegrees>{0[0]}</LatitudeDegrees><LongitudeDegrees>{0[1]}</LongitudeDegrees>"
                 "</Position>",
        "height": "<AltitudeMeters>{}</AltitudeMeters>",
        "metres": "<DistanceMeters>{}</DistanceMeters>",
        "heart": "<HeartRateBpm><Value>{}</Value></HeartRateBpm>",
        "rate": "<Cadence>{}</Cadence>",
        "watts": '<Extensions><TPX xmlns="http://www.garmin.com/xmlschemas/ActivityExtension/v2">'
                 "<Watts>{}</Watts></TPX></Extensions>",
    }
    inside = "".join(tag.format(values[name]) for name, tag in tags.items() if name in values)
    return f"<Trackpoint><Time>{at(seconds)}</Time>{inside}</Trackpoint>\n"


def row(seconds, step=1.0, speed=4.0, begin=0.0, metres=0.0):
    """An even row's points."""
    count = int(seconds / step) + 1
    return "".join(
        point(begin + n * step, metres=round(metres + n * step * speed, 2), heart=120 + n % 50, rate=24, watts=180)
        for n in range(count))


def lap(begin, seconds, metres, *tracks, calories=10, steps=None):
    inside = "".join(f"<Track>\n{track}</Track>\n" for track in tracks)
    strokes = "" if steps is None else (
        '<Extensions><LX xmlns="http://www.garmin.com/xmlschemas/ActivityExtension/v2">'
        f"<Steps>{steps}</Steps></LX></Extensions>")
    total = "" if calories is None else f"<Calories>{calories}</Calories>"
    return (f'<Lap StartTime="{at(begin)}"><TotalTimeSeconds>{seconds}</TotalTimeSeconds>'
            f"<DistanceMeters>{metres}</DistanceMeters>{total}<Intensity>Active</Intensity>"
            f"<TriggerMethod>Manual</TriggerMethod>\n{inside}{strokes}</Lap>\n")


def activity(*laps, begin=0):
    return f'<Activity Sport="Other"><Id>{at(begin)}</Id>\n{"".join(laps)}</Activity>\n'


def rows():
    """File names and their activities."""
    yield "one-point", activity(lap(0, 0, 0, point(0, metres=0, heart=80)))
    yield "two-points", activity(lap(0, 600, 2400, row(600, step=600)))
    yield "no-distance", activity(lap(0, 90, 0, "".join(point(n, heart=130 + n % 9, rate=22) for n in range(91))))
    yield "no-values", activity(lap(0, 60, 0, "".join(point(n) for n in range(61))))
    yield "only-distance", activity(
        lap(0, 300, 1200, "".join(point(n, metres=4 * n) for n in range(301)), calories=None))
    yield "half-seconds", activity(lap(0, 400, 1600, row(400, step=0.5)))
    yield "thirds", activity(lap(0, 400, 1600, row(400, step=1 / 3)))
    yield "begins-between-seconds", activity(lap(0.501, 400, 1600, row(400, begin=0.501), steps=160))
    yield "rare-points", activity(lap(0, 1200, 4800, row(1200, step=61)))
    yield "pause", activity(lap(0, 260, 1040, row(130), row(130, begin=731.5, metres=520)))
    yield "pause-between-laps", activity(
        lap(0, 150, 600, row(150), calories=11, steps=60),
        lap(400, 150, 600, row(150, begin=400, metres=600), calories=13, steps=61))
    yield "exact-laps", activity(lap(0, 250, 1000, row(250), calories=21))
    yield "laps-in-one-step", activity(lap(0, 1000, 10_000, row(1000, step=500, speed=10)))
    yield "stands-still", activity(lap(0, 200, 400, row(100), "".join(point(100 + n, metres=400, heart=99)
                                                                        for n in range(1, 100))))
    yield "distance-falls", activity(lap(0, 200, 800, "".join(
        point(n, metres=4 * n - (60 if 90 <= n < 99 else 0), heart=140) for n in range(201))))
    yield "too-large", activity(lap(0, 200, 800, "".join(
        point(n, metres=4 * n, heart=300, rate=999, watts=90_000) for n in range(201)), calories=70_000))
    yield "dateline", activity(lap(0, 100, 400, "".join(
        point(n, place=(-17.8, 179.999 + n * 0.00005 if n < 20 else -179.999 + n * 0.00005), height=-600 + n * 100,
              metres=4 * n) for n in range(101))))
    yield "long", activity(lap(0, 100_000, 200_000, row(100_000, step=100, speed=2), calories=5000, steps=40_000))
    yield "two-activities", activity(lap(0, 100, 400, row(100))) + activity(
        lap(900, 100, 400, row(100, begin=900)), begin=900)


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name, activities in rows():
        with open(os.path.join(folder, f"{name}.tcx"), "w") as out:
            out.write('<?xml version="1.0" encoding="UTF-8"?>\n<TrainingCenterDatabase '
                      'xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2">\n'
                      f"<Activities>\n{activities}</Activities>\n</TrainingCenterDatabase>\n")


main()
