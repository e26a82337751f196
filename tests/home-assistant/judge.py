#!/usr/bin/env python3
"""A real Home Assistant judges what the sink `mqtt` publishes of a power station.

A broker, Home Assistant without anything but its MQTT integration, and a pipeline with the
simulated station, all on loopback, with a folder of their own. Home Assistant is asked over its own
interfaces, as its pages do, and must say:

* every field is an entity of the right kind, class, unit and name, with the value that was
  published; statistics and the Energy dashboard have nothing against any of them;
* everything is unavailable while the program is killed, the broker is away, or the station says
  nothing, and back by itself, under the same identifiers, also after its own restart;
* switches, numbers and choices move the station with `control: true`, and are not there without;
* no warning, no error and no repair of its own that has to do with us.

usage: judge.py [--keep] [PIPELINE]        (with the Python of a Home Assistant's environment)
"""
import argparse
import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import aiohttp
import paho.mqtt.client as paho

ROOT = Path(__file__).resolve().parent.parent.parent
EXPIRE = 8

CONFIGURATION = """
homeassistant: { name: judge, latitude: 0, longitude: 0, elevation: 0, time_zone: UTC, country: DE }
http: { server_host: 127.0.0.1, server_port: %d }
api:
websocket_api:
config:
recorder: { commit_interval: 1 }
history:
energy:
logger: { default: warning, logs: { homeassistant.components.mqtt: info } }
"""

PIPELINE = """
name: judged
source:
  fossibot: { every: 1 s, control: %(control)s }
sinks:
  - mqtt: { broker: "127.0.0.1:%(port)d", control: %(control)s, expire: %(expire)d s }
"""


class Wrong(Exception):
    """What the judge has against us."""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


async def until(what, test, patience=30):
    """Waits until something is true, and says what was not."""
    end = time.monotonic() + patience
    while True:
        found = test()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        if time.monotonic() > end:
            raise Wrong(f"not within {patience} s: {what}")
        await asyncio.sleep(0.25)


def stop(process, how=signal.SIGTERM, patience=60):
    if process and process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Broker:
    """A mosquitto that forgets everything when it ends."""

    def __init__(self, folder):
        self.port, self.process = free_port(), None
        self.conf = folder / "mosquitto.conf"
        self.conf.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\n")
        self.log = open(folder / "mosquitto.log", "ab")

    def start(self):
        self.process = subprocess.Popen(
            ["mosquitto", "-c", self.conf], stdout=self.log, stderr=self.log
        )

    def stop(self, how=signal.SIGTERM):
        stop(self.process, how)


class Wire:
    """What goes over the broker, for a second look."""

    def __init__(self, port):
        self.latest, self.all = {}, []
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self.client.on_connect = lambda client, *_: client.subscribe("#", 1)
        self.client.on_message = self.heard
        self.client.reconnect_delay_set(1, 1)
        self.client.connect_async("127.0.0.1", port)
        self.client.loop_start()

    def heard(self, _client, _data, message):
        text = message.payload.decode(errors="replace")
        self.latest[message.topic] = text
        self.all.append((time.time(), message.topic, text))

    def of(self, ending):
        return [(at, text) for at, topic, text in self.all if topic.endswith(ending)]


