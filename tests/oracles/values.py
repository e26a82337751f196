#!/usr/bin/env python3
"""Compares each value that we read with what Garmin's own decoders read.

usage: values.py [--tools FOLDER] [--pipeline PROGRAM] FILE.fit...

All messages are compared, and all fields that both know: numbers in the profile's units, texts,
the names of values, times, arrays, developer fields, and the fields that others have in their
bits. What the two see differently for a known reason is in EXPLAINED, with the reason, and is
counted; anything else is printed, and the exit code is 1.

The decoders are put into FOLDER (target/oracles) by `install`. One that is not there is said to
be skipped, unless CI is set: then it is a failure.
"""
import argparse
import collections
import datetime
import json
import math
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
EPOCH = datetime.datetime(1989, 12, 31, tzinfo=datetime.timezone.utc)
SHOWN = 12  # differences of a file and decoder


def seconds(value):
    """A time as FIT seconds, whatever form it has; other values as they are."""
    if isinstance(value, str):
        try:
            value = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            return value
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            value = value.replace(tzinfo=datetime.timezone.utc)
        return (value - EPOCH).total_seconds()
    return value


def same(ours, theirs):
    """Whether two values are the same, to the last digit that a 32-bit float has."""
    if isinstance(theirs, list):
        if isinstance(ours, str) and all(isinstance(byte, int) for byte in theirs):
            return ours == bytes(theirs).hex()  # Ours are hexadecimal.
        ours = ours if isinstance(ours, list) else [ours]
        return len(ours) == len(theirs) and all(same(*pair) for pair in zip(ours, theirs))
    if isinstance(ours, list):
        return len(ours) == 1 and same(ours[0], theirs)
    ours, theirs = seconds(ours), seconds(theirs)
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return str(ours).lower() == str(theirs).lower()
    if isinstance(ours, (int, float)) and isinstance(theirs, (int, float)):
        return math.isclose(ours, theirs, rel_tol=2e-7, abs_tol=1e-6)
    # The names of values are camel case in JavaScript.
    return ours == theirs or isinstance(ours, str) and camel(ours) == theirs


def squashed(name):
    """A name as both snake and camel case have it."""
    return name.replace("_", "").lower()


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def dump(path):
    """Prints each message as Garmin's Python decoder reads it; run in its environment."""
    import garmin_fit_sdk

    names = {}

    def plain(value):
        if isinstance(value, datetime.datetime):
            return value.isoformat()
        if isinstance(value, (list, tuple)):
            return [plain(item) for item in value]
        if isinstance(value, float) and math.isnan(value):
            return None
        return value

    def described(key, _, description):
        names[key] = description.get("field_name", f"key {key}")

    def listen(number, message):
        # It has no name for the timestamp of messages that it doesn't know.
        fields = {"timestamp" if name == 253 else name: plain(value) for name, value in message.items()}
        fields = {name: value for name, value in fields.items() if isinstance(name, str)}
        developer = fields.pop("developer_fields", {})
        fields.pop("key", None)
        developer = {str(names.get(key, key)): plain(value) for key, value in developer.items()}
        lines.append([number, fields, developer])

    for components in (False, True):
        lines = []
        stream = garmin_fit_sdk.Stream.from_file(path)
        # A developer field is told before the messages that have it, its description after.
        _, errors = garmin_fit_sdk.Decoder(stream).read(
            expand_components=components, merge_heart_rates=False, mesg_listener=listen,
            field_description_listener=described)
        for line in lines:
            print(json.dumps([components, *line]))
        print(json.dumps([components, "errors", [repr(error) for error in errors]]))


def ours(pipeline, path):
    """Our messages: number, fields, developer fields, whole fields of sub-fields."""
    run = subprocess.run([pipeline, "inspect", "--messages", "--json", path], capture_output=True, text=True)
    messages = []
    for line in run.stdout.splitlines():
        message = json.loads(line)
        if message["type"] != "message":
            continue
        plain = lambda fields: {name: field["value"] for name, field in fields.items()}
        messages.append((message["number"], message["name"], plain(message["fields"]),
                         plain(message["developer_fields"])))
    return messages


def expanded(program, path):
    """What our fields have in their bits: number of the message, fields by name."""
    run = subprocess.run([program, path], capture_output=True, text=True, check=True)
    messages = []
    for line in run.stdout.splitlines():
        number, *fields = line.split("\t")
        pairs = [field.split("=", 1) for field in fields]
        values = collections.defaultdict(list)
        for name, value in pairs:
            values[name].append(float(value))
        messages.append((int(number), values))
    return messages


def theirs(command, path):
    """A decoder's messages, without and with components, and its errors."""
    env = {**os.environ, "TZ": "UTC", "PYTHONWARNINGS": "ignore"}
    run = subprocess.run([*command, path], capture_output=True, text=True, env=env)
    messages, errors = {False: [], True: []}, []
    for line in run.stdout.splitlines():
        components, number, *rest = json.loads(line)
        if number == "errors":
            errors = rest[0]
        else:
            messages[components].append((number, *rest))
    if run.returncode != 0:
        errors = errors + [run.stderr.strip()[-200:]]
    return messages, errors


