"""Smooths the power over three samples: a transform in Python."""
import json
import sys

recent = []


def smoothed(power):
    if power is None:  # not measured
        return None
    recent.append(power)
    del recent[:-3]
    return sum(recent) / len(recent)


for line in sys.stdin:
    item = json.loads(line)
    if "open" in item or "finish" in item:
        continue  # the header comes first, the summary last
    if "power" in item.get("samples", {}):
        samples = item["samples"]
        samples["power"] = [smoothed(power) for power in samples["power"]]
    print(json.dumps(item), flush=True)