class Home:
    """A Home Assistant, and one connection to it."""

    def __init__(self, folder):
        self.folder, self.port = folder / "home-assistant", free_port()
        self.folder.mkdir()
        (self.folder / "configuration.yaml").write_text(CONFIGURATION % self.port)
        self.hass = [str(Path(sys.executable).with_name("hass")), "-c", str(self.folder)]
        self.process = self.session = self.socket = None
        self.number, self.is_new = 0, True
        self.log = folder / "home-assistant.log"

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    async def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.hass, stdout=log, stderr=log)
        self.session = aiohttp.ClientSession()
        await until("Home Assistant listens", self.is_there, 300)
        token = await self.log_in()
        self.session.headers["Authorization"] = f"Bearer {token}"
        self.socket = await self.session.ws_connect(
            f"{self.url}/api/websocket", max_msg_size=1 << 26
        )
        await self.socket.receive_json()
        await self.socket.send_json({"type": "auth", "access_token": token})
        if (await self.socket.receive_json())["type"] != "auth_ok":
            raise Wrong("Home Assistant does not let its user in")
        await until("Home Assistant runs", self.runs, 120)

    async def runs(self):
        return (await self.ask("get_config"))["state"] == "RUNNING"

    async def is_there(self):
        if self.process.poll() is not None:
            raise Wrong(f"Home Assistant has ended:\n{self.log.read_text()[-3000:]}")
        with contextlib.suppress(aiohttp.ClientError):
            async with self.session.get(f"{self.url}/auth/providers") as answer:
                return answer.status in (200, 400)

    async def log_in(self):
        """A token of the owner, who is made at the first time, as Home Assistant's first page does."""
        client, name = f"{self.url}/", "judge"
        who = {"client_id": client, "username": name, "password": name}
        if self.is_new:
            self.is_new = False
            made = await self.post("/api/onboarding/users", {**who, "name": name, "language": "en"})
            code = made["auth_code"]
        else:
            handler = ["homeassistant", None]
            flow = {"client_id": client, "handler": handler, "redirect_uri": client}
            flow = await self.post("/auth/login_flow", flow)
            code = (await self.post(f"/auth/login_flow/{flow['flow_id']}", who))["result"]
        form = {"client_id": client, "grant_type": "authorization_code", "code": code}
        async with self.session.post(f"{self.url}/auth/token", data=form) as answer:
            return (await answer.json())["access_token"]

    async def post(self, path, body):
        async with self.session.post(self.url + path, json=body) as answer:
            text = await answer.text()
            if answer.status >= 300:
                raise Wrong(f"{path}: HTTP {answer.status}: {text}")
            return json.loads(text)

    async def ask(self, kind, **more):
        """A question over the WebSocket; its result."""
        self.number += 1
        await self.socket.send_json({"id": self.number, "type": kind, **more})
        while True:
            answer = await self.socket.receive_json()
            if answer.get("id") == self.number and answer["type"] == "result":
                if not answer["success"]:
                    raise Wrong(f"{kind} {more}: {answer['error']}")
                return answer["result"]

    async def call(self, service, entity, **data):
        domain, name = service.split(".")
        return await self.ask(
            "call_service",
            domain=domain,
            service=name,
            service_data=data,
            target={"entity_id": entity},
        )

    async def add_broker(self, port):
        """The MQTT integration, as its page sets it up."""
        flow = await self.post("/api/config/config_entries/flow", {"handler": "mqtt"})
        if flow["type"] == "menu":
            flow = await self.post(
                f"/api/config/config_entries/flow/{flow['flow_id']}", {"next_step_id": "broker"}
            )
        done = await self.post(
            f"/api/config/config_entries/flow/{flow['flow_id']}",
            {"broker": "127.0.0.1", "port": port},
        )
        if done["type"] != "create_entry":
            raise Wrong(f"the MQTT integration could not be set up: {done}")

    async def states(self):
        """The states of MQTT's entities, with what the registry says of them, by unique id."""
        states = {state["entity_id"]: state for state in await self.ask("get_states")}
        entities = await self.ask("config/entity_registry/list")
        return {
            (entity["entity_id"].split(".")[0], entity["unique_id"]): {
                **entity,
                **states.get(entity["entity_id"], {"state": None, "attributes": {}}),
            }
            for entity in entities
            if entity["platform"] == "mqtt"
        }

    async def devices(self):
        devices = await self.ask("config/device_registry/list")
        return [d for d in devices if any(kind == "mqtt" for kind, _ in d["identifiers"])]

    async def stop(self):
        if self.session:
            with contextlib.suppress(Exception):
                await self.socket.close()
            await self.session.close()
        await asyncio.to_thread(stop, self.process)


class Run:
    """`pipeline run` with the simulated station, as fast as time goes."""

    def __init__(self, binary, folder, port):
        self.binary, self.folder, self.port = binary, folder, port
        self.process, self.count = None, 0

    def start(self, control=False, device="sim:fossibot?speed=1"):
        file = self.folder / "judged.yaml"
        settings = {"control": str(control).lower(), "port": self.port, "expire": EXPIRE}
        file.write_text(PIPELINE % settings)
        log = open(self.folder / "pipeline.log", "ab")
        self.process = subprocess.Popen(
            [self.binary, "run", file, "--device", device, "--state-dir", self.folder / "state"],
            stdout=log,
            stderr=log,
            cwd=self.folder,
        )

    def stop(self, how=signal.SIGINT):
        stop(self.process, how)


