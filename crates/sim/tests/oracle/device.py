"""Another model of a cycle computer, which shares nothing with the simulated ones of this crate.

It was written from the vendor's document and public logs, before them and by somebody else, to try
other people's clients on. It knows one ride transfer at a time, and no time.
"""

import asyncio

COMMAND = "6e400004-b5a3-f393-e0a9-e50e24dcca9e"
FROM_DEVICE = "6e400003-b5a3-f393-e0a9-e50e24dcca9e"
TO_DEVICE = "6e400002-b5a3-f393-e0a9-e50e24dcca9e"

SOH, STX, EOT, ACK, NAK = b"\x01", b"\x02", b"\x04", b"\x06", b"\x15"
WANTS_CRC = b"C"


def xor(content):
    result = 0
    for byte in content:
        result ^= byte
    return result


def frame(opcode, content=b"\0"):
    """A command or reply: opcode, content, and the xor of both."""
    content = bytes([opcode]) + content
    return content + bytes([xor(content)])


def crc_arc(content):
    """CRC-16/ARC: 0xBB3D for `123456789`."""
    crc = 0
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def block(number, content, size):
    """A block of YMODEM: start, number, its complement, content, checksum."""
    content = content.ljust(size, b"\0")
    start = SOH if size == 128 else STX
    head = start + bytes([number & 0xFF, number & 0xFF ^ 0xFF])
    return head + content + crc_arc(content).to_bytes(2, "big")


class Device:
    """
    files: what is on it.
    mtu: of the connection.
    large: whether blocks have 1,024 bytes instead of 128.
    bare_idle: whether it says that it is idle in one byte.
    extra04: whether it says so once more after a download.
    check_crc: whether it looks at the xor of commands.
    c_first: whether it asks for the first block before it has accepted a file.
    drop_ack, corrupt: numbers of blocks whose confirmation is lost, that are damaged; once each.
    """

    def __init__(self, files, mtu=23, large=False, bare_idle=False, extra04=False, check_crc=True,
                 c_first=True, drop_ack=(), corrupt=()):
        self.files = dict(files)
        self.mtu = mtu
        self.size = 1024 if large else 128
        self.bare_idle = bare_idle
        self.extra04 = extra04
        self.check_crc = check_crc
        self.c_first = c_first
        self.drop_ack = set(drop_ack)
        self.corrupt = set(corrupt)
        self.notify = None
        self.state = "idle"
        self.name = ""
        self.content = b""
        self.number = 0
        self.piece = bytearray()
        self.received = bytearray()
        self.expected = 0

    def write(self, characteristic, value):
        work = self.command if characteristic == COMMAND else self.transfer
        asyncio.get_running_loop().call_soon(work, value)

    def reply(self, opcode, content=b"\0"):
        self.notify(COMMAND, frame(opcode, content))

    def say(self, value):
        self.notify(FROM_DEVICE, value)

    def is_idle(self):
        self.state = "idle"
        self.notify(COMMAND, b"\x04" if self.bare_idle else frame(0x04))

    def command(self, value):
        opcode, content = value[0], value[1:-1]
        name = content.decode("latin-1")
        if self.check_crc and xor(value) != 0:
            self.reply(0x11)
        elif opcode in (0x04, 0x1F) or opcode == 0xFF and self.state == "idle":
            self.is_idle()
        elif opcode == 0xFF or opcode == 0x54:
            pass  # Busy, or the clock, which this model takes without a word.
        elif opcode == 0x09:
            self.reply(0x0A, b"556/8104")
        elif opcode == 0x0D:
            there = self.files.pop(name, None) is not None
            self.reply(0x0E if there else 0x12, content)
        elif self.state != "idle":
            self.reply(0x14)
        elif opcode == 0x05 and name not in self.files:
            self.reply(0x12, content)
        elif opcode == 0x05:
            self.name, self.content = name, self.files[name]
            self.state, self.number = "offered", 0
            self.reply(0x06, content)
        elif opcode == 0x07:
            self.name, self.state = name, "wants the name"
            self.piece, self.received = bytearray(), bytearray()
            if self.c_first:
                self.say(WANTS_CRC)
            self.reply(0x08, content)
            if not self.c_first:
                self.say(WANTS_CRC)
        else:
            self.reply(0x11)

    def transfer(self, value):
        if self.state.startswith("wants"):
            self.take(value)
        else:
            self.give(value[:1])

    # A download.

    def send_block(self, may_be_bad=True):
        if self.number == 0:
            sent = block(0, f"{self.name} {len(self.content)}".encode(), 128)
        else:
            start = (self.number - 1) * self.size
            sent = block(self.number, self.content[start:start + self.size], self.size)
        if may_be_bad and self.number in self.corrupt:
            self.corrupt.remove(self.number)
            sent = sent[:10] + bytes([sent[10] ^ 0x55]) + sent[11:]
        payload = self.mtu - 3
        for start in range(0, len(sent), payload):
            self.say(sent[start:start + payload])

    def send_next(self):
        self.number += 1
        if (self.number - 1) * self.size < len(self.content):
            self.send_block()
        else:
            self.state = "first end"
            self.say(EOT)

    def give(self, word):
        if self.state == "offered" and word in (WANTS_CRC, NAK):
            self.send_block(may_be_bad=word == WANTS_CRC)
        elif self.state == "offered" and word == ACK:
            self.state = "named"
        elif self.state == "named" and word == WANTS_CRC:
            self.state = "sending"
            self.send_next()
        elif self.state == "sending" and word == ACK and self.number in self.drop_ack:
            self.drop_ack.remove(self.number)
            self.send_block(may_be_bad=False)
        elif self.state == "sending" and word == ACK:
            self.send_next()
        elif self.state == "sending" and word == NAK:
            self.send_block(may_be_bad=False)
        elif self.state == "first end" and word == NAK:
            self.state = "second end"
            self.say(EOT)
        elif self.state == "second end" and word == ACK:
            self.is_idle()
            if self.extra04:
                self.notify(COMMAND, b"\x04")

    # An upload.

    def take(self, value):
        if not self.piece and value == EOT and self.state == "wants blocks":
            self.state = "wants the second end"
            self.say(NAK)
            return
        if not self.piece and value == EOT and self.state == "wants the second end":
            self.say(ACK)
            self.files[self.name] = bytes(self.received[:self.expected])
            self.is_idle()
            return
        self.piece += value
        length = 133 if self.piece[:1] == SOH else 1029
        if len(self.piece) < length:
            return
        whole, self.piece = bytes(self.piece[:length]), bytearray()
        content, checksum = whole[3:-2], int.from_bytes(whole[-2:], "big")
        if whole[1] ^ whole[2] != 0xFF or crc_arc(content) != checksum:
            self.say(NAK)
            return
        self.say(ACK)
        if self.state == "wants the name":
            self.expected = int(content.rstrip(b"\0").split(b" ")[1])
            self.state = "wants blocks"
            self.say(WANTS_CRC)
        else:
            self.received += content
