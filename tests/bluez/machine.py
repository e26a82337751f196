"""The appliance in qemu: a kernel and a bluetoothd of their own, with their system bus on loopback."""
import asyncio
import os
import shutil
import socket
import tempfile
import time

# Software emulation always: nested hardware virtualisation, where there is some, may interpret a
# kernel instruction by instruction, which is slower by far.
QEMU = (
    "qemu-system-x86_64 -accel tcg,thread=multi -cpu max -machine q35 -smp 2 -m 384"
    " -nodefaults -no-user-config -display none -no-reboot"
).split()
KERNEL = (
    "console=ttyS0 quiet cryptomgr.notests mitigations=off nopti nokaslr no_timer_check"
    " random.trust_cpu=on panic=-1"
)


class NotReady(Exception):
    """The machine did not come up; its console says why."""


class Machine:
    """A machine that runs as long as the `with` block."""

    def __init__(self, appliance):
        self.appliance = appliance
        self.process = None

    async def __aenter__(self):
        self.folder = tempfile.mkdtemp(prefix="bluez-")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.begin = time.monotonic()
        self.process = await asyncio.create_subprocess_exec(
            *QEMU, "-kernel", f"{self.appliance}/kernel", "-initrd", f"{self.appliance}/initrd",
            "-append", KERNEL,
            "-serial", f"file:{self.folder}/console",
            "-chardev", f"socket,id=orders,path={self.folder}/orders,server=on,wait=off",
            "-serial", "chardev:orders",
            "-chardev", f"socket,id=hci,path={self.hci},server=on,wait=off",
            "-device", "virtio-serial-pci", "-device", "virtconsole,chardev=hci",
            "-netdev", f"user,id=n,restrict=on,hostfwd=tcp:127.0.0.1:{self.port}-:5555",
            "-device", "virtio-net-pci,netdev=n,romfile=",
            stdin=asyncio.subprocess.DEVNULL,
        )
        while not (os.path.exists(self.hci) and os.path.exists(f"{self.folder}/orders")):
            if self.process.returncode is not None:
                raise NotReady("qemu has ended")
            await asyncio.sleep(0.05)
        # Stays open: what is written just before the end may not arrive.
        _, self.orders = await asyncio.open_unix_connection(f"{self.folder}/orders")
        return self

    async def __aexit__(self, *_):
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def hci(self):
        """The socket of the controller's serial line."""
        return f"{self.folder}/hci"

    @property
    def bus(self):
        """The address of the system bus."""
        return f"tcp:host=127.0.0.1,port={self.port},family=ipv4"

    def console(self):
        """What the machine has said."""
        try:
            with open(f"{self.folder}/console", errors="replace") as console:
                return console.read()
        except FileNotFoundError:
            return ""

    def seconds(self):
        """Since the start."""
        return time.monotonic() - self.begin

    def processor(self):
        """Seconds of a processor that it has used."""
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def ready(self, limit=240):
        """Waits until there is an adapter on the bus: mostly 10 s, on busy processors 86 s."""
        while "READY" not in self.console():
            if self.process.returncode is not None:
                raise NotReady("qemu has ended")
            if self.seconds() > limit:
                raise NotReady(f"not ready after {limit} s")
            await asyncio.sleep(0.1)

    async def order(self, text):
        """Tells the machine to do something; see `init`."""
        self.orders.write(f"{text}\n".encode())
        await self.orders.drain()
