"""Writes messages.txt and types.txt from the tables of the package fitdecode and from extra.txt.

Usage, with fitdecode 0.11.0 installed: python3 import.py
The same input gives the same bytes. See NOTICE.md for where the facts come from.
"""

import re
from pathlib import Path

from fitdecode import profile

HERE = Path(__file__).parent

# They are times, not lists of named values.
TIMES = {"date_time", "local_date_time"}

MESSAGES_HEAD = """\
# Messages and fields of the FIT profile. Written by import.py: additions go into extra.txt.
#
# Facts (numbers, base types, scales, units) in our own format; NOTICE.md says where they come from.
# build.rs turns this file into constants and tables.
#
#   message NUMBER NAME
#   NUMBER NAME BASE[[]] [as=TYPE] [scale=N] [offset=N] [unit=TEXT]
#   part FIELD bits=N [scale=N] [offset=N] [sum]
#   when FIELD=VALUE,... NAME BASE [as=TYPE] [scale=N] [offset=N] [unit=TEXT]
#
# BASE is a base type, with [] for an array. as= names an entry of types.txt, or date_time or
# local_date_time (seconds since 1989-12-31T00:00:00Z). raw = round((physical + offset) * scale).
# unit= runs to the end of the line.
#
# A `part` belongs to the line above it that is none: its next bits, from the lowest on, are a value
# of another field, with a scale of its own. `sum` marks the low bits of a total that keeps growing.
#
# A `when` belongs to the field above it and says what the field means instead while one of the
# conditions holds; the first that holds counts.
"""

TYPES_HEAD = """\
# Enumerations of the FIT profile; see messages.txt for the rest. Written by import.py.
#
#   type NAME BASE
#   VALUE NAME
#
# A type without values is one whose fields stay numbers.
"""


def snake(name):
    """The name in snake case: RGT_cycling is rgt_cycling, instinctE is instinct_e."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    assert re.fullmatch(r"[a-z0-9_]+", name), name
    return name


def facts(field):
    """Base type, type, scale, offset and unit, as a line has them."""
    unit = " ".join((field.units or "").split())
    return {
        "base": field.base_type.name,
        "as": "" if field.is_base_type else field.type.name,
        "scale": number(field.scale or 1),
        "offset": number(field.offset or 0),
        "unit": unit,
    }


def number(value):
    return str(int(value)) if value == int(value) else repr(value)


def render(start, it, array=False):
    line = f"{start} {it['base']}{'[]' if array else ''}"
    line += f" as={it['as']}" if it["as"] else ""
    line += f" scale={it['scale']}" if it["scale"] != "1" else ""
    line += f" offset={it['offset']}" if it["offset"] != "0" else ""
    return line + (f" unit={it['unit']}" if it["unit"] else "")


def parts(components):
    position = 0
    for part in components or ():
        assert part.bit_offset == position, part.name
        position += part.bits
        line = f"part {part.def_num} bits={part.bits}"
        line += f" scale={number(part.scale)}" if part.scale not in (None, 1) else ""
        line += f" offset={number(part.offset)}" if part.offset else ""
        yield line + (" sum" if part.accumulate else "")


def condition(references):
    """The conditions in their order, those on the same field together."""
    fields = {}
    for reference in references:
        fields.setdefault(reference.def_num, []).append(reference.raw_value)
    return " ".join(f"{n}={','.join(map(str, values))}" for n, values in fields.items())


def field_lines(field, array):
    yield render(f"{field.def_num} {snake(field.name)}", facts(field), array)
    yield from parts(field.components)
    for sub in field.subfields or ():
        assert sub.def_num == field.def_num, sub.name
        start = f"when {condition(sub.ref_fields)} {snake(sub.name)}"
        yield render(start, facts(sub))
        yield from parts(sub.components)


def extra():
    """The messages of extra.txt with the lines of their fields, and the names of the arrays."""
    messages, arrays, current = {}, set(), None
    for line in (HERE / "extra.txt").read_text().splitlines():
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if words[0] == "message":
            current = messages.setdefault((int(words[1]), words[2]), {})
        elif words[0] == "arrays":
            arrays |= {(words[1], name) for name in words[2:]}
        else:
            current[int(words[0])] = [line]
    return messages, arrays


def messages_text():
    messages, arrays = extra()
    unused = set(arrays)
    for message in profile.MESSAGE_TYPES.values():
        name = snake(message.name)
        lines = messages.setdefault((message.mesg_num, name), {})
        for field in message.fields.values():
            key = (name, snake(field.name))
            assert field.def_num not in lines, f"extra.txt repeats {key}"
            unused.discard(key)
            lines[field.def_num] = list(field_lines(field, key in arrays))
    assert not unused, f"arrays that aren't there: {unused}"
    text = MESSAGES_HEAD
    for (number, name), fields in sorted(messages.items()):
        text += f"\nmessage {number} {name}\n"
        for _, lines in sorted(fields.items()):
            text += "".join(line + "\n" for line in lines)
    return text


def types_text():
    text = TYPES_HEAD
    for name, kind in sorted(profile.FIELD_TYPES.items()):
        if name in TIMES:
            continue
        values = {value: snake(label) for value, label in (kind.enum or {}).items()}
        assert len(set(values.values())) == len(values), name
        text += f"\ntype {name} {kind.base_type.name}\n"
        text += "".join(f"{value} {values[value]}\n" for value in sorted(values))
    return text


if __name__ == "__main__":
    (HERE / "messages.txt").write_text(messages_text())
    (HERE / "types.txt").write_text(types_text())
