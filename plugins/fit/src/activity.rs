//! A stream as the messages of a FIT activity.

use std::collections::VecDeque;
use std::io::{Seek, Write};

use fit::profile::types::event_type;
use fit::{Encoder, Shape};
use pipeline_plugin::{
    Batch, Curve, Device, Error, Event, Header, Item, Lap, Result, Summary, Timestamp,
};

use crate::developer::Developers;
use crate::encoding::Encoding;
use crate::laps::Closing;
use crate::opening;
use crate::record::RecordLayout;

/// The most curves that wait for their records; a batch of strokes has fewer.
const CURVES: usize = 4 * Batch::ROWS;

/// Turns an error of the encoder into ours; what the output said decides what can be done.
pub(crate) fn cannot(error: fit::Error) -> Error {
    match error {
        fit::Error::Write(error) => Error::io("write the FIT file", error),
        error => Error::skip("the stream can't be written as FIT").with_source(error),
    }
}

/// Writes a stream as a FIT activity.
///
/// Records go out as they come; only the laps are kept until the end, where FIT wants them.
#[derive(Debug)]
pub struct ActivityWriter<W> {
    encoder: Encoder<W>,
    header: Header,
    encoding: Encoding,
    timer: Shape,
    layout: Option<RecordLayout>,
    developers: Developers,
    /// Curves of records that haven't come yet.
    curves: VecDeque<Curve>,
    laps: Vec<Lap>,
}

impl<W: Write + Seek> ActivityWriter<W> {
    /// Begins the file with everything that precedes the records.
    ///
    /// # Errors
    ///
    /// When `out` refuses.
    pub fn new(out: W, header: &Header, encoding: &Encoding) -> Result<Self> {
        let mut encoder = Encoder::new(out).map_err(cannot)?;
        opening::write(&mut encoder, header, &encoding.creator)?;
        let timer = opening::timer_shape()?;
        let start = opening::timer_values(header.start, event_type::START);
        encoder.write(&timer, &start).map_err(cannot)?;
        Ok(Self {
            encoder,
            header: header.clone(),
            encoding: encoding.clone(),
            timer,
            layout: None,
            developers: Developers::new(&header.developer_fields),
            curves: VecDeque::new(),
            laps: Vec::new(),
        })
    }

    /// Writes an item; laps are kept for the end.
    ///
    /// # Errors
    ///
    /// When the output refuses.
    pub fn write(&mut self, item: &Item) -> Result<()> {
        let timer = match item {
            Item::Samples(batch) => return self.samples(batch),
            Item::Lap(lap) => {
                self.laps.push(Lap::clone(lap));
                return Ok(());
            }
            Item::Event(Event::TimerStop { time }) => {
                opening::timer_values(*time, event_type::STOP)
            }
            Item::Event(Event::TimerStart { time }) => {
                opening::timer_values(*time, event_type::START)
            }
            Item::Curve(curve) => {
                self.curve(curve);
                return Ok(());
            }
            Item::Event(Event::Gap { start, .. }) => return self.gap(*start),
            Item::Event(Event::Meta(_)) | Item::Bytes(_) => return Ok(()),
        };
        self.encoder.write(&self.timer, &timer).map_err(cannot)
    }

    /// Marks where the recorder was not heard any more.
    fn gap(&mut self, start: Timestamp) -> Result<()> {
        let (shape, values) = (opening::gap_shape()?, opening::gap_values(start));
        self.encoder.write(&shape, &values).map_err(cannot)
    }

    /// Keeps a curve until its record comes.
    fn curve(&mut self, curve: &Curve) {
        if self.curves.len() >= CURVES {
            self.curves.pop_front();
        }
        self.curves.push_back(curve.clone());
    }

    fn samples(&mut self, batch: &Batch) -> Result<()> {
        let fits = |layout: &RecordLayout| layout.fits(batch);
        if !self.layout.as_ref().is_some_and(fits) {
            let layout = RecordLayout::of(batch, &mut self.developers)?;
            self.developers.describe(&mut self.encoder)?;
            self.layout = Some(layout);
        }
        match &mut self.layout {
            Some(layout) => layout.write(
                batch,
                &mut self.curves,
                &mut self.developers,
                &mut self.encoder,
            ),
            None => Ok(()),
        }
    }

    /// Completes the file and gives the output back.
    ///
    /// # Errors
    ///
    /// When the output refuses.
    pub fn finish(mut self, summary: &Summary) -> Result<W> {
        let timezone = self.encoding.timezone;
        let own = timezone.map(|zone| zone.offset_at(self.header.start).0);
        let offset = own.or(self.header.utc_offset);
        let closing = Closing::new(&self.header, summary, &self.laps, offset);
        let stop = opening::timer_values(closing.whole.end, event_type::STOP_ALL);
        self.encoder.write(&self.timer, &stop).map_err(cannot)?;
        // Many files name their recorder at the end only.
        if let (true, Some(name)) = (self.header.device.name.is_empty(), &summary.meta.device) {
            let device = Device {
                name: name.clone(),
                ..self.header.device.clone()
            };
            opening::recorder(&mut self.encoder, &device, closing.whole.end)?;
        }
        opening::sensors(&mut self.encoder, &summary.meta.sensors, closing.whole.end)?;
        let developer = match &summary.calories_method {
            Some(_) => self.developers.ours(&mut self.encoder)?,
            None => 0,
        };
        closing.write(&mut self.encoder, developer)?;
        self.encoder.finish().map_err(cannot)
    }

    /// How many values did not fit their field and were written as the nearest that does.
    pub fn saturated(&self) -> u64 {
        self.encoder.saturated()
    }
}
