//! A stream as the messages of a FIT activity.

use std::io::{Seek, Write};

use fit::profile::types::event_type;
use fit::{Encoder, Shape};
use pipeline_plugin::{Batch, Device, Error, Event, Header, Item, Lap, Result, Summary};

use crate::developer::{APPLICATION, APPLICATION_VERSION, Developers};
use crate::encoding::Encoding;
use crate::laps::Closing;
use crate::opening;
use crate::record::RecordLayout;

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
    described: bool,
    developers: Developers,
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
            described: false,
            developers: Developers::default(),
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
            Item::Event(Event::Meta(_)) | Item::Curve(_) | Item::Bytes(_) => return Ok(()),
        };
        self.encoder.write(&self.timer, &timer).map_err(cannot)
    }

    fn samples(&mut self, batch: &Batch) -> Result<()> {
        if !self
            .layout
            .as_ref()
            .is_some_and(|layout| layout.fits(batch))
        {
            let layout = RecordLayout::of(batch, &mut self.developers)?;
            if !layout.new.is_empty() {
                self.describe_application()?;
            }
            for developer in &layout.new {
                self.encoder
                    .write_description(&developer.as_field())
                    .map_err(cannot)?;
            }
            self.layout = Some(layout);
        }
        let Some(layout) = &mut self.layout else {
            return Ok(());
        };
        let encoder = &mut self.encoder;
        layout.rows(batch, |shape, row| {
            encoder.write(shape, row).map_err(cannot)
        })
    }

    fn describe_application(&mut self) -> Result<()> {
        if std::mem::replace(&mut self.described, true) {
            return Ok(());
        }
        self.encoder
            .write_application(0, &APPLICATION, APPLICATION_VERSION)
            .map_err(cannot)
    }

    /// Completes the file and gives the output back.
    ///
    /// # Errors
    ///
    /// When the output refuses.
    pub fn finish(mut self, summary: &Summary) -> Result<W> {
        let stop = opening::timer_values(summary.end, event_type::STOP_ALL);
        self.encoder.write(&self.timer, &stop).map_err(cannot)?;
        // Many files name their recorder at the end only.
        if let (true, Some(name)) = (self.header.device.name.is_empty(), &summary.meta.device) {
            let device = Device {
                name: name.clone(),
                ..self.header.device.clone()
            };
            opening::recorder(&mut self.encoder, &device, summary.end)?;
        }
        if summary.calories_method.is_some() {
            self.describe_application()?;
        }
        let closing = Closing {
            header: &self.header,
            summary,
            offset: self
                .encoding
                .timezone
                .map(|offset| offset.0)
                .or(self.header.utc_offset),
        };
        closing.write(&mut self.encoder, &self.laps)?;
        self.encoder.finish().map_err(cannot)
    }

    /// How many values did not fit their field and were written as the nearest that does.
    pub fn saturated(&self) -> u64 {
        self.encoder.saturated()
    }
}
