use gatt::Uuid;
use gatt::assigned::characteristic;
use pipeline_plugin::{Even, Event, Level, Result, Sensor, SourceCx, StreamOut, Timestamp};
use rowing::{Gap, Recorder};

use crate::Rowing;
use crate::belt::Heard;
use crate::deltas::Deltas;
use crate::edge::Edge;
use crate::machine::Machine;
use crate::telling::Telling;

/// How long a rower that is connected again may take to tell what it counted meanwhile, before the
/// row is over because nobody rows. Measurements come every second.
const GRACE: f64 = 10.0;

/// While nobody rows, what was heard is done with after so many seconds.
const SETTLED: f64 = 600.0;

/// How many times longer a silence must have become until it is subscribed again. Each time that the
/// recorder says it, it is twice as long, or a little less.
const PATIENCE: f64 = 1.9;

/// How long to wait at most while nothing is due, in seconds.
const LOOK: f64 = 3600.0;

/// The rows of one rower, one after another: what is told, and when one is over.
///
/// All times are those of the links. What was due before something arrived is done before it, at
/// the time at which it was due.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    settings: &'a Rowing,
    cx: &'a SourceCx,
    edge: Edge,
    recorder: Recorder,
    machine: Option<Machine>,
    /// The belt that was connected last.
    belt: Option<Sensor>,
    link: Link,
    /// The activity, once it has begun.
    telling: Option<Telling>,
    began: Option<Timestamp>,
    /// From its first stroke on, when nobody knows yet whether it will be one.
    even: Option<Even>,
    /// Its delta times, if they are wanted.
    deltas: Option<Deltas>,
    /// When somebody last rowed.
    moved: Timestamp,
    strokes: u64,
    distance: f64,
    /// When something was last done.
    now: Timestamp,
    /// When the host was last told that what was heard is done with; not since a row or a new link.
    settled: Option<Timestamp>,
    /// When the rower was last heard.
    heard: Timestamp,
    /// When it was last subscribed to again, if it was silent since it was heard.
    revived: Option<Timestamp>,
    /// What to subscribe to again.
    silent: Option<Uuid>,
}

/// What is known of the link to the rower.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    /// There was none yet.
    None,
    /// It was made then.
    Up(Timestamp),
    /// It was lost then.
    Lost(Timestamp),
}

impl<'a> Row<'a> {
    pub(crate) fn new(settings: &'a Rowing, cx: &'a SourceCx) -> Self {
        let now = cx.now();
        Self {
            settings,
            cx,
            edge: Edge::new(now),
            recorder: Recorder::default(),
            machine: None,
            belt: None,
            link: Link::None,
            telling: None,
            began: None,
            even: None,
            deltas: None,
            moved: now,
            strokes: 0,
            distance: 0.0,
            now,
            settled: None,
            heard: now,
            revived: None,
            silent: None,
        }
    }

    /// The rower of the activity that goes on, to which a link is to be made again.
    pub(crate) fn machine(&self) -> Option<&Machine> {
        self.machine.as_ref().filter(|_| self.began.is_some())
    }

    /// The rower is connected and subscribed to.
    pub(crate) async fn connected(
        &mut self,
        time: Timestamp,
        machine: Machine,
        out: &mut dyn StreamOut,
    ) -> Result<()> {
        self.advance(time, out).await?;
        self.link = Link::Up(self.now.max(time));
        (self.heard, self.revived) = (self.now, None);
        self.settled = None;
        self.machine = Some(machine);
        self.introduce(time);
        Ok(())
    }

    /// Tells the recorder which rower there is.
    fn introduce(&mut self, time: Timestamp) {
        let Some(machine) = &self.machine else {
            return;
        };
        let now = self.edge.instant(self.now.max(time));
        self.recorder.handle_connected(now, machine.rower.clone());
        if let Some(settings) = &machine.settings {
            let name = esprm::assigned::characteristic::SETTINGS;
            self.recorder.handle_value(now, name, settings);
        }
        self.drain();
    }

    /// The link to the rower was lost.
    pub(crate) async fn lost(&mut self, time: Timestamp, out: &mut dyn StreamOut) -> Result<()> {
        self.advance(time, out).await?;
        let time = self.now.max(time);
        self.now = time;
        self.link = Link::Lost(time);
        self.recorder.handle_disconnected(self.edge.instant(time));
        self.drain();
        self.flush(out).await
    }

