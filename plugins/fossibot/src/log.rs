//! The stream: a day of rows.

use std::time::Duration;

use fossibot::{Profile, Status};
use pipeline_plugin::ble::Sighting;
use pipeline_plugin::{Device, Header, Kind, Result, SourceCx, StreamOut, Timestamp};

use crate::quality::Quality;
use crate::row::Rows;
use crate::settings::Fossibot;

const DAY: i64 = 86_400_000_000;

/// Writes the rows of a station into streams, one a day of UTC.
pub(crate) struct Log<'a> {
    settings: &'a Fossibot,
    cx: &'a SourceCx,
    out: &'a mut dyn StreamOut,
    rows: Option<(String, Rows)>,
    title: String,
    /// The day of the stream that is open, counted from 1970.
    day: Option<i64>,
    /// When the rows so far were last made durable.
    durable: Timestamp,
}

impl<'a> Log<'a> {
    pub(crate) fn new(
        settings: &'a Fossibot,
        out: &'a mut dyn StreamOut,
        cx: &'a SourceCx,
    ) -> Self {
        Self {
            settings,
            cx,
            out,
            rows: None,
            title: String::new(),
            day: None,
            durable: cx.now(),
        }
    }

    /// What follows is of that station, read by that profile.
    pub(crate) async fn begin(&mut self, device: &Sighting, profile: &Profile) -> Result<()> {
        let of = format!("{} {}", device.id, profile.name());
        if self.rows.as_ref().is_some_and(|(before, _)| *before == of) {
            return Ok(());
        }
        self.end().await?;
        let gap = Duration::try_from_secs_f64(self.settings.gap.value());
        let state = self.cx.context().state();
        let rows = Rows::new(profile, &device.id, gap.unwrap_or_default(), state)?;
        self.rows = Some((of, rows));
        device.title().clone_into(&mut self.title);
        Ok(())
    }

    /// How well the link does.
    pub(crate) fn quality(&mut self) -> Option<&mut Quality> {
        self.rows.as_mut().map(|(_, rows)| &mut rows.quality)
    }

    /// A status has come.
    pub(crate) async fn take(&mut self, time: Timestamp, status: &Status) -> Result<()> {
        let day = time.micros().div_euclid(DAY);
        if self.day.is_some_and(|open| open != day) {
            self.end().await?;
        }
        if self.day.is_none() {
            self.out.open(self.header(time)).await?;
            self.day = Some(day);
            self.durable = time;
        }
        let Some((_, rows)) = &mut self.rows else {
            return Ok(());
        };
        let item = rows.row(time, status);
        let every = self.settings.checkpoint.value();
        // A status that comes a moment early counts too.
        let is_due = time.seconds_since(self.durable) >= 0.99 * every;
        if is_due || rows.is_beyond() {
            let ahead = Duration::try_from_secs_f64(every).unwrap_or_default();
            rows.keep(self.cx.context().state(), ahead)?;
            self.durable = time;
            self.out.checkpoint().await?;
        }
        self.out.send(item).await
    }

    fn header(&self, start: Timestamp) -> Header {
        Header {
            kind: Kind::Log,
            name: self.title.clone(),
            start,
            device: Device {
                name: self.title.clone(),
                ..Device::default()
            },
            ..Header::default()
        }
    }

    /// Ends the stream that is open, if one is.
    pub(crate) async fn end(&mut self) -> Result<()> {
        if self.day.take().is_some() {
            if let Some((_, rows)) = &mut self.rows {
                rows.keep(self.cx.context().state(), Duration::ZERO)?;
            }
            // What a sink lacks the host has told; a station keeps no rows.
            let _ = self.out.finish().await?;
        }
        Ok(())
    }
}
