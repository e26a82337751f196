use esprm::assigned as own;
use gatt::assigned::{characteristic, service};
use gatt::{ControlRefused, DeviceInformation, EventClock, FitnessMachineControl, Uuid};

/// A rower, as its services tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    base: BaseService,
    esp_rowing_monitor: bool,
    services: Vec<Uuid>,
    subscriptions: Vec<Uuid>,
}

/// The service in which a rower counts distance and strokes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseService {
    /// Cycling Power: in centimetres, as if they were revolutions of a wheel.
    CyclingPower,
    /// Cycling Speed and Cadence: the same.
    CyclingSpeedAndCadence,
    /// Fitness Machine: in metres.
    FitnessMachine,
}

impl Device {
    /// Of all services and characteristics that were discovered; `None` when it is no rower.
    ///
    /// An ESP Rowing Monitor advertises its base service only, and has one at a time, so what it is
    /// shows after discovery.
    pub fn of(services: &[Uuid], characteristics: &[Uuid]) -> Option<Self> {
        let has = |name: &Uuid| characteristics.contains(name);
        let esp_rowing_monitor = [own::service::EXTENDED_METRICS, own::service::SETTINGS]
            .iter()
            .any(|name| services.contains(name));
        // Of a rower that has several, the Fitness Machine is the one that is meant for rowers; a
        // monitor of centimetres that has one counts more finely in the others.
        let order = if esp_rowing_monitor {
            [
                BaseService::CyclingPower,
                BaseService::CyclingSpeedAndCadence,
                BaseService::FitnessMachine,
            ]
        } else {
            [
                BaseService::FitnessMachine,
                BaseService::CyclingPower,
                BaseService::CyclingSpeedAndCadence,
            ]
        };
        let base = order.into_iter().find(|base| has(&base.measurement()))?;
        let own = [
            own::characteristic::EXTENDED_METRICS,
            own::characteristic::HANDLE_FORCES,
            own::characteristic::SETTINGS,
            characteristic::BATTERY_LEVEL,
        ];
        let subscriptions = std::iter::once(base.measurement())
            .chain(own.into_iter().filter(has))
            .collect();
        Some(Self {
            base,
            esp_rowing_monitor,
            services: services.to_vec(),
            subscriptions,
        })
    }

    /// The services to look for while scanning.
    pub const fn advertised() -> [Uuid; 3] {
        [
            service::CYCLING_POWER,
            service::CYCLING_SPEED_AND_CADENCE,
            service::FITNESS_MACHINE,
        ]
    }

    /// Without force curves: they are not subscribed to, and no stroke waits for one.
    #[must_use]
    pub fn without_forces(mut self) -> Self {
        self.subscriptions
            .retain(|name| *name != own::characteristic::HANDLE_FORCES);
        self
    }

    /// Where it counts distance and strokes.
    pub fn base(&self) -> BaseService {
        self.base
    }

    /// Whether it is an ESP Rowing Monitor.
    pub fn is_esp_rowing_monitor(&self) -> bool {
        self.esp_rowing_monitor
    }

    /// What to subscribe to, after every connection.
    pub fn subscriptions(&self) -> &[Uuid] {
        &self.subscriptions
    }

    /// What to read after connecting, where the device has it; its values go where those of the
    /// subscriptions go.
    pub fn readings(&self) -> Vec<Uuid> {
        let mut readings = DeviceInformation::CHARACTERISTICS.to_vec();
        readings.push(characteristic::BATTERY_LEVEL);
        if self.esp_rowing_monitor {
            readings.push(own::characteristic::SETTINGS);
        }
        readings
    }

    /// The right to control a Fitness Machine.
    ///
    /// # Errors
    ///
    /// When this one must not be written to, such as an ESP Rowing Monitor.
    pub fn control(
        &self,
        information: &DeviceInformation,
    ) -> Result<FitnessMachineControl, ControlRefused> {
        FitnessMachineControl::of(&self.services, information)
    }

    pub(crate) fn sends(&self, name: &Uuid) -> bool {
        self.subscriptions.contains(name)
    }

    /// How the times of wheel and crank count.
    pub(crate) fn clocks(&self) -> [EventClock; 2] {
        let clocks = match self.base {
            BaseService::CyclingPower => [
                EventClock::CYCLING_POWER_WHEEL,
                EventClock::CYCLING_POWER_CRANK,
            ],
            _ => [EventClock::CSC; 2],
        };
        if self.esp_rowing_monitor {
            clocks.map(EventClock::modulo_65535)
        } else {
            clocks
        }
    }
}

impl BaseService {
    /// The characteristic that carries the counters.
    pub const fn measurement(self) -> Uuid {
        match self {
            Self::CyclingPower => characteristic::CYCLING_POWER_MEASUREMENT,
            Self::CyclingSpeedAndCadence => characteristic::CSC_MEASUREMENT,
            Self::FitnessMachine => characteristic::ROWER_DATA,
        }
    }

    /// How many counts of distance make a metre.
    pub(crate) const fn per_metre(self) -> u32 {
        match self {
            Self::CyclingPower | Self::CyclingSpeedAndCadence => 100,
            Self::FitnessMachine => 1,
        }
    }

    /// The highest count of distance, after which it begins again.
    pub(crate) const fn highest(self) -> u32 {
        match self {
            Self::CyclingPower | Self::CyclingSpeedAndCadence => u32::MAX,
            Self::FitnessMachine => 0xFF_FFFF,
        }
    }
}
