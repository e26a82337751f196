use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use gatt::assigned::{characteristic, service};
use gatt::{DeviceInformation, battery_level};
use pipeline_plugin::ble::{Ble, Connection, LinkEvent, Selector, Sighting};
use pipeline_plugin::{Error, ErrorKind, Result, Sensor, SensorKind, SourceCx, Timestamp};

use crate::HeartRate;
use crate::machine::described;

/// How long to collect belts before the one with the strongest signal is taken: there may be
/// others in the room.
const COMPARE: f64 = 5.0;

/// How long one look takes; nothing is done in between.
const LOOK: Duration = Duration::from_secs(3600);

/// How long to leave an adapter alone that can't be used: its service may be starting anew.
const REST: Duration = Duration::from_secs(10);

/// Pauses between attempts, in seconds.
const FIRST_PAUSE: f64 = 2.0;
const LONGEST_PAUSE: f64 = 60.0;

/// A heart-rate belt that may come and go.
pub(crate) struct Belt<'a> {
    settings: &'a HeartRate,
    cx: &'a SourceCx,
    /// What is no belt, even if it tells a heart rate: the rower.
    rower: String,
    /// What it does until the next thing is heard; none while there is to be no belt.
    step: Option<Step<'a>>,
}

/// What a belt does until the next thing is heard, and how it is then.
type Step<'a> = Pin<Box<dyn Future<Output = (State, Heard)> + Send + 'a>>;

/// What is heard of the belt.
#[derive(Debug)]
pub(crate) enum Heard {
    /// It is connected, under that name; what it is, if it was not there before.
    Connected {
        title: String,
        sensor: Option<Box<Sensor>>,
    },
    /// It sent a heart rate.
    Value { time: Timestamp, value: Vec<u8> },
    /// The link was lost; it is looked for again.
    Lost,
    /// There is none for that reason; it is looked for again now and then, in silence.
    Failed(Error),
}

/// What is known of a belt.
#[derive(Debug)]
enum State {
    /// It is looked for; this one, if it was there before.
    Seeking(Option<Sighting>),
    Connected(Sighting, Connection),
    /// The adapter could not be used; this one was there before. It may come back.
    Resting(Option<Sighting>),
}

impl<'a> Belt<'a> {
    pub(crate) fn new(settings: &'a HeartRate, cx: &'a SourceCx) -> Self {
        Self {
            settings,
            cx,
            rower: String::new(),
            step: None,
        }
    }

    /// Begins to look for one that is not the rower.
    pub(crate) fn seek(&mut self, rower: &Sighting) {
        self.rower.clone_from(&rower.id);
        if self.step.is_none() && *self.settings != HeartRate::Off {
            self.step(State::Seeking(None));
        }
    }

    /// The next thing that is heard. Nothing is lost when the future is dropped.
    pub(crate) async fn heard(&mut self) -> Heard {
        poll_fn(|task| {
            let Some(step) = &mut self.step else {
                return Poll::Pending;
            };
            step.as_mut().poll(task).map(|(state, heard)| {
                self.step(state);
                heard
            })
        })
        .await
    }

    fn step(&mut self, state: State) {
        let rower = self.rower.clone();
        self.step = Some(Box::pin(advance(self.settings, self.cx, rower, state)));
    }
}

async fn advance(
    settings: &HeartRate,
    cx: &SourceCx,
    rower: String,
    state: State,
) -> (State, Heard) {
    let (before, result) = match state {
        State::Resting(before) => {
            let result = rest(settings, cx, &rower, before.as_ref()).await;
            (before, result)
        }
        State::Connected(belt, connection) => (Some(belt.clone()), listen(belt, connection).await),
        State::Seeking(before) => {
            let result = seek(settings, cx, &rower, before.as_ref()).await;
            (before, result)
        }
    };
    match result {
        Ok(step) => step,
        // Whoever listens hears of that by himself.
        Err(error) if error.kind() == ErrorKind::Cancelled => pending().await,
        Err(error) => (State::Resting(before), Heard::Failed(error)),
    }
}

/// Looks for a belt now and then until one is there.
async fn rest(
    settings: &HeartRate,
    cx: &SourceCx,
    rower: &str,
    before: Option<&Sighting>,
) -> Result<(State, Heard)> {
    loop {
        cx.sleep(REST).await?;
        match seek(settings, cx, rower, before).await {
            Err(error) if error.kind() != ErrorKind::Cancelled => {}
            result => return result,
        }
    }
}

