mod control;
mod encode;
mod update;

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use uuid::Uuid;

use crate::assigned::{battery, cycling, device_information, fitness_machine, monitor};
use crate::{DataEvent, Output, Peripheral, Properties, Refused, Service, WriteKind};
use update::Updater;

/// An ESP Rowing Monitor that plays a row.
///
/// It does what the firmware does at version 7.1.0: at each data event it sends Handle Forces,
/// Extended Metrics and the measurement of its base service, and it repeats the last one whenever a
/// second has passed. It goes on while there is no link.
#[derive(Debug)]
pub struct Monitor {
    service: BaseService,
    row: Vec<DataEvent>,
    next: usize,
    /// What was counted before the last restart, which is not counted any more.
    forgotten: DataEvent,
    /// The data event before, which rate and pace are reckoned from.
    before: DataEvent,
    /// The last measurement and when it was sent.
    measurement: Option<(Duration, Vec<u8>)>,
    restarts: VecDeque<Duration>,
    link: Option<Link>,
    outputs: VecDeque<(Duration, Output)>,
    settings: [u8; 18],
    stroke_settings: [u8; 11],
    legacy_metrics: bool,
    updater: Updater,
}

#[derive(Debug)]
struct Link {
    mtu: usize,
    subscribed: BTreeSet<Uuid>,
}

/// As which kind of sensor the monitor counts distance and strokes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseService {
    /// Cycling Power, the default.
    CyclingPower,
    /// Cycling Speed and Cadence.
    CyclingSpeedAndCadence,
    /// Fitness Machine.
    FitnessMachine,
}

/// A measurement is repeated when more than a second has passed since it was sent.
const REPEAT: Duration = Duration::from_millis(1001);
/// Bits 0 and 1 of the settings while the times between impulses are sent.
const LOGGING: u8 = 2;
/// A monitor that is to restart answers first.
const RESTART: Duration = Duration::from_millis(100);

impl Monitor {
    /// Switched on at the row's first event.
    pub fn new(row: Vec<DataEvent>, service: BaseService) -> Self {
        Self {
            service,
            row,
            next: 0,
            forgotten: DataEvent::default(),
            before: DataEvent::default(),
            measurement: None,
            restarts: VecDeque::new(),
            link: None,
            outputs: VecDeque::new(),
            settings: control::GENERIC_AIR,
            stroke_settings: control::GENERIC_AIR_STROKES,
            legacy_metrics: false,
            updater: Updater::default(),
        }
    }

    /// With firmware from before 2025-12-10, whose Extended Metrics have seven bytes.
    #[must_use]
    pub fn with_legacy_metrics(mut self) -> Self {
        self.legacy_metrics = true;
        self
    }

    /// Built so that its settings can't be changed.
    #[must_use]
    pub fn with_fixed_settings(mut self) -> Self {
        self.settings[0] &= 0x7F;
        self
    }

    /// Loses its power for a moment at that time: it drops the link and counts from 0.
    #[must_use]
    pub fn restarting_at(mut self, time: Duration) -> Self {
        self.restarts.push_back(time);
        self
    }

    /// The row that it plays.
    pub fn row(&self) -> &[DataEvent] {
        &self.row
    }

    fn send(&mut self, time: Duration, characteristic: Uuid, value: Vec<u8>) {
        let wanted = |link: &Link| link.subscribed.contains(&characteristic);
        if self.link.as_ref().is_some_and(wanted) {
            let output = Output::Value {
                characteristic,
                value,
            };
            self.outputs.push_back((time, output));
        }
    }