    /// Something came from the rower.
    pub(crate) async fn value(
        &mut self,
        time: Timestamp,
        name: Uuid,
        value: &[u8],
        out: &mut dyn StreamOut,
    ) -> Result<()> {
        self.advance(time, out).await?;
        (self.heard, self.revived) = (self.now, None);
        if name == esprm::assigned::characteristic::DELTA_TIMES {
            return self.delta_times(time, value);
        }
        if let Some(machine) = &mut self.machine
            && name == esprm::assigned::characteristic::SETTINGS
        {
            machine.settings = Some(value.to_vec());
        }
        self.take(time, name, value, out).await
    }

    /// What comes before the first stroke belongs to no activity.
    fn delta_times(&mut self, time: Timestamp, value: &[u8]) -> Result<()> {
        if self.began.is_none() {
            return Ok(());
        }
        let deltas = match &mut self.deltas {
            Some(deltas) => deltas,
            none => none.insert(Deltas::new()?),
        };
        deltas.take(time, value)
    }

    /// Something came from the belt.
    pub(crate) async fn heard(&mut self, heard: Heard, out: &mut dyn StreamOut) -> Result<()> {
        match heard {
            Heard::Value { time, value } => {
                self.advance(time, out).await?;
                let name = characteristic::HEART_RATE_MEASUREMENT;
                // It belongs to the row if it has told something in it.
                if let (Some(telling), Some(belt)) = (&mut self.telling, &self.belt) {
                    telling.sensor(belt);
                }
                self.take(time, name, &value, out).await
            }
            Heard::Connected { title, sensor } => {
                self.belt = sensor.map(|sensor| *sensor).or(self.belt.take());
                self.say(format!("heart rate from `{title}`"));
                Ok(())
            }
            Heard::Lost => {
                self.say("the heart-rate belt is out of reach; the row goes on without");
                Ok(())
            }
            Heard::Failed(error) => {
                let why = error.with_causes();
                self.cx.context().warn(format!("no heart rate: {why}"));
                Ok(())
            }
        }
    }

    async fn take(
        &mut self,
        time: Timestamp,
        name: Uuid,
        value: &[u8],
        out: &mut dyn StreamOut,
    ) -> Result<()> {
        self.now = self.now.max(time);
        let now = self.edge.instant(self.now);
        self.recorder.handle_value(now, name, value);
        self.drain();
        self.flush(out).await
    }

    /// Does what is due up to that time, when it is due.
    pub(crate) async fn advance(&mut self, to: Timestamp, out: &mut dyn StreamOut) -> Result<()> {
        while let Some(due) = self.due().filter(|due| *due <= to) {
            self.now = self.now.max(due);
            if self.ends_at().is_some_and(|end| end <= due) {
                self.end(due, out).await?;
            } else if let Some(instant) = self.recorder.poll_timeout() {
                self.recorder.handle_timeout(instant);
                self.drain();
            }
        }
        self.flush(out).await
    }

    /// When something is next to be done.
    fn due(&self) -> Option<Timestamp> {
        let timeout = self.recorder.poll_timeout();
        let timeout = timeout.map(|instant| self.edge.timestamp(instant));
        timeout.into_iter().chain(self.ends_at()).min()
    }

    /// How long to wait for the links.
    pub(crate) fn patience(&self) -> std::time::Duration {
        let left = self.due().map_or(LOOK, |due| due - self.cx.now());
        std::time::Duration::from_secs_f64(left.clamp(0.0, LOOK))
    }

    /// When the activity is over if nothing happens.
    fn ends_at(&self) -> Option<Timestamp> {
        let began = self.began?;
        let quiet = match self.link {
            Link::Up(since) => (self.moved + self.settings.idle.value()).max(since + GRACE),
            Link::None => self.moved + self.settings.idle.value(),
            Link::Lost(since) => since + self.settings.lost.value(),
        };
        let longest = self.settings.max_time.map(|time| began + time.value());
        Some(longest.map_or(quiet, |longest| longest.min(quiet)))
    }

    /// The activity is over, if there is one; the next may begin.
    pub(crate) async fn end(&mut self, time: Timestamp, out: &mut dyn StreamOut) -> Result<()> {
        let time = self.now.max(time);
        self.recorder.finish(self.edge.instant(time));
        self.drain();
        self.recorder = Recorder::default();
        self.began = None;
        self.even = None;
        self.settled = None;
        let strokes = std::mem::take(&mut self.strokes);
        self.distance = 0.0;
        let result = match self.telling.take() {
            Some(telling) => self.finish(telling, strokes, out).await,
            None => Ok(()),
        };
        match self.link {
            Link::Up(_) => self.introduce(time),
            _ => self.machine = None,
        }
        result
    }

