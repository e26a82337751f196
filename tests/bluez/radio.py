"""The air: an emulated controller for the machine, and simulated devices that it can reach.

A device is a process of the example `serve` (crates/ble), which does what the device does, in real
time, and a controller with a host of its own, which bring it to the other controller as packets of
the link layer, L2CAP and ATT.
"""
import asyncio
import contextvars
import json
import time

from bumble import att, hci
from bumble.controller import Controller
from bumble.core import UUID, AdvertisingData
from bumble.device import Device, DeviceConfiguration
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.host import Host
from bumble.link import LocalLink
from bumble.transport import open_transport
from bumble.transport.common import AsyncPipeSink

ADAPTER = "F0:F1:F2:F3:F4:F5"
# A real link moves a few packets in a connection event. More than 400 in a second overtax a
# bluetoothd on an emulated processor: the kernel drops what it doesn't fetch in time.
EVENT = 0.015
PER_EVENT = 4
# Milliseconds between two advertisements.
ADVERTISING = 100

PROPERTIES = {
    "read": Characteristic.Properties.READ,
    "write": Characteristic.Properties.WRITE,
    "write-without-response": Characteristic.Properties.WRITE_WITHOUT_RESPONSE,
    "notify": Characteristic.Properties.NOTIFY,
    "indicate": Characteristic.Properties.INDICATE,
}
# Whether what is handled now is a request, which is answered, or a command.
is_request = contextvars.ContextVar("is_request", default=True)


class Air(LocalLink):
    """bumble sends data from a controller's random address even when the link was made with its
    public one, as BlueZ does, and the other side then finds no link."""

    def send_acl_data(self, sender_controller, destination_address, transport, data):
        receiver = self.find_le_controller(destination_address)
        for link in sender_controller.le_connections.values():
            if receiver and link.peer_address == destination_address:
                loop = asyncio.get_running_loop()
                loop.call_soon(receiver.on_link_acl_data, link.self_address, transport, data)


class Adapter(Controller):
    """The machine's controller. One without extended advertising, and with scan responses.

    It has no privacy either: to one that has, Linux waits for another event at the end of a
    connection's making than bumble sends, and disconnects nothing after that.
    """

    le_features = Controller.le_features & ~(
        hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
        | hci.LeFeatureMask.LE_PERIODIC_ADVERTISING
        | hci.LeFeatureMask.LL_PRIVACY
    )

    def on_advertising_pdu(self, pdu):
        if self.le_scan_enable:
            kinds = hci.HCI_LE_Advertising_Report_Event.EventType
            self.report(pdu, kinds.ADV_IND, pdu.data)
            sender = self.link.find_le_controller(pdu.advertiser_address)
            if self.le_scan_type == 1 and sender:
                response = sender.le_legacy_advertiser.scan_response_data
                self.report(pdu, kinds.SCAN_RSP, response)
        pending = self.pending_le_connection
        if pending and pending.peer_address == pdu.advertiser_address:
            self.create_le_connection(pdu.advertiser_address)

    def report(self, pdu, kind, data):
        report = hci.HCI_LE_Advertising_Report_Event.Report(
            event_type=kind, address_type=pdu.advertiser_address.address_type,
            address=pdu.advertiser_address, data=data, rssi=-50,
        )
        self.send_hci_packet(hci.HCI_LE_Advertising_Report_Event([report]))


class Radio:
    """The machine's controller and its surroundings."""

    async def __aenter__(self):
        self.air = Air()
        self.adapter = None
        self.devices = 0
        return self

    async def attach(self, machine):
        """Puts the controller on the machine's serial line."""
        self.transport = await open_transport(f"unix-client:{machine.hci}")
        source, sink = self.transport.source, self.transport.sink
        self.adapter = Adapter("adapter", source, sink, self.air, ADAPTER)

    async def __aexit__(self, *_):
        if self.adapter:
            await self.transport.close()

    def device(self, serve, description):
        """A device that is switched on as long as the `async with` block."""
        self.devices += 1
        return Simulated(self, serve, description, f"C0:FF:EE:00:00:{self.devices:02X}")