    /// Everything that a data event sends, in the firmware's order.
    fn data_event(&mut self, event: &DataEvent) {
        let time = event.time;
        // While an update runs, the sensor is not looked at.
        if self.updater.is_running() {
            return;
        }
        for frame in encode::forces(&event.forces, self.mtu()) {
            self.send(time, monitor::HANDLE_FORCES, frame);
        }
        if self.settings[0] & 3 == LOGGING && event.forces != self.before.forces {
            for value in encode::delta_times(event, self.mtu()) {
                self.send(time, monitor::DELTA_TIMES, value);
            }
        }
        let mut metrics = encode::metrics(event);
        if self.legacy_metrics {
            metrics.pop();
        }
        self.send(time, monitor::EXTENDED_METRICS, metrics);
        let since = |counted: &DataEvent| encode::since(counted, &self.forgotten);
        let (now, before) = (since(event), since(&self.before));
        let measurement = match self.service {
            BaseService::CyclingPower => encode::cycling_power(&now),
            BaseService::CyclingSpeedAndCadence => encode::csc(&now),
            BaseService::FitnessMachine => encode::rower_data(&now, &before),
        };
        self.measurement = Some((time, measurement.clone()));
        self.send(time, self.service.measurement(), measurement);
        self.before = event.clone();
    }

    fn mtu(&self) -> usize {
        self.link.as_ref().map_or(23, |link| link.mtu)
    }

    fn restart(&mut self, time: Duration) {
        self.outputs.push_back((time, Output::Disconnect));
        self.link = None;
        self.forgotten = self.before.clone();
        self.measurement = None;
    }

    /// When something is next to be done, and what.
    fn due(&self) -> Option<(Duration, Due)> {
        let event = self.row.get(self.next);
        let event = event.map(|event| (event.time, Due::Event));
        // The last data event ends the row.
        let measurement = self.measurement.as_ref().filter(|_| event.is_some());
        let repeat = measurement.map(|(time, _)| (*time + REPEAT, Due::Repeat));
        let restart = self.restarts.front().map(|time| (*time, Due::Restart));
        let all = [restart, event, repeat].into_iter().flatten();
        all.min_by_key(|(time, _)| *time)
    }

    fn advance(&mut self, now: Duration) {
        self.advance_while(|time| time <= now);
    }

