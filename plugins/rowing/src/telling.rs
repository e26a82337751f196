use pipeline_plugin::{
    Batch, Curve, Event, Field, Header, Item, Kind, Meta, Result, Sensor, Sport, StreamOut,
    Timestamp, field,
};
use rowing::{Gap, Sample, Stroke};

use crate::edge::Edge;
use crate::machine::Machine;

/// What every rower tells.
const COLUMNS: [Field; 7] = [
    field::DISTANCE,
    field::SPEED,
    field::CADENCE,
    field::POWER,
    field::HEART_RATE,
    field::TOTAL_CYCLES,
    field::CYCLE_LENGTH,
];

/// What an ESP Rowing Monitor tells beyond.
const OWN_COLUMNS: [Field; 3] = [field::DRIVE_TIME, field::RECOVERY_TIME, field::DRAG_FACTOR];

/// What follows from force curves.
const FORCE_COLUMNS: [Field; 4] = [
    field::AVERAGE_DRIVE_FORCE,
    field::PEAK_DRIVE_FORCE,
    field::DRIVE_LENGTH,
    field::STROKE_WORK,
];

/// Metres after which an activity counts although there are too few strokes for it: some rowers
/// count none.
const METRES_PER_STROKE: f64 = 20.0;

/// An activity on its way to the transforms.
///
/// It is held back until it has enough strokes to be one.
#[derive(Debug)]
pub(crate) struct Telling {
    edge: Edge,
    header: Header,
    columns: Vec<Field>,
    min_strokes: u32,
    state: State,
    items: Vec<Item>,
    /// What else has measured, as far as it was told.
    sensors: Vec<Sensor>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Too few strokes so far.
    Held,
    /// To be opened.
    Due,
    Open,
}

impl Telling {
    pub(crate) fn new(edge: Edge, start: Timestamp, machine: &Machine, min_strokes: u32) -> Self {
        let own = machine.rower.is_esp_rowing_monitor();
        let has_forces = machine
            .rower
            .subscriptions()
            .contains(&esprm::assigned::characteristic::HANDLE_FORCES);
        let mut columns = COLUMNS.to_vec();
        if own {
            columns.extend(OWN_COLUMNS);
        }
        if has_forces {
            columns.extend(FORCE_COLUMNS);
        }
        let header = Header {
            kind: Kind::Activity,
            name: machine.title.clone(),
            start,
            sport: Sport::INDOOR_ROWING,
            device: machine.device.clone(),
            ..Header::default()
        };
        Self {
            edge,
            header,
            columns,
            min_strokes,
            state: if min_strokes == 0 {
                State::Due
            } else {
                State::Held
            },
            items: Vec::new(),
            sensors: Vec::new(),
        }
    }

    /// A sensor has measured for the row; it is told once.
    pub(crate) fn sensor(&mut self, sensor: &Sensor) {
        if !self.sensors.contains(sensor) {
            self.sensors.push(sensor.clone());
            let sensors = vec![sensor.clone()];
            self.event(Event::Meta(Meta {
                sensors,
                ..Meta::default()
            }));
        }
    }

    pub(crate) fn stroke(&mut self, stroke: &Stroke) {
        if !stroke.forces.is_empty() {
            let curve = Curve {
                time: self.edge.timestamp(stroke.sample.time),
                field: "handle_force".to_owned(),
                interval: None,
                values: stroke.forces.iter().copied().map(f64::from).collect(),
            };
            self.items.push(Item::Curve(curve));
        }
        self.row(&stroke.sample, Some(stroke));
    }

    pub(crate) fn sample(&mut self, sample: &Sample) {
        self.row(sample, None);
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.items.push(Item::Event(event));
    }

    pub(crate) fn gap(&mut self, gap: &Gap) {
        let (start, end) = (self.edge.timestamp(gap.start), self.edge.timestamp(gap.end));
        self.event(Event::Gap { start, end });
    }

    #[expect(clippy::cast_precision_loss, reason = "2^53 strokes are no row")]
    fn row(&mut self, sample: &Sample, stroke: Option<&Stroke>) {
        let of = |value: fn(&Stroke) -> f64| stroke.map_or(f64::NAN, value);
        // In the order of the columns.
        let mut values = vec![
            sample.distance,
            sample.speed,
            sample.stroke_rate,
            sample.power,
            sample.heart_rate,
            sample.strokes as f64,
            of(|stroke| stroke.length),
        ];
        if self.columns.len() > COLUMNS.len() {
            values.extend([
                of(|stroke| stroke.drive_time),
                of(|stroke| stroke.recovery_time),
                sample.drag_factor,
            ]);
        }
        values.extend([
            of(|stroke| stroke.handle.average_force),
            of(|stroke| stroke.handle.peak_force),
            of(|stroke| stroke.handle.drive_length),
            of(|stroke| stroke.handle.work),
        ]);
        let mut batch = Batch::of_times(vec![self.edge.timestamp(sample.time)]);
        for (field, value) in self.columns.iter().zip(values) {
            batch.add(field.clone(), vec![value]);
        }
        self.items.push(Item::Samples(batch));
        let enough = sample.strokes >= self.min_strokes.into()
            || sample.distance >= f64::from(self.min_strokes) * METRES_PER_STROKE;
        if self.state == State::Held && enough {
            self.state = State::Due;
        }
    }

    /// The header of the activity.
    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// Sends what has come together.
    pub(crate) async fn flush(&mut self, out: &mut dyn StreamOut) -> Result<()> {
        if self.state == State::Held {
            return Ok(());
        }
        if self.state == State::Due {
            out.open(self.header.clone()).await?;
            self.state = State::Open;
        }
        for item in self.items.drain(..) {
            out.send(item).await?;
        }
        Ok(())
    }

    /// The activity is over. Returns whether it was one.
    pub(crate) async fn finish(mut self, out: &mut dyn StreamOut) -> Result<bool> {
        if self.state == State::Held {
            return Ok(false);
        }
        self.flush(out).await?;
        // What a sink lacks is in the host's journal; a rower keeps no rows.
        let _ = out.finish().await?;
        Ok(true)
    }
}
