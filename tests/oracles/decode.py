#!/usr/bin/env python3
"""Reads FIT files with one of the Python decoders; run by judge.py.

usage: decode.py garmin|fitdecode|fitparse|fit-tool FILE...

Prints a line of JSON for each file: `errors`, the number of the `first` and `last` message,
`counts` of messages by number, and `rows`, the fields of fields.json in whole steps of the
file, null where a value is missing and "?" where the decoder does not know the field. Steps
are computed from the physical values that users of the decoder see, so a scale that two
decoders see differently is a difference.
"""
import datetime
import json
import logging
import os
import sys

EPOCH = 631_065_600  # 1989-12-31 in Unix time
UNKNOWN = "?"
TABLE = json.load(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "fields.json")))
MESSAGES = {int(number): message["fields"] for number, message in TABLE["messages"].items()}


def steps(value, scale):
    """A physical value in whole steps of the file."""
    if value is None or value == UNKNOWN:
        return value
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            value = value.replace(tzinfo=datetime.timezone.utc)
        return round(value.timestamp()) - EPOCH
    return round(value * (scale or 1))


class Result:
    """What a decoder saw in a file."""

    def __init__(self, path):
        self.errors, self.counts, self.rows = [], {}, {number: [] for number in MESSAGES}
        self.first = self.last = None
        self.path = path

    def message(self, number, value_of):
        """Takes a message; `value_of(number, name, scale)` gives its values."""
        self.first = number if self.first is None else self.first
        self.last = number
        self.counts[number] = self.counts.get(number, 0) + 1
        if number in MESSAGES:
            self.rows[number].append([steps(value_of(*field), field[2]) for field in MESSAGES[number]])

    def print(self):
        print(json.dumps({"file": self.path, "errors": self.errors, "first": self.first, "last": self.last,
                          "counts": self.counts, "rows": self.rows}), flush=True)


def garmin(path, result):
    from garmin_fit_sdk import Decoder, Stream

    fresh = lambda: Decoder(Stream.from_file(path))
    if not fresh().is_fit():
        result.errors.append("is_fit is False")
    if fresh().check_integrity() is not True:
        result.errors.append("check_integrity is not True")
    listen = lambda number, fields: result.message(number, lambda _, name, __: fields.get(name))
    _, errors = fresh().read(mesg_listener=listen)
    result.errors += [repr(error) for error in errors]


def fitdecode(path, result):
    import fitdecode as module

    strict = {"check_crc": module.CrcCheck.RAISE, "error_handling": module.ErrorHandling.RAISE}
    with module.FitReader(path, **strict) as reader:
        for frame in reader:
            if frame.frame_type == module.FIT_FRAME_DATA:
                fields = {f.def_num: f.value if f.field else UNKNOWN for f in frame.fields
                          if not (f.field_def and f.field_def.is_dev)}
                result.message(frame.global_mesg_num, lambda number, *_: fields.get(number))


def fitparse(path, result):
    import fitparse as module
    from fitparse.records import DevFieldDefinition

    for message in module.FitFile(path, check_crc=True).get_messages():
        fields = {f.def_num: f.value if f.field else UNKNOWN for f in message.fields
                  if not isinstance(f.field_def, DevFieldDefinition)}
        result.message(message.mesg_num, lambda number, *_: fields.get(number))


def fit_tool(path, result):
    from fit_tool import FitFile, validate_fit_file

    def value_of(number, _, scale):
        field = message.get_field(number)
        if not field or not field.encoded_values or field.encoded_values[0] in (
                None, field.base_type.invalid_raw_value()):
            return None
        value = field.get_value()
        # fit-tool's times are Unix milliseconds, but for local ones, and its positions degrees.
        if scale == 0 and field.type_name == "date_time":
            return value / 1000 - EPOCH
        return value / 180 * 2**31 if field.units == "degrees" else value

    logging.disable(logging.CRITICAL)
    file = FitFile.from_file(path)
    for record in file.records:
        if not record.is_definition:
            message = record.message
            result.message(message.global_id, value_of)
    result.errors += [f"finding: {finding}" for finding in validate_fit_file(file).findings]


def main():
    decode = {"garmin": garmin, "fitdecode": fitdecode, "fitparse": fitparse, "fit-tool": fit_tool}[sys.argv[1]]
    for path in sys.argv[2:]:
        result = Result(path)
        try:
            decode(path, result)
        except Exception as error:  # Whatever a decoder throws is its verdict on the file.
            result.errors.append(f"{type(error).__name__}: {error}")
        result.print()


main()