    async fn finish(
        &mut self,
        telling: Telling,
        strokes: u64,
        out: &mut dyn StreamOut,
    ) -> Result<()> {
        let deltas = self.deltas.take();
        let header = telling.header().clone();
        let is_one = telling.finish(out).await?;
        if let Some(deltas) = deltas.filter(|_| is_one) {
            return deltas.send(&header, out).await;
        }
        if !is_one && strokes > 0 {
            let strokes = plural(strokes, "stroke");
            self.cx
                .context()
                .warn(format!("left out a row of {strokes}"));
        }
        Ok(())
    }

    /// Tells the host now and then that nobody rows and all rows before are finished. Only while the
    /// rower is connected, and has told what it counted before: then the next row begins with what
    /// that link tells.
    pub(crate) async fn settle(&mut self, out: &mut dyn StreamOut) -> Result<()> {
        let is_due = |before: Timestamp| self.now - before >= SETTLED;
        let is_up = matches!(self.link, Link::Up(since) if self.now - since >= GRACE);
        if self.began.is_none() && is_up && self.settled.is_none_or(is_due) {
            self.settled = Some(self.now);
            out.settled().await?;
        }
        Ok(())
    }

    async fn flush(&mut self, out: &mut dyn StreamOut) -> Result<()> {
        match &mut self.telling {
            Some(telling) => telling.flush(out).await,
            None => Ok(()),
        }
    }

    /// What to subscribe to again, because the rower has ceased to send it.
    pub(crate) fn take_silent(&mut self) -> Option<Uuid> {
        self.silent.take()
    }

    fn drain(&mut self) {
        while let Some(event) = self.recorder.poll_event() {
            self.tell(&event);
        }
    }

    fn tell(&mut self, event: &rowing::Event) {
        match event {
            rowing::Event::Started { time } => self.begin(self.edge.timestamp(*time)),
            rowing::Event::Silent { characteristic } => {
                // Ever more seldom, also when a row has ended meanwhile: it may be that nobody rows.
                let long =
                    |revived: Timestamp| self.now - self.heard >= PATIENCE * (revived - self.heard);
                if self.revived.is_none_or(long) {
                    self.revived = Some(self.now);
                    self.silent = Some(*characteristic);
                }
            }
            rowing::Event::Warning(warning) => {
                let cause = std::error::Error::source(warning);
                let cause = cause.map_or(String::new(), |cause| format!(": {cause}"));
                self.cx.context().warn(format!("{warning}{cause}"));
            }
            rowing::Event::Segment { .. } => {
                let context = self.cx.context();
                context.warn("the rower began to count anew; the row goes on");
            }
            event => self.item(event),
        }
    }

    fn begin(&mut self, time: Timestamp) {
        let Some(machine) = &self.machine else {
            return;
        };
        let least = self.settings.min_strokes;
        self.telling = Some(Telling::new(self.edge, time, machine, least));
        self.began = Some(time);
        self.even = Some(self.cx.even_time());
        self.moved = time;
    }

    fn item(&mut self, event: &rowing::Event) {
        let edge = self.edge;
        let Some(telling) = &mut self.telling else {
            return;
        };
        match event {
            rowing::Event::Stroke(stroke) => {
                telling.stroke(stroke);
                self.moved = self.moved.max(edge.timestamp(stroke.sample.time));
                (self.strokes, self.distance) = (stroke.sample.strokes, stroke.sample.distance);
            }
            rowing::Event::Sample(sample) => {
                telling.sample(sample);
                if sample.distance > self.distance {
                    self.moved = self.moved.max(edge.timestamp(sample.time));
                }
                (self.strokes, self.distance) = (sample.strokes, sample.distance);
            }
            rowing::Event::Paused { time } => {
                let time = edge.timestamp(*time);
                telling.event(Event::TimerStop { time });
            }
            rowing::Event::Resumed { time } => {
                let time = edge.timestamp(*time);
                telling.event(Event::TimerStart { time });
                self.moved = self.moved.max(time);
            }
            rowing::Event::Gap(gap) => {
                telling.gap(gap);
                self.missed(gap);
            }
            _ => {}
        }
    }

    fn missed(&mut self, gap: &Gap) {
        let (start, end) = (self.edge.timestamp(gap.start), self.edge.timestamp(gap.end));
        if gap.strokes > 0 || gap.distance > 0.0 {
            self.moved = self.moved.max(end);
        }
        self.cx.context().warn(format!(
            "the rower was not heard for {:.0} s; it counted {} and {:.0} m meanwhile",
            end - start,
            plural(gap.strokes, "stroke"),
            gap.distance
        ));
    }

    /// Tells the person who rows.
    pub(crate) fn say(&self, text: impl Into<String>) {
        say(self.cx, text);
    }
}

/// Tells the person who rows how it goes.
pub(crate) fn say(cx: &SourceCx, text: impl Into<String>) {
    cx.context().log(Level::Info, text);
}

fn plural(count: u64, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}