# Field: domain, device class, unit, state class, category and name, as a person would want them.
POWER = ("sensor", "power", "W", "measurement", None)
VOLTAGE = ("sensor", "voltage", "V", "measurement", None)
FREQUENCY = ("sensor", "frequency", "Hz", "measurement", None)
ENERGY = ("sensor", "energy", "Wh", "total_increasing", None)
BATTERY = ("sensor", "battery", "%", "measurement", None)
TIME = ("sensor", "duration", "s", "measurement", None)
STANDBY = ("sensor", "duration", "s", "measurement", "diagnostic")
CODE = ("sensor", None, None, None, "diagnostic")
FAULT = ("binary_sensor", "problem", None, None, "diagnostic")
SWITCH = ("binary_sensor", None, None, None, None)
LIMIT = ("sensor", None, "%", "measurement", "diagnostic")
LOOKS = {
    "state_of_charge": (*BATTERY, "State of charge"),
    "state_of_charge_1": (*BATTERY, "State of charge 1"),
    "state_of_charge_2": (*BATTERY, "State of charge 2"),
    "charge_power": (*POWER, "Charge power"),
    "dc_input_power": (*POWER, "DC input power"),
    "total_input_power": (*POWER, "Total input power"),
    "total_output_power": (*POWER, "Total output power"),
    "ac_output_power": (*POWER, "AC output power"),
    "ac_output_voltage": (*VOLTAGE, "AC output voltage"),
    "ac_output_frequency": (*FREQUENCY, "AC output frequency"),
    "ac_input_voltage": (*VOLTAGE, "AC input voltage"),
    "ac_input_frequency": (*FREQUENCY, "AC input frequency"),
    "mains": ("binary_sensor", "plug", None, None, None, "Mains"),
    "charging": ("binary_sensor", "battery_charging", None, None, None, "Charging"),
    "usb_switch": (*SWITCH, "USB switch"),
    "dc_switch": (*SWITCH, "DC switch"),
    "ac_switch": (*SWITCH, "AC switch"),
    "light_switch": (*SWITCH, "Light switch"),
    "usb_a1_power": (*POWER, "USB A1 power"),
    "usb_a2_power": (*POWER, "USB A2 power"),
    "usb_c1_power": (*POWER, "USB C1 power"),
    "usb_c2_power": (*POWER, "USB C2 power"),
    "usb_c3_power": (*POWER, "USB C3 power"),
    "usb_c4_power": (*POWER, "USB C4 power"),
    "dc_car_power": (*POWER, "DC car power"),
    "light_power": (*POWER, "Light power"),
    "time_to_full": (*TIME, "Time to full"),
    "time_to_empty": (*TIME, "Time to empty"),
    "booking": (*TIME, "Booking"),
    "charge_level": (*CODE, "Charge level"),
    "capacity": ("sensor", None, "Ah", "measurement", "diagnostic", "Capacity"),
    "error_code": (*CODE, "Error code"),
    "fault_ac": (*FAULT, "Fault AC"),
    "fault_pv": (*FAULT, "Fault PV"),
    "fault_battery": (*FAULT, "Fault battery"),
    "fault_battery_temperature": (*FAULT, "Fault battery temperature"),
    "fault_usb_c": (*FAULT, "Fault USB C"),
    "fault_panel": (*FAULT, "Fault panel"),
    "charge_limit": (*LIMIT, "Charge limit"),
    "discharge_limit": (*LIMIT, "Discharge limit"),
    "ac_charge_level": (*CODE, "AC charge level"),
    "max_charge_current": ("sensor", "current", "A", "measurement", "diagnostic", "Max charge current"),
    "max_charge_current_limit": (
        "sensor", "current", "A", "measurement", "diagnostic", "Max charge current limit",
    ),
    "light_mode": (*CODE, "Light mode"),
    "key_sound": ("binary_sensor", None, None, None, "diagnostic", "Key sound"),
    "silent_charging": ("binary_sensor", None, None, None, "diagnostic", "Silent charging"),
    "usb_standby": (*STANDBY, "USB standby"),
    "ac_standby": (*STANDBY, "AC standby"),
    "dc_standby": (*STANDBY, "DC standby"),
    "screen_rest": (*STANDBY, "Screen rest"),
    "idle_off": (*STANDBY, "Idle off"),
    "energy_in": (*ENERGY, "Energy in"),
    "energy_out": (*ENERGY, "Energy out"),
    "energy_charged": (*ENERGY, "Energy charged"),
    "link_quality": ("sensor", None, "%", "measurement", "diagnostic", "Link quality"),
}
OWN = "pipeline_POWER-0084_"
STATE = "pipeline/POWER-0084/state"
UNKNOWN, UNAVAILABLE = "unknown", "unavailable"


