"""Another model of a cycle computer (`device.py`), behind standard input and output.

Usage: bridge.py OPTIONS, which are JSON: {"files": {name: hex}, ...}, the rest goes to the model's
constructor.

In comes `0004 ff00ff`: written to that characteristic. Out goes the same for notifications.
At the end of input the files on the device are printed as one line of JSON.
"""

import asyncio
import json
import sys

import device as model


async def main():
    options = json.loads(sys.argv[1])
    files = {name: bytes.fromhex(content) for name, content in options.pop("files").items()}
    device = model.Device(files, **options)

    def notify(uuid, value):
        print(uuid[4:8], bytes(value).hex(), flush=True)

    device.notify = notify
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    characteristics = {"0004": model.COMMAND, "0002": model.TO_DEVICE}
    while line := await reader.readline():
        characteristic, value = line.decode().split()
        device.write(characteristics[characteristic], bytes.fromhex(value))
    await asyncio.sleep(0.05)
    print(json.dumps({name: content.hex() for name, content in device.files.items()}))


asyncio.run(main())
