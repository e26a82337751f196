use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use uuid::Uuid;

use super::{COMMAND, Device, Happening, Link, LinkFault, Profile, Simulation, TO_DEVICE, ride};
use crate::assigned::{battery, device_information, files};
use crate::{Output, Peripheral, Properties, Refused, Service, WriteKind};

/// A cycle computer at the other end of a radio link, as a [`Peripheral`]: what it sends comes when
/// the link could have carried it.
#[derive(Clone, Debug)]
pub struct Computer {
    simulation: Simulation,
    connected: bool,
    subscribed: BTreeSet<Uuid>,
    outputs: VecDeque<(Duration, Output)>,
    /// After how many bytes each of the next connections is lost; `None`: it isn't.
    cuts: VecDeque<Option<usize>>,
    /// Percent.
    battery: u8,
    /// It has Device Information.
    informs: bool,
    /// It was paired by the operating system, or doesn't ask for that.
    paired: bool,
}

/// The connection interval that a host asks for when it wants speed.
const INTERVAL: Duration = Duration::from_millis(15);

impl Computer {
    /// The names of the computers that [`named`](Self::named) makes.
    pub const NAMES: [&'static str; 7] = [
        "xoss-g",
        "xoss-g-plus",
        "xoss-g-plus-2",
        "xoss-nav",
        "cycplus-m1",
        "cycplus-m2",
        "cycplus-m2-extra-idle",
    ];

    /// A computer with three rides on it, over a link as its model would have.
    pub fn named(name: &str) -> Option<Self> {
        let profile = match name {
            "xoss-g" => Profile {
                name: "XOSS G-017723",
                serial: "017723",
                ..Profile::G_GEN1
            },
            "xoss-g-plus" => Profile::G_GEN1,
            "xoss-g-plus-2" => Profile::G_GEN2,
            "xoss-nav" => Profile::NAV,
            "cycplus-m1" => Profile::M1,
            "cycplus-m2" => Profile::M2,
            "cycplus-m2-extra-idle" => Profile::M2_EXTRA_IDLE,
            _ => return None,
        };
        let device = Device::new(profile)
            .with_file("20240715062336.fit", ride(1_721_024_616, 1_800))
            .with_file("20240716170502.fit", ride(1_721_149_502, 2_700))
            .with_file("20240720080811.fit", ride(1_721_462_891, 600));
        let link = if profile.mtu == 23 {
            Link::old(INTERVAL)
        } else {
            Link::long_mtu(INTERVAL)
        };
        Some(Self::new(device, link))
    }

    /// That device over that link.
    pub fn new(device: Device, link: Link) -> Self {
        let mut simulation = Simulation::new(device, link);
        simulation.device_mut().disconnect();
        Self {
            simulation,
            connected: false,
            subscribed: BTreeSet::new(),
            outputs: VecDeque::new(),
            cuts: VecDeque::new(),
            battery: 76,
            informs: true,
            paired: true,
        }
    }

    /// The same with something that happens to a packet on its way; packets are counted from the
    /// first connection on.
    #[must_use]
    pub fn with_link_fault(mut self, fault: LinkFault) -> Self {
        self.simulation.add_fault(fault);
        self
    }

    /// The same with a connection that is lost after so many bytes from the device. Said twice, it
    /// happens to the first and the second connection; `None` spares one.
    #[must_use]
    pub fn cut_after(mut self, bytes: impl Into<Option<usize>>) -> Self {
        self.cuts.push_back(bytes.into());
        self
    }

    /// The same without Device Information and battery.
    #[must_use]
    pub fn without_information(mut self) -> Self {
        self.informs = false;
        self
    }

    /// The same, but it refuses everything as long as the operating system hasn't paired it.
    #[must_use]
    pub fn unpaired(mut self) -> Self {
        self.paired = false;
        self
    }

    /// The device.
    pub fn device(&self) -> &Device {
        self.simulation.device()
    }

    /// The device, for those who want it to behave differently from now on.
    pub fn device_mut(&mut self) -> &mut Device {
        self.simulation.device_mut()
    }

    /// Lets happen what happens up to that time.
    fn advance(&mut self, now: Duration) {
        while self.connected && !self.simulation.is_lost() {
            let Some(next) = self.simulation.poll_timeout().filter(|at| *at <= now) else {
                break;
            };
            // A moment later, so that what is due then happens.
            let until = next + Duration::from_nanos(1);
            if let Happening::Notified(notification) = self.simulation.next(Some(until)) {
                let characteristic = match notification.characteristic {
                    COMMAND => files::COMMAND,
                    _ => files::FROM_DEVICE,
                };
                if self.subscribed.contains(&characteristic) {
                    let value = notification.bytes;
                    let output = Output::Value {
                        characteristic,
                        value,
                    };
                    self.outputs.push_back((next, output));
                }
            }
        }
        if self.connected && self.simulation.is_lost() {
            self.connected = false;
            self.subscribed.clear();
            self.outputs.push_back((now, Output::Disconnect));
        }
    }
}