def look(entity):
    attributes = entity["attributes"]
    return (
        entity["entity_id"].split(".")[0],
        attributes.get("device_class"),
        attributes.get("unit_of_measurement"),
        attributes.get("state_class"),
        entity["entity_category"],
        entity["original_name"],
    )


def same(entity, value):
    """Whether an entity's state is what was published."""
    state = entity["state"]
    if value is None:
        return state == UNKNOWN
    if entity["entity_id"].startswith(("binary_sensor", "switch")):
        return state == ("on" if value else "off")
    with contextlib.suppress(ValueError):
        return abs(float(state) - value) < 1e-6 * max(1, abs(value))
    return False


class Judge:
    def __init__(self, folder, binary):
        self.broker = Broker(folder)
        self.home = Home(folder)
        self.run = Run(binary, folder, self.broker.port)
        self.wire = Wire(self.broker.port)
        self.found = []
        self.ids = {}

    def wrong(self, what):
        print(f"  WRONG {what}", flush=True)
        self.found.append(what)

    async def step(self, name, work):
        print(f"{name}", flush=True)
        begin = time.monotonic()
        try:
            await work
        except Wrong as error:
            self.wrong(f"{name}: {error}")
        print(f"  {time.monotonic() - begin:.1f} s", flush=True)

    async def all(self):
        self.broker.start()
        await self.home.start()
        await self.home.add_broker(self.broker.port)
        self.run.start()
        await self.step("the station appears", self.appears())
        await self.step("every field is what it should be", self.looks())
        await self.step("values arrive", self.values())
        await self.step("statistics and energy", self.statistics())
        await self.step("nothing can be switched", self.no_control())
        await self.step("killed, and started again", self.killed())
        await self.step("the station is silent", self.silent())
        await self.step("the broker is away", self.broker_away())
        await self.step("Home Assistant starts again", self.home_again())
        self.run.stop()
        self.run.start(control=True)
        await self.step("switches and numbers", self.control())
        self.run.stop()
        self.run.start()
        await self.step("control is taken away", self.no_more_control())
        self.run.stop()
        await self.step("the good-bye", self.unavailable())
        await self.step("what Home Assistant says of us", self.grumbles())

    def payload(self):
        return json.loads(self.wire.latest.get(STATE, "{}"))

    async def ours(self):
        states = await self.home.states()
        return {
            (domain, unique.removeprefix(OWN)): entity
            for (domain, unique), entity in states.items()
        }

    async def available(self):
        """The entities, when all are there."""
        async def test():
            ours = await self.ours()
            return ours if ours and all(e["state"] != UNAVAILABLE for e in ours.values()) else None

        try:
            return await until("everything is available", test)
        except Wrong as error:
            ours = await self.ours()
            missing = [key for key, e in ours.items() if e["state"] in (UNAVAILABLE, None)]
            raise Wrong(f"{error}: {missing}") from None

    async def unavailable(self, patience=30):
        async def test():
            ours = await self.ours()
            return ours and all(e["state"] == UNAVAILABLE for e in ours.values())

        try:
            await until("everything is unavailable", test, patience)
        except Wrong as error:
            ours = await self.ours()
            left = [key for key, e in ours.items() if e["state"] != UNAVAILABLE]
            raise Wrong(f"{error}: {left}") from None

    async def appears(self):
        await until("a sample is published", lambda: STATE in self.wire.latest)
        measured = set()

        async def test():
            for _, text in self.wire.of("/state"):
                measured.update(k for k, v in json.loads(text).items() if v is not None)
            return {unique for _, unique in await self.ours()} >= measured - {"time"}

        try:
            await until("every field is an entity", test)
        except Wrong as error:
            lacking = measured - {"time"} - {unique for _, unique in await self.ours()}
            raise Wrong(f"{error}: {sorted(lacking)}") from None
        devices = await self.home.devices()
        if len(devices) != 1:
            raise Wrong(f"there is one station, and Home Assistant has {len(devices)}")
        shown = {k: devices[0][k] for k in ("name", "manufacturer", "model", "sw_version")}
        print(f"  {shown}")
        if devices[0]["name"] != "POWER-0084":
            raise Wrong(f"its name is {devices[0]['name']}")

    async def looks(self):
        ours = await self.available()
        self.ids = {key: entity["entity_id"] for key, entity in ours.items()}
        print(f"  {len(ours)} entities of one device")
        for (_, field), entity in sorted(ours.items()):
            expected = LOOKS.get(field)
            if expected is None:
                self.wrong(f"{field} is not expected: {look(entity)}")
            elif look(entity) != expected:
                self.wrong(f"{field} is {look(entity)}, not {expected}")
            if not entity["attributes"].get("friendly_name", "").startswith("POWER-0084 "):
                self.wrong(f"{field} is called {entity['attributes'].get('friendly_name')}")

    async def values(self):
        async def test():
            payload, ours = self.payload(), await self.ours()
            if self.payload() != payload:
                return False
            self.differ = [
                (field, entity["state"], payload.get(field))
                for (_, field), entity in ours.items()
                if not same(entity, payload.get(field))
            ]
            return not self.differ

        try:
            await until("the states are what was published", test)
        except Wrong as error:
            raise Wrong(f"{error}: {self.differ}") from None

    async def statistics(self):
        await asyncio.sleep(3)
        against = await self.home.ask("recorder/validate_statistics")
        if against:
            raise Wrong(f"statistics: {against}")
        of = {field: entity["entity_id"] for (_, field), entity in (await self.ours()).items()}
        grid = {
            "type": "grid",
            "flow_from": [{
                "stat_energy_from": of["energy_in"], "stat_cost": None,
                "entity_energy_price": None, "number_energy_price": None,
            }],
            "flow_to": [],
            "cost_adjustment_day": 0,
        }
        battery = {
            "type": "battery",
            "stat_energy_from": of["energy_out"],
            "stat_energy_to": of["energy_charged"],
        }
        await self.home.ask(
            "energy/save_prefs",
            energy_sources=[grid, battery],
            device_consumption=[{"stat_consumption": of["energy_out"]}],
        )
        told = await self.home.ask("energy/validate")
        issues = [
            issue
            for part in told.values() for source in part for issue in source
            # There are statistics after the first five minutes only.
            if issue["type"] != "statistics_not_defined"
        ]
        if issues:
            raise Wrong(f"the Energy dashboard: {issues}")

    async def no_control(self):
        domains = {domain for domain, _ in await self.ours()}
        if domains != {"sensor", "binary_sensor"}:
            raise Wrong(f"there are {domains}")
        before = self.payload()["ac_switch"]
        self.wire.client.publish("pipeline/POWER-0084/set/ac", "OFF" if before else "ON", 1)
        await asyncio.sleep(4)
        if self.payload()["ac_switch"] != before:
            raise Wrong("a command was carried out")

    async def killed(self):
        begin = time.monotonic()
        self.run.stop(signal.SIGKILL)
        await self.unavailable()
        print(f"  unavailable after {time.monotonic() - begin:.1f} s")
        self.run.start()
        await self.stable()

    async def stable(self):
        """Everything is there, under the same names."""
        begin = time.monotonic()
        await self.available()
        await self.values()
        ids = {key: entity["entity_id"] for key, entity in (await self.ours()).items()}
        missing = {k: v for k, v in self.ids.items() if ids.get(k) != v}
        if missing or len(ids) < len(self.ids):
            raise Wrong(f"identifiers have changed: {missing}")
        self.ids = ids
        print(f"  all {len(ids)} back after {time.monotonic() - begin:.1f} s")

    async def silent(self):
        """The program runs and the station says nothing more."""
        self.run.process.send_signal(signal.SIGSTOP)
        try:
            begin = time.monotonic()
            await self.unavailable(EXPIRE + 40)
            print(f"  unavailable after {time.monotonic() - begin:.1f} s")
        finally:
            self.run.process.send_signal(signal.SIGCONT)
        await self.stable()

    async def broker_away(self):
        self.broker.stop(signal.SIGKILL)
        await self.unavailable()
        await asyncio.sleep(5)
        self.broker.start()
        await until("the program is back", lambda: self.wire.of("/state")[-1][0] > time.time() - 3)
        await self.stable()

    async def home_again(self):
        await self.home.stop()
        await self.home.start()
        await self.stable()

    async def control(self):
        async def there():
            return any(domain == "switch" for domain, _ in await self.ours())

        await until("there are switches", there)
        await asyncio.sleep(3)
        ours = await self.available()
        for field, entity_id in sorted((f, e["entity_id"]) for (_, f), e in ours.items()):
            domains = sorted(domain for domain, other in ours if other == field)
            if len(domains) > 1:
                self.wrong(f"{field} is there as {domains}")
            if domains[0] in ("sensor", "binary_sensor"):
                before = self.ids.get((domains[0], field))
                if before not in (None, entity_id):
                    self.wrong(f"{field} is {entity_id} now, and was {before}")
        for (domain, field), entity in sorted(ours.items()):
            if domain == "switch":
                await self.flip(field, entity["entity_id"])
            elif domain == "number":
                await self.move(field, entity)
            elif domain == "select":
                await self.choose(field, entity)
        print(f"  {sorted(e['entity_id'] for (d, _), e in ours.items() if 'sensor' not in d)}")

    async def becomes(self, key, state):
        async def test():
            entity = (await self.ours())[key]
            return entity["state"] == state if isinstance(state, str) else same(entity, state)

        await until(f"{key} becomes {state}", test, 15)

    async def flip(self, field, entity_id):
        before = (await self.ours())[("switch", field)]["state"]
        for state in ("on", "off", before) if before == "off" else ("off", "on", before):
            await self.home.call(f"switch.turn_{state}", entity_id)
            await self.becomes(("switch", field), state)

    async def move(self, field, entity):
        least, most = entity["attributes"]["min"], entity["attributes"]["max"]
        for value in (least, most, round((least + most) / 2)):
            await self.home.call("number.set_value", entity["entity_id"], value=value)
            await self.becomes(("number", field), value)
        for value in (least - 1, most + 1):
            try:
                await self.home.call("number.set_value", entity["entity_id"], value=value)
            except Wrong:
                continue
            raise Wrong(f"{field} takes {value}")

    async def choose(self, field, entity):
        for option in entity["attributes"]["options"]:
            await self.home.call("select.select_option", entity["entity_id"], option=option)
            await self.becomes(("select", field), option)

    async def no_more_control(self):
        async def test():
            return {domain for domain, _ in await self.ours()} == {"sensor", "binary_sensor"}

        await until("switches and numbers are gone", test)
        await self.stable()

    async def grumbles(self):
        issues = (await self.home.ask("repairs/list_issues"))["issues"]
        for issue in (issue for issue in issues if issue["issue_id"] != "deprecated_method"):
            self.wrong(f"a repair: {issue}")
        pattern = re.compile(r" (WARNING|ERROR|CRITICAL) \(\w+\) \[(\S+)\] (.*)")
        # It is about the broker that was stopped, about the machine, or what it was asked for.
        fine = re.compile(
            r"Disconnected from MQTT|connect.*broker|zlib|reconnect|connection was lost"
            r"|is outside valid range",
            re.I,
        )
        for line in self.home.log.read_text().splitlines():
            match = pattern.search(line)
            if match and not fine.search(match[3]) and "http.ban" not in match[2]:
                self.wrong(f"{match[2]}: {match[3][:300]}")


async def judge(binary, folder):
    judge = Judge(folder, binary)
    try:
        await judge.all()
    finally:
        judge.wire.client.loop_stop()
        judge.run.stop()
        await judge.home.stop()
        judge.broker.stop()
    return judge.found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--keep", action="store_true", help="keep the folder")
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser.add_argument("pipeline", nargs="?", type=Path, default=target / "release" / "pipeline")
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="home-assistant-"))
    try:
        found = asyncio.run(judge(args.pipeline.resolve(), folder))
    finally:
        if args.keep:
            print(f"kept {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(found)} findings" if found else "Home Assistant is content")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