class Simulated:
    """A simulated device in the air."""

    def __init__(self, radio, serve, description, address):
        self.radio = radio
        self.serve = serve
        self.description = description
        self.address = address
        self.connection = None
        self.characteristics = {}
        self.questions = {}
        self.asked = 0
        # When it was asked last, in seconds since it was switched on.
        self.asked_at = 0.0
        # What has been sent and heard: (seconds since it was switched on, UUID, bytes).
        self.sent = []
        self.written = []
        # Seconds since it was switched on.
        self.connects = []
        self.losses = []
        # Of each connection, when it had ended.
        self.mtus = []
        self.audible = True
        self.outbox = asyncio.Queue()

    async def __aenter__(self):
        self.process = await asyncio.create_subprocess_exec(
            self.serve, self.description,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            limit=1 << 20,
        )
        self.start = time.monotonic()
        line = await self.process.stdout.readline()
        if not line:
            raise ValueError(f"no simulated device {self.description}")
        self.about = json.loads(line)
        self.name = self.about["name"]
        self.controller = Controller(self.name, link=self.radio.air)
        self.controller.le_features = Adapter.le_features
        self.controller.host = host = Host(self.controller, AsyncPipeSink(self.controller))
        settings = DeviceConfiguration(name=self.name, address=hci.Address(self.address))
        self.device = Device(config=settings, host=host)
        for service in self.about["services"]:
            characteristics = [self.characteristic(each) for each in service["characteristics"]]
            self.device.add_service(Service(shortest(service["uuid"]), characteristics))
        server = self.device.gatt_server
        server.max_mtu = self.about["mtu"]
        server.on_att_write_command = self.told(server.on_att_write_command)
        self.device.on("connection", self.connected)
        await self.device.power_on()
        self.tasks = [asyncio.create_task(task) for task in (self.happenings(), self.events())]
        await self.advertise()
        return self

    async def __aexit__(self, kind, *_):
        for task in self.tasks:
            task.cancel()
        for ended in await asyncio.gather(*self.tasks, return_exceptions=True):
            # What is wrong already says more.
            if isinstance(ended, Exception) and kind is None:
                raise ended
        self.audible = False
        await self.device.stop_advertising()
        self.cut()
        self.radio.air.remove_controller(self.controller)
        self.process.stdin.close()
        try:
            await asyncio.wait_for(self.process.wait(), 5)
        except asyncio.TimeoutError:
            self.process.kill()
            await self.process.wait()

    def now(self):
        """Seconds since it was switched on."""
        return time.monotonic() - self.start

    def last(self):
        """When it last sent or heard something, or a link was made or lost."""
        values = (values[-1][0] for values in (self.sent, self.written) if values)
        return max([self.asked_at, *self.connects[-1:], *self.losses[-1:], *values])

    def history(self):
        """What has happened to it, in pieces of ten seconds."""
        pieces = {}
        for column, events in enumerate((self.sent, self.written)):
            for when, *_ in events:
                pieces.setdefault(int(when) // 10, [0, 0])[column] += 1
        counts = (
            f"{10 * piece}: {sent}+{written}" for piece, (sent, written) in sorted(pieces.items())
        )
        return (
            f"the device after {self.now():.0f} s: connected at {rounded(self.connects)}, lost at"
            f" {rounded(self.losses)}, values sent + written by seconds: {', '.join(counts)}"
        )

    def tell(self, what, details):
        self.process.stdin.write((json.dumps({what: details}) + "\n").encode())

    async def ask(self, what, **details):
        """Bytes as text, or None when the device refuses."""
        self.asked += 1
        self.asked_at = self.now()
        number = self.asked
        answer = self.questions[number] = asyncio.get_running_loop().create_future()
        self.tell(what, {"number": number, **details})
        return await answer

    def characteristic(self, about):
        uuid = about["uuid"]
        properties = Characteristic.Properties(0)
        for name in about["properties"]:
            properties |= PROPERTIES[name]

        async def read(_):
            answer = await self.ask("read", characteristic=uuid)
            if answer is None:
                raise att.ATT_Error(att.ATT_READ_NOT_PERMITTED_ERROR)
            return bytes.fromhex(answer)

        async def write(_, value):
            self.written.append((self.now(), uuid, value))
            details = {"characteristic": uuid, "bytes": value.hex()}
            if not is_request.get():
                self.tell("write", details)
            elif await self.ask("write", **details) is None:
                raise att.ATT_Error(att.ATT_WRITE_NOT_PERMITTED_ERROR)

        made = Characteristic(
            shortest(uuid), properties, Characteristic.READABLE | Characteristic.WRITEABLE,
            CharacteristicValue(read=read, write=write),
        )
        made.on(made.EVENT_SUBSCRIPTION, lambda _, *wanted: self.tell(
            "subscribe" if any(wanted) else "unsubscribe", uuid))
        self.characteristics[uuid] = made
        return made

    @staticmethod
    def told(handler):
        """The handler of a command; without this it looks like a request."""
        def handle(bearer, command):
            token = is_request.set(False)
            handler(bearer, command)
            is_request.reset(token)
        return handle

    async def advertise(self):
        if not self.audible or self.connection:
            return
        parts = [(AdvertisingData.FLAGS, b"\x06")]
        services = [bytes(shortest(uuid)) for uuid in self.about["advertised"]]
        for length, kind in (
            (2, AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS),
            (16, AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS),
        ):
            of_length = [uuid for uuid in services if len(uuid) == length]
            if of_length:
                parts.append((kind, b"".join(of_length)))
        name = [(AdvertisingData.COMPLETE_LOCAL_NAME, self.name.encode())]
        # The name comes in the answer to a scan when there is no room for it.
        fits = len(bytes(AdvertisingData(parts + name))) <= 31
        await self.device.start_advertising(
            advertising_interval_min=ADVERTISING, advertising_interval_max=ADVERTISING,
            advertising_data=bytes(AdvertisingData(parts + name if fits else parts)),
            scan_response_data=b"" if fits else bytes(AdvertisingData(name)),
        )

    def connected(self, connection):
        self.connection = connection
        self.connects.append(self.now())
        self.tell("connect", {})
        connection.on("disconnection", lambda _: self.disconnected())

    def disconnected(self):
        self.mtus.append(self.connection.att_mtu)
        self.connection = None
        self.tell("disconnect", {})
        while not self.outbox.empty():
            self.outbox.get_nowait()
        asyncio.get_running_loop().create_task(self.advertise())

    def cut(self):
        """The link is gone without a word: both sides notice after the supervision time-out."""
        gone = hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR
        for controller in (self.radio.adapter, self.controller):
            for link in list(controller.le_connections.values()):
                if controller is self.controller or link.peer_address == self.device.random_address:
                    controller.on_le_disconnected(link, gone)

    async def lose(self, silence):
        """Loses the link, and can't be heard for so many seconds."""
        self.losses.append(self.now())
        self.audible = False
        self.cut()
        await asyncio.sleep(silence)
        self.audible = True
        await self.advertise()

    async def happenings(self):
        """Takes what the device does."""
        while line := await self.process.stdout.readline():
            (what, details), = json.loads(line).items()
            if what == "value":
                self.outbox.put_nowait((details["characteristic"], bytes.fromhex(details["bytes"])))
            elif what == "answer":
                self.questions.pop(details["number"]).set_result(details["bytes"])
            elif what == "lost":
                self.losses.append(self.now())
                self.cut()
            elif what == "reachable":
                self.audible = details
                await (self.advertise() if details else self.device.stop_advertising())

    async def events(self):
        """Sends what the device says, a few packets at a time."""
        server = self.device.gatt_server
        while True:
            for _ in range(PER_EVENT):
                uuid, value = await self.outbox.get()
                if self.connection is None:
                    continue
                characteristic = self.characteristics[uuid]
                self.sent.append((self.now(), uuid, value))
                if PROPERTIES["notify"] & characteristic.properties:
                    await server.notify_subscriber(self.connection, characteristic, value)
                else:
                    indication = server.indicate_subscriber(self.connection, characteristic, value)
                    asyncio.get_running_loop().create_task(indication)
                if self.outbox.empty():
                    break
            await asyncio.sleep(EVENT)


def rounded(times):
    """Times with one decimal."""
    return [round(time, 1) for time in times]


def shortest(text):
    """A UUID as devices tell it: in two bytes when it is one of the standard."""
    is_standard = text.startswith("0000") and text.endswith("-0000-1000-8000-00805f9b34fb")
    return UUID(text[4:8] if is_standard else text)