async fn listen(belt: Sighting, mut connection: Connection) -> Result<(State, Heard)> {
    loop {
        match connection.next(LOOK).await? {
            Some(LinkEvent::Value {
                time,
                characteristic: characteristic::HEART_RATE_MEASUREMENT,
                value,
            }) => {
                let state = State::Connected(belt, connection);
                return Ok((state, Heard::Value { time, value }));
            }
            Some(LinkEvent::Lost { .. }) => return Ok((State::Seeking(Some(belt)), Heard::Lost)),
            _ => {}
        }
    }
}

async fn seek(
    settings: &HeartRate,
    cx: &SourceCx,
    rower: &str,
    before: Option<&Sighting>,
) -> Result<(State, Heard)> {
    let ble = cx.ble()?;
    let mut pause = FIRST_PAUSE;
    // One that breaks the link off when it is asked is not asked again: its heart rate is what
    // matters.
    let mut is_asked = true;
    loop {
        let belt = find(settings, cx, rower, before).await?;
        match connect(ble, &belt, before.is_none(), is_asked).await {
            Ok((connection, sensor)) => {
                let title = belt.title().to_owned();
                let heard = Heard::Connected { title, sensor };
                return Ok((State::Connected(belt, connection), heard));
            }
            Err(error) if matches!(error.kind(), ErrorKind::Cancelled | ErrorKind::Resource) => {
                return Err(error);
            }
            // It was there a moment ago: perhaps something else is connected to it.
            Err(_) => cx.sleep(Duration::from_secs_f64(pause)).await?,
        }
        is_asked = false;
        pause = (pause * 2.0).min(LONGEST_PAUSE);
    }
}

/// Makes a link to a belt; what it is, if it is new.
async fn connect(
    ble: &Ble,
    belt: &Sighting,
    is_new: bool,
    is_asked: bool,
) -> Result<(Connection, Option<Box<Sensor>>)> {
    let mut connection = ble.connect(belt).await?;
    let sensor = match (is_new, is_asked) {
        (true, true) => Some(ask(&mut connection, belt).await?),
        (true, false) => Some(sensor(&DeviceInformation::default(), belt, None)),
        (false, _) => None,
    };
    connection
        .subscribe(characteristic::HEART_RATE_MEASUREMENT)
        .await?;
    Ok((connection, sensor.map(Box::new)))
}

/// Asks a belt what it is.
async fn ask(connection: &mut Connection, belt: &Sighting) -> Result<Sensor> {
    let mut information = DeviceInformation::default();
    for name in DeviceInformation::CHARACTERISTICS {
        if let Some(value) = connection.read_if_there(name).await? {
            information.take(name, &value);
        }
    }
    let battery = connection
        .read_if_there(characteristic::BATTERY_LEVEL)
        .await?;
    let battery = battery.and_then(|value| battery_level(&value).ok());
    Ok(sensor(&information, belt, battery))
}

fn sensor(said: &DeviceInformation, belt: &Sighting, battery: Option<u8>) -> Sensor {
    Sensor {
        kind: SensorKind::HeartRate,
        device: described(said, belt),
        battery,
    }
}

/// The belt that is meant: the one from before, the one that was named, or the nearest.
async fn find(
    settings: &HeartRate,
    cx: &SourceCx,
    rower: &str,
    before: Option<&Sighting>,
) -> Result<Sighting> {
    let mut selector = Selector::with_service(service::HEART_RATE);
    if let HeartRate::Named(name) = settings {
        selector = selector.named(name.clone());
    }
    let is_meant = |seen: &Sighting| match before {
        Some(before) => seen.id == before.id,
        None => seen.id != rower && selector.matches(seen),
    };
    let is_sure = before.is_some() || matches!(settings, HeartRate::Named(_));
    let mut scan = cx.ble()?.scan().await?;
    let mut best: Option<Sighting> = None;
    let mut until = None;
    loop {
        let left = until.map_or(LOOK.as_secs_f64(), |until: Timestamp| until - cx.now());
        if let Some(found) = best.take_if(|_| left <= 0.0) {
            return Ok(found);
        }
        let seen = scan.next(Duration::from_secs_f64(left.max(0.0))).await?;
        let Some(seen) = seen.filter(|seen| is_meant(seen)) else {
            continue;
        };
        if is_sure {
            return Ok(seen);
        }
        until = until.or_else(|| Some(cx.now() + COMPARE));
        let strength = |belt: &Sighting| belt.rssi.unwrap_or(i16::MIN);
        if best
            .as_ref()
            .is_none_or(|best| strength(&seen) > strength(best))
        {
            best = Some(seen);
        }
    }
}
