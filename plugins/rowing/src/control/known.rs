use esprm::{BleService, Error, Request, Settings, StrokeDetectionSettings};

/// All settings of a monitor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known {
    /// As which kind of sensor it counts.
    pub service: BleService,
    /// How it measures.
    pub settings: Settings,
    /// How it tells drive from recovery; firmware before 2025-07 does not say.
    pub strokes: Option<StrokeDetectionSettings>,
}

impl Known {
    /// What to ask of a monitor so that these settings become `after`. The change of the service
    /// comes last: it makes the monitor restart.
    ///
    /// # Errors
    ///
    /// When a setting is out of the monitor's range.
    pub fn requests(&self, after: &Self) -> Result<Vec<Request>, Error> {
        let (old, new) = (&self.settings, &after.settings);
        let mut requests = Vec::new();
        let mut add = |differs: bool, request: Request| {
            if differs {
                requests.push(request);
            }
        };
        add(
            old.log_level != new.log_level,
            Request::SetLogLevel(new.log_level),
        );
        let on = |logging| logging == esprm::Logging::On;
        add(
            old.delta_times != new.delta_times,
            Request::SetDeltaTimeLogging(on(new.delta_times)),
        );
        add(
            old.sd_card != new.sd_card,
            Request::SetSdCardLogging(on(new.sd_card)),
        );
        add(
            old.machine != new.machine,
            Request::SetMachineSettings(new.machine),
        );
        add(
            old.sensor != new.sensor,
            Request::SetSensorSignalSettings(new.sensor),
        );
        add(
            old.drag_factor != new.drag_factor,
            Request::SetDragFactorSettings(new.drag_factor),
        );
        if let Some(strokes) = after.strokes {
            let request = Request::SetStrokeDetectionSettings(strokes);
            add(self.strokes != after.strokes, request);
        }
        let service = Request::ChangeBleService(after.service);
        add(self.service != after.service, service);
        for request in &requests {
            request.encode()?;
        }
        Ok(requests)
    }

    /// Whether these settings are what was asked for, as exactly as the monitor can hold it.
    pub fn holds(&self, request: &Request) -> bool {
        let settings = &self.settings;
        let on = |logging| logging == esprm::Logging::On;
        let own = match request {
            Request::SetLogLevel(_) => Request::SetLogLevel(settings.log_level),
            Request::ChangeBleService(_) => Request::ChangeBleService(self.service),
            Request::SetDeltaTimeLogging(_) => {
                Request::SetDeltaTimeLogging(on(settings.delta_times))
            }
            Request::SetSdCardLogging(_) => Request::SetSdCardLogging(on(settings.sd_card)),
            Request::SetMachineSettings(_) => Request::SetMachineSettings(settings.machine),
            Request::SetSensorSignalSettings(_) => {
                Request::SetSensorSignalSettings(settings.sensor)
            }
            Request::SetDragFactorSettings(_) => {
                Request::SetDragFactorSettings(settings.drag_factor)
            }
            Request::SetStrokeDetectionSettings(_) => match self.strokes {
                Some(strokes) => Request::SetStrokeDetectionSettings(strokes),
                None => return false,
            },
            Request::RestartDevice => return true,
        };
        own.encode().is_ok_and(|own| Ok(own) == request.encode())
    }

    /// Whether a change to `after` takes effect only when the monitor has restarted.
    pub fn needs_restart(&self, after: &Self) -> bool {
        let (old, new) = (&self.settings, &after.settings);
        self.service == after.service
            && (old.machine != new.machine
                || old.sensor != new.sensor
                || old.drag_factor != new.drag_factor
                || self.strokes != after.strokes)
    }
}