# Differences that are meant: name, why, and whether one is it.
EXPLAINED = [
    ("scale", "the SDK doesn't scale developer fields",
     lambda field, ours, theirs: field.scale is not None and same(ours, unscaled(field, theirs))),
    ("invalid", "the SDK shows developer fields that aren't measured",
     lambda field, ours, theirs: field.scale is not None and ours is None and theirs in INVALID),
    ("text", "the SDK splits a text at each NUL; ours ends at the first",
     lambda field, ours, theirs: isinstance(theirs, list) and theirs[:1] == [ours]),
    ("numbers", "the SDK shows numbers in the descriptions of developer fields",
     lambda field, ours, theirs: field.message in ("field_description", "developer_data_id")
     and isinstance(ours, str) and isinstance(theirs, int)),
]

# What the base types have for "not measured".
INVALID = {0, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF}


def unscaled(field, value):
    """A value of a developer field as its description wants it."""
    if isinstance(value, list):
        return [unscaled(field, item) for item in value]
    scale, offset = field.scale
    return value / scale - offset if isinstance(value, (int, float)) else value


# `scale` is that of a developer field and its offset, None for others.
Field = collections.namedtuple("Field", "message name scale")


class Comparison:
    """What is the same and what isn't, of a file and a decoder."""

    def __init__(self):
        self.messages = self.values = self.components = 0
        self.explained, self.differences = collections.Counter(), []
        self.scales = {}

    def value(self, field, ours, theirs):
        self.values += 1
        if same(ours, theirs):
            return
        for name, _, is_it in EXPLAINED:
            if is_it(field, ours, theirs):
                self.explained[name] += 1
                return
        self.differences.append(f"{field.message}.{field.name}: ours {ours}, theirs {theirs}")

    def message(self, ours, theirs):
        number, name, fields, developer = ours
        named = {squashed(name): value for name, value in theirs[1].items()}
        if number != theirs[0]:
            self.differences.append(f"a message {number} is a message {theirs[0]} of theirs")
            return False
        self.messages += 1
        if name == "field_description":
            self.scales[fields.get("field_name")] = (fields.get("scale") or 1, fields.get("offset") or 0)
        for known, value in fields.items():
            if squashed(known) in named:
                self.value(Field(name, known, None), value, named[squashed(known)])
            elif value is not None and not known.startswith("field_"):
                self.missing(Field(name, known, None), value)
        for known, value in developer.items():
            if known in theirs[2]:
                self.value(Field(name, known, self.scales.get(known, (1, 0))), value, theirs[2][known])
        return True

    def missing(self, field, value):
        self.explained[f"only ours: {field.message}.{field.name}"] += 1

    def expansion(self, ours, theirs, plain):
        """What the components of a message's fields are: what theirs has more with them."""
        for name, values in ours[1].items():
            named = {squashed(name): value for name, value in theirs[1].items()}
            other = named.get(squashed(name))
            if other is None or squashed(name) in map(squashed, plain[1]):
                continue
            self.components += 1
            other = other if isinstance(other, list) else [other]
            names = [value for value in other if isinstance(value, str)]
            numbers = [value for value in other if isinstance(value, (int, float))]
            if not names and not same(values, numbers):
                self.differences.append(f"{name} in other fields: ours {values}, theirs {other}")


def compare(own, bits, decoded, errors):
    """Compares a file; a decoder that stopped is compared up to there."""
    result = Comparison()
    messages, with_components = decoded[False], decoded[True]
    if len(own) != len(messages) and not errors:
        result.differences.append(f"ours has {len(own)} messages, theirs {len(messages)}")
    for one, other in zip(own, messages):
        if not result.message(one, other):
            break
    for one, other, plain in zip(bits, with_components, messages):
        if one[0] == other[0] == plain[0]:
            result.expansion(one, other, plain)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tools", default=os.path.join(TARGET, "oracles"))
    parser.add_argument("--pipeline", default=os.path.join(TARGET, "release", "pipeline"))
    parser.add_argument("--expanded", default=os.path.join(TARGET, "release", "examples", "components"))
    parser.add_argument("--dump", metavar="FILE", help=argparse.SUPPRESS)
    parser.add_argument("files", nargs="*", metavar="FILE")
    arguments = parser.parse_args()
    if arguments.dump:
        return dump(arguments.dump)
    python, node = os.path.join(arguments.tools, "venv", "bin", "python"), os.path.join(arguments.tools, "node")
    decoders = [
        ("Python", [python, os.path.abspath(__file__), "--dump"], python),
        ("JavaScript", ["node", os.path.join(HERE, "values.mjs"), node], os.path.join(node, "node_modules")),
    ]
    failed = False
    totals = collections.Counter()
    for path in arguments.files:
        own, bits = ours(arguments.pipeline, path), expanded(arguments.expanded, path)
        for name, command, needed in decoders:
            if not os.path.exists(needed):
                print(f"skipped: {name}, there is no {needed}")
                failed |= bool(os.environ.get("CI"))
                continue
            decoded, errors = theirs(command, path)
            result = compare(own, bits, decoded, errors)
            print(f"{os.path.basename(path)} · {name}: {result.messages} of {len(own)} messages, {result.values} "
                  f"values, {result.components} components" + (f"; it stops: {errors[0]}" if errors else ""))
            for reason, count in sorted(result.explained.items()):
                totals[reason] += count
            for difference in result.differences[:SHOWN]:
                print(f"  {difference}")
            if len(result.differences) > SHOWN:
                print(f"  and {len(result.differences) - SHOWN} more")
            failed |= bool(result.differences)
    print("\nmeant to differ:")
    reasons = {name: reason for name, reason, _ in EXPLAINED}
    for reason, count in sorted(totals.items()):
        print(f"  {count:6} {reasons.get(reason, reason)}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
