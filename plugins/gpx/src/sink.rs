//! The sink.

use std::path::PathBuf;

use gpx::{Measured, Metadata, Time, Track, Trackpoint, Writer};
use pipeline_plugin::{
    Batch, Context, Delivered, Error, Event, Field, Header, Item, Kind, NameTemplate, OutputFile,
    Plugin, Result, Sink, SinkPlugin, Summary, field,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::sport::kind_of;

/// Writes each activity as a GPX track into a folder.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WriteGpx {
    /// Folder for the files; made if it does not exist.
    #[schemars(extend("format" = "folder"))]
    folder: PathBuf,
    /// Name of a file, with `{start}`, `{date}`, `{sport}`, `{distance}`, `{key}` or `{input}`
    /// (the input's own name) in it. A name that is taken by other content gets a number.
    #[serde(default)]
    name: NameTemplate,
}

/// Ending of the files.
const ENDING: &str = "gpx";

/// The sink `gpx`.
pub fn sink() -> Plugin {
    Plugin::sink::<WriteGpx>("gpx", "write each activity as a GPX track", ENDING)
}

impl SinkPlugin for WriteGpx {
    fn destination(&self) -> String {
        format!("gpx:{}", self.folder.display())
    }

    fn takes(&self, kind: Kind) -> bool {
        kind == Kind::Activity
    }

    fn folder(&self) -> Option<PathBuf> {
        Some(self.folder.clone())
    }

    fn file_name(&self, header: &Header, summary: &Summary) -> Option<String> {
        Some(self.name.fill(header, summary, ENDING))
    }

    fn open(&self, header: &Header, cx: &Context) -> Result<Box<dyn Sink>> {
        if header.kind != Kind::Activity {
            return Err(Error::skip("only activities can be written as GPX"));
        }
        let mut writer = Writer::new(OutputFile::create(&self.folder)?);
        let metadata = Metadata {
            creator: "pipeline".to_owned(),
            time: Some(Time::from(header.start.micros())),
            ..Metadata::default()
        };
        let track = Track {
            name: stem(&header.name).to_owned(),
            source: header.device.name.clone(),
            kind: kind_of(header.sport),
            ..Track::default()
        };
        writer
            .metadata(&metadata)
            .and_then(|()| writer.track(&track))
            .map_err(cannot)?;
        Ok(Box::new(TrackSink {
            writer,
            name: self.name.clone(),
            header: header.clone(),
            points: 0,
            placeless: 0,
            context: cx.clone(),
        }))
    }
}

/// A file's name without its ending.
fn stem(name: &str) -> &str {
    let name = name.strip_suffix(".gz").unwrap_or(name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn cannot(error: std::io::Error) -> Error {
    Error::io("write the GPX file", error)
}

struct TrackSink {
    writer: Writer<OutputFile>,
    name: NameTemplate,
    header: Header,
    points: u64,
    /// Samples without a position.
    placeless: u64,
    context: Context,
}

/// The fields of a point, in the order of [`measured`].
fn fields() -> [Field; 11] {
    [
        field::POSITION_LAT,
        field::POSITION_LONG,
        field::ALTITUDE,
        field::SPEED,
        field::HEART_RATE,
        field::CADENCE,
        field::POWER,
        field::TEMPERATURE,
        Field::new("course", "deg"),
        Field::new("water_temperature", "C"),
        Field::new("depth", "m"),
    ]
}

fn measured(row: [f64; 11]) -> Measured {
    let [
        latitude,
        longitude,
        elevation,
        speed,
        heart_rate,
        cadence,
        power,
        temperature,
        course,
        water_temperature,
        depth,
    ] = row;
    Measured {
        latitude,
        longitude,
        elevation,
        speed,
        heart_rate,
        cadence,
        power,
        temperature,
        course,
        water_temperature,
        depth,
        ..Measured::EMPTY
    }
}

impl TrackSink {
    fn samples(&mut self, batch: &Batch) -> Result<()> {
        for (time, row) in batch.rows(&fields()) {
            let measured = measured(row);
            if measured.latitude.is_nan() || measured.longitude.is_nan() {
                self.placeless += 1;
                continue;
            }
            let time = Some(Time::from(time.micros()));
            self.points += 1;
            self.writer
                .point(&Trackpoint { time, measured })
                .map_err(cannot)?;
        }
        Ok(())
    }
}

impl Sink for TrackSink {
    fn write(&mut self, item: &Item) -> Result<()> {
        match item {
            Item::Samples(batch) => self.samples(batch)?,
            Item::Event(Event::TimerStop { .. }) => self.writer.segment(),
            _ => {}
        }
        Ok(())
    }

    fn finish(self: Box<Self>, summary: &Summary) -> Result<Delivered> {
        if self.points == 0 {
            return Err(
                Error::skip("the activity has no positions, and GPX has nothing else")
                    .with_help("write it as CSV, TCX or FIT instead"),
            );
        }
        if self.placeless > 0 {
            let samples = if self.placeless == 1 {
                "sample"
            } else {
                "samples"
            };
            self.context.warn(format!(
                "left out {} {samples} without a position, which GPX can't hold",
                self.placeless
            ));
        }
        let file = self.writer.finish().map_err(cannot)?;
        let name = self.name.fill(&self.header, summary, ENDING);
        Ok(Delivered::File(file.named(name)?))
    }
}