    fn advance_while(&mut self, reached: impl Fn(Duration) -> bool) {
        while let Some((time, due)) = self.due().filter(|(time, _)| reached(*time)) {
            match due {
                Due::Event => {
                    if let Some(event) = self.row.get(self.next).cloned() {
                        self.next += 1;
                        self.data_event(&event);
                    }
                }
                Due::Repeat => {
                    if let Some((last, value)) = &mut self.measurement {
                        *last = time;
                        let value = value.clone();
                        self.send(time, self.service.measurement(), value);
                    }
                }
                Due::Restart => {
                    self.restarts.pop_front();
                    self.restart(time);
                }
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Due {
    Event,
    Repeat,
    Restart,
}

impl BaseService {
    const fn measurement(self) -> Uuid {
        match self {
            Self::CyclingPower => cycling::POWER_MEASUREMENT,
            Self::CyclingSpeedAndCadence => cycling::CSC_MEASUREMENT,
            Self::FitnessMachine => fitness_machine::ROWER_DATA,
        }
    }

    const fn name(self) -> Uuid {
        match self {
            Self::CyclingPower => cycling::POWER_SERVICE,
            Self::CyclingSpeedAndCadence => cycling::CSC_SERVICE,
            Self::FitnessMachine => fitness_machine::SERVICE,
        }
    }

    const fn control_point(self) -> Uuid {
        match self {
            Self::CyclingPower => cycling::POWER_CONTROL_POINT,
            Self::CyclingSpeedAndCadence => cycling::CSC_CONTROL_POINT,
            Self::FitnessMachine => fitness_machine::CONTROL_POINT,
        }
    }

    fn feature(self) -> (Uuid, Vec<u8>) {
        match self {
            Self::CyclingPower => (cycling::POWER_FEATURE, vec![0x0C, 0, 0, 0]),
            Self::CyclingSpeedAndCadence => (cycling::CSC_FEATURE, vec![3, 0]),
            Self::FitnessMachine => (fitness_machine::FEATURE, vec![0xA4, 0x40, 0, 0]),
        }
    }
}

impl Peripheral for Monitor {
    fn name(&self) -> String {
        let service = match self.service {
            BaseService::CyclingPower => "CPS",
            BaseService::CyclingSpeedAndCadence => "CSC",
            BaseService::FitnessMachine => "FTMS",
        };
        format!("ESP Rowing Monitor ({service})")
    }

    fn advertised(&self) -> Vec<Uuid> {
        vec![self.service.name()]
    }

    fn services(&self) -> Vec<Service> {
        let indicate = |write, write_without_response| Properties {
            write,
            write_without_response,
            indicate: true,
            ..Properties::default()
        };
        let read = Properties::READ;
        let notify = Properties::NOTIFY;
        let rx = Properties {
            write: true,
            write_without_response: true,
            ..Properties::default()
        };
        vec![
            Service::new(
                self.service.name(),
                [
                    (self.service.measurement(), notify),
                    (self.service.feature().0, read),
                    (self.service.control_point(), indicate(true, true)),
                ],
            ),
            Service::new(
                monitor::METRICS_SERVICE,
                [
                    (monitor::EXTENDED_METRICS, notify),
                    (monitor::HANDLE_FORCES, notify),
                    (monitor::DELTA_TIMES, notify),
                ],
            ),
            Service::new(
                monitor::SETTINGS_SERVICE,
                [
                    (monitor::SETTINGS, notify.and_read()),
                    (monitor::STROKE_SETTINGS, notify.and_read()),
                    (monitor::SETTINGS_CONTROL_POINT, indicate(false, true)),
                ],
            ),
            Service::new(
                monitor::OTA_SERVICE,
                [(monitor::OTA_RX, rx), (monitor::OTA_TX, notify.and_read())],
            ),
            Service::new(battery::SERVICE, [(battery::LEVEL, notify.and_read())]),
            Service::new(
                device_information::SERVICE,
                [
                    (device_information::MANUFACTURER_NAME, read),
                    (device_information::SERIAL_NUMBER, read),
                    (device_information::FIRMWARE_REVISION, read),
                ],
            ),
        ]
    }

    fn connect(&mut self, now: Duration, mtu: usize) {
        // What happens at this very moment happens with the link.
        self.advance_while(|time| time < now);
        self.link = Some(Link {
            mtu,
            subscribed: BTreeSet::new(),
        });
    }

    fn disconnect(&mut self, now: Duration) {
        self.advance(now);
        self.link = None;
        self.outputs.clear();
    }

    fn subscribe(&mut self, _: Duration, characteristic: Uuid) -> Result<(), Refused> {
        let link = self.link.as_mut().ok_or(Refused)?;
        link.subscribed.insert(characteristic);
        Ok(())
    }

    fn read(&mut self, _: Duration, characteristic: Uuid) -> Result<Vec<u8>, Refused> {
        match characteristic {
            monitor::SETTINGS => Ok(self.settings.to_vec()),
            monitor::STROKE_SETTINGS => Ok(self.stroke_settings.to_vec()),
            battery::LEVEL => Ok(vec![87]),
            device_information::MANUFACTURER_NAME => Ok(b"ESP Rowing Monitor".to_vec()),
            device_information::SERIAL_NUMBER => Ok(b"A1B2C3".to_vec()),
            device_information::FIRMWARE_REVISION => Ok(b"20260321".to_vec()),
            other if other == self.service.feature().0 => Ok(self.service.feature().1),
            _ => Err(Refused),
        }
    }

    fn write(
        &mut self,
        now: Duration,
        characteristic: Uuid,
        kind: WriteKind,
        value: &[u8],
    ) -> Result<(), Refused> {
        self.advance(now);
        let services = self.services();
        let all = services.iter().flat_map(|service| &service.characteristics);
        let found = all.into_iter().find(|found| found.name == characteristic);
        if !found.is_some_and(|found| found.properties.offers(kind)) {
            return Err(Refused);
        }
        if characteristic == monitor::OTA_RX {
            self.handle_update(now, value);
        } else {
            self.handle_control(now, characteristic, value);
        }
        Ok(())
    }

    fn poll_output(&mut self, now: Duration) -> Option<(Duration, Output)> {
        self.advance(now);
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        self.due().map(|(time, _)| time)
    }
}