impl Peripheral for Computer {
    fn name(&self) -> String {
        self.device().profile().name.to_owned()
    }

    /// Nothing: older firmware doesn't say that it has files.
    fn advertised(&self) -> Vec<Uuid> {
        Vec::new()
    }

    fn services(&self) -> Vec<Service> {
        let to_device = Properties {
            write_without_response: true,
            ..Properties::default()
        };
        let command = Properties {
            write: true,
            ..Properties::NOTIFY
        };
        let mut services = vec![Service::new(
            files::SERVICE,
            [
                (files::TO_DEVICE, to_device),
                (files::FROM_DEVICE, Properties::NOTIFY),
                (files::COMMAND, command),
            ],
        )];
        if self.informs {
            use device_information::{
                FIRMWARE_REVISION, MANUFACTURER_NAME, MODEL_NUMBER, SERIAL_NUMBER, SERVICE,
            };
            let all = [
                MANUFACTURER_NAME,
                MODEL_NUMBER,
                SERIAL_NUMBER,
                FIRMWARE_REVISION,
            ];
            services.push(Service::new(
                SERVICE,
                all.map(|name| (name, Properties::READ)),
            ));
            let level = (battery::LEVEL, Properties::NOTIFY.and_read());
            services.push(Service::new(battery::SERVICE, [level]));
        }
        services
    }

    fn largest_mtu(&self) -> usize {
        self.device().profile().mtu
    }

    fn connect(&mut self, now: Duration, mtu: usize) {
        self.simulation.reconnect(now, mtu);
        if let Some(Some(bytes)) = self.cuts.pop_front() {
            self.simulation.set_cut(bytes);
        }
        self.connected = true;
        self.subscribed.clear();
        self.outputs.clear();
    }

    fn disconnect(&mut self, now: Duration) {
        self.advance(now);
        self.simulation.device_mut().disconnect();
        self.connected = false;
        self.subscribed.clear();
        self.outputs.clear();
    }

    fn subscribe(&mut self, _: Duration, characteristic: Uuid) -> Result<(), Refused> {
        let known = [files::COMMAND, files::FROM_DEVICE].contains(&characteristic)
            || self.informs && characteristic == battery::LEVEL;
        if !self.connected || !self.paired || !known {
            return Err(Refused);
        }
        self.subscribed.insert(characteristic);
        Ok(())
    }

    fn read(&mut self, _: Duration, characteristic: Uuid) -> Result<Vec<u8>, Refused> {
        let profile = self.device().profile();
        let cycplus = !profile.name.starts_with("XOSS");
        let text = match characteristic {
            _ if !self.connected || !self.informs => return Err(Refused),
            battery::LEVEL => return Ok(vec![self.battery]),
            device_information::MANUFACTURER_NAME if cycplus => "CYCPLUS",
            device_information::MANUFACTURER_NAME => "XOSS",
            device_information::MODEL_NUMBER => {
                let end = profile.name.find(['-', '_']).unwrap_or(profile.name.len());
                &profile.name[..end]
            }
            device_information::SERIAL_NUMBER => profile.serial,
            device_information::FIRMWARE_REVISION => profile.firmware,
            _ => return Err(Refused),
        };
        Ok(text.as_bytes().to_vec())
    }

    fn write(
        &mut self,
        now: Duration,
        characteristic: Uuid,
        kind: WriteKind,
        value: &[u8],
    ) -> Result<(), Refused> {
        self.advance(now);
        let to = match (characteristic, kind) {
            // Its properties have writes with a response only; yet the clients that were tried on
            // G+, G2, M1 and M2 all write commands without one, and are answered.
            (files::COMMAND, _) => COMMAND,
            (files::TO_DEVICE, WriteKind::WithoutResponse) => TO_DEVICE,
            _ => return Err(Refused),
        };
        if !self.connected || !self.paired || value.len() > self.simulation.payload() {
            return Err(Refused);
        }
        self.simulation.advance_clock(now);
        self.simulation.write(to, value);
        Ok(())
    }

    fn poll_output(&mut self, now: Duration) -> Option<(Duration, Output)> {
        self.advance(now);
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        let waiting = self.outputs.front().map(|(time, _)| *time);
        let coming = self.simulation.poll_timeout().filter(|_| self.connected);
        waiting.or(coming)
    }
}
