"""Another model of the device, in Python, behind standard input and output.

Usage: bridge.py FOLDER OPTIONS; the folder holds xoss_device_model.py, the options are JSON:
{"files": {name: hex}, ...}, the rest goes to the model's constructor.

In comes `0004 ff00ff`: written to that characteristic. Out goes the same for notifications.
At the end of input the files on the device are printed as one line of JSON.
"""

import asyncio
import json
import sys

sys.path.insert(0, sys.argv[1])
import xoss_device_model as model  # noqa: E402


async def main():
    options = json.loads(sys.argv[2])
    files = {name: bytes.fromhex(content) for name, content in options.pop("files").items()}
    device = model.Sim(files, **options)

    def notify(uuid, value):
        print(uuid[4:8], bytes(value).hex(), flush=True)

    await device.start_notify(model.CTL, notify)
    await device.start_notify(model.TX, notify)
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    characteristics = {"0004": model.CTL, "0002": model.RX}
    while line := await reader.readline():
        characteristic, value = line.decode().split()
        await device.write_gatt_char(characteristics[characteristic], bytes.fromhex(value))
    await asyncio.sleep(0.05)
    print(json.dumps({name: content.hex() for name, content in device.files.items()}))


asyncio.run(main())
