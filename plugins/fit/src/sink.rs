//! The sink `fit`.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use pipeline_plugin::{
    Content, Context, Delivered, Error, ErrorKind, Header, Item, Kind, NameTemplate, OutputFile,
    Place, Plugin, Problem, Result, Sink, SinkPlugin, Summary, TimeZone,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::activity::ActivityWriter;
use crate::encoding::{Creator, Encoding};
use crate::reader::FileFacts;

/// Writes each activity as a FIT file into a folder; whole FIT files as they are.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Fit {
    /// Folder for the files; made if it does not exist.
    #[schemars(extend("format" = "folder"))]
    folder: PathBuf,
    /// Name of a file, with `{start}`, `{date}`, `{sport}`, `{distance}`, `{key}` or `{input}`
    /// (the input's own name) in it. A name that is taken by other content gets a number.
    #[serde(default)]
    name: NameTemplate,
    /// Local time, which services show: a place such as `Europe/Berlin`, or an offset from UTC
    /// such as `+02:00`; the recorder's own, else UTC.
    #[serde(default)]
    timezone: Option<TimeZone>,
    /// What the file says made it; the default is this program.
    #[serde(default)]
    creator: Creator,
}

/// The plugin `fit`.
pub fn plugin() -> Plugin {
    Plugin::sink::<Fit>("fit", "write each activity as a FIT file", "fit")
}

impl SinkPlugin for Fit {
    fn check(&self, _: &Place) -> Vec<Problem> {
        check_creator(&self.creator).into_iter().collect()
    }

    fn destination(&self) -> String {
        format!("fit:{}", self.folder.display())
    }

    fn takes(&self, kind: Kind) -> bool {
        kind != Kind::Log
    }

    fn folder(&self) -> Option<PathBuf> {
        Some(self.folder.clone())
    }

    fn file_name(&self, header: &Header, summary: &Summary) -> Option<String> {
        // The name of a whole file depends on what is in it.
        let is_activity = header.kind == Kind::Activity;
        is_activity.then(|| self.name.fill(header, summary, "fit"))
    }

    fn open(&self, header: &Header, cx: &Context) -> Result<Box<dyn Sink>> {
        let encoding = Encoding {
            creator: self.creator.clone(),
            timezone: self.timezone,
        };
        Ok(Box::new(FitStream::open(
            &self.folder,
            self.name.clone(),
            header,
            &encoding,
            cx,
        )?))
    }
}

/// What is wrong with a creator.
pub fn check_creator(creator: &Creator) -> Option<Problem> {
    (creator.serial == 0).then(|| Problem {
        path: vec!["creator".to_owned(), "serial".to_owned()],
        ..Problem::new("a serial number must not be 0")
    })
}

/// One stream on its way into a FIT file of a folder.
#[derive(Debug)]
pub struct FitStream {
    writer: Writer,
    header: Header,
    name: NameTemplate,
    folder: PathBuf,
    /// Whether damaged files are refused.
    sound_only: bool,
    context: Context,
}

/// Where the items of a stream go.
#[derive(Debug)]
enum Writer {
    Activity(Box<ActivityWriter<OutputFile>>),
    /// A whole file.
    File(OutputFile),
}

/// An error of the output says where it was to be written.
fn within(folder: &Path, error: Error) -> Error {
    if error.kind() == ErrorKind::Cancelled {
        return error;
    }
    error.with_message(format!("cannot write a FIT file in `{}`", folder.display()))
}

impl FitStream {
    /// Begins the file.
    ///
    /// # Errors
    ///
    /// When the stream is a log, or the folder can't be written.
    pub fn open(
        folder: &Path,
        name: NameTemplate,
        header: &Header,
        encoding: &Encoding,
        cx: &Context,
    ) -> Result<Self> {
        if header.kind == Kind::Log {
            return Err(Error::skip(
                "only activities and FIT files can be written as FIT",
            ));
        }
        let file = OutputFile::create(folder)?;
        let writer = if header.kind == Kind::File {
            Writer::File(file)
        } else {
            Writer::Activity(Box::new(ActivityWriter::new(file, header, encoding)?))
        };
        Ok(Self {
            writer,
            header: header.clone(),
            name,
            folder: folder.to_owned(),
            sound_only: false,
            context: cx.clone(),
        })
    }

    /// Refuses a whole file that is damaged, instead of warning of it.
    #[must_use]
    pub fn sound_only(mut self) -> Self {
        self.sound_only = true;
        self
    }

    fn warn_of(&self, saturated: u64) {
        if saturated == 0 {
            return;
        }
        let values = if saturated == 1 {
            "value was"
        } else {
            "values were"
        };
        self.context.warn(format!(
            "{saturated} {values} out of FIT's range and written as the nearest possible"
        ));
    }
}

impl Sink for FitStream {
    fn write(&mut self, item: &Item) -> Result<()> {
        let written = match (&mut self.writer, item) {
            (Writer::Activity(writer), item) => writer.write(item),
            (Writer::File(file), Item::Bytes(bytes)) => file
                .write_all(bytes)
                .map_err(|error| Error::io("write the FIT file", error)),
            (Writer::File(_), _) => Ok(()),
        };
        written.map_err(|error| within(&self.folder, error))
    }

    fn finish(mut self: Box<Self>, summary: &Summary) -> Result<Delivered> {
        if let Writer::Activity(writer) = &self.writer {
            self.warn_of(writer.saturated());
        }
        let mut summary = Cow::Borrowed(summary);
        let file = match self.writer {
            Writer::Activity(writer) => writer
                .finish(&summary)
                .map_err(|error| within(&self.folder, error))?,
            Writer::File(file) => {
                let facts = whole_file(&file, &self.header.name, &self.context)?;
                match &facts.fault {
                    Some(fault) if self.sound_only => {
                        let message = format!("`{}` is damaged: {fault}", self.header.name);
                        return Err(
                            Error::skip(message).with_help("mend it with `pipeline repair`")
                        );
                    }
                    Some(fault) => self
                        .context
                        .warn(format!("damaged, kept as it is: {fault}")),
                    None => {}
                }
                let named = summary.to_mut();
                named.start = facts.start.unwrap_or(named.start);
                named.totals.distance = facts.distance;
                self.header.sport = facts.sport.unwrap_or(self.header.sport);
                file
            }
        };
        let name = self.name.fill(&self.header, &summary, "fit");
        Ok(Delivered::File(file.named(name)?))
    }
}

/// What a whole file that has been written says of itself.
fn whole_file(file: &OutputFile, name: &str, cx: &Context) -> Result<FileFacts> {
    let mut bytes = Written(file.file());
    bytes.rewind()?;
    let facts = FileFacts::of(&mut bytes, cx)?;
    match (facts.is_fit, &facts.fault) {
        (true, _) => Ok(facts),
        (false, Some(fault)) => Err(Error::skip(format!("`{name}` is no FIT file: {fault}"))),
        (false, None) => Err(Error::skip(format!("`{name}` is no FIT file"))),
    }
}

/// The bytes of a file that has been written.
struct Written<'a>(&'a File);

impl Read for Written<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Content for Written<'_> {
    fn keep(&mut self) -> Result<()> {
        Ok(())
    }

    fn rewind(&mut self) -> Result<()> {
        let sought = self.0.seek(SeekFrom::Start(0));
        sought
            .map(drop)
            .map_err(|error| Error::io("read what was written", error))
    }
}
