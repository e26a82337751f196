//! The sink `fit`.

use std::path::{Path, PathBuf};

use pipeline_plugin::{
    Context, Delivered, Error, ErrorKind, Header, Item, Kind, NameTemplate, OutputFile, Place,
    Plugin, Problem, Result, Sink, SinkPlugin, Summary,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::activity::ActivityWriter;
use crate::encoding::{Creator, Encoding, UtcOffset};

/// Writes each activity as a FIT file into a folder.
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
    /// Offset of local time from UTC, such as `+02:00`; the recorder's own, else UTC.
    #[serde(default)]
    timezone: Option<UtcOffset>,
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

    fn folder(&self) -> Option<PathBuf> {
        Some(self.folder.clone())
    }

    fn file_name(&self, header: &Header, summary: &Summary) -> Option<String> {
        Some(self.name.fill(header, summary, "fit"))
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
        message: "a serial number must not be 0".to_owned(),
        help: None,
    })
}

/// One stream on its way into a FIT file of a folder.
#[derive(Debug)]
pub struct FitStream {
    writer: ActivityWriter<OutputFile>,
    header: Header,
    name: NameTemplate,
    folder: PathBuf,
    context: Context,
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
    /// When the stream is no activity, or the folder can't be written.
    pub fn open(
        folder: &Path,
        name: NameTemplate,
        header: &Header,
        encoding: &Encoding,
        cx: &Context,
    ) -> Result<Self> {
        if header.kind != Kind::Activity {
            return Err(Error::skip("only activities can be written as FIT"));
        }
        let writer = ActivityWriter::new(OutputFile::create(folder)?, header, encoding)?;
        Ok(Self {
            writer,
            header: header.clone(),
            name,
            folder: folder.to_owned(),
            context: cx.clone(),
        })
    }
}

impl Sink for FitStream {
    fn write(&mut self, item: &Item) -> Result<()> {
        self.writer
            .write(item)
            .map_err(|error| within(&self.folder, error))
    }

    fn finish(self: Box<Self>, summary: &Summary) -> Result<Delivered> {
        let saturated = self.writer.saturated();
        if saturated > 0 {
            let values = if saturated == 1 {
                "value was"
            } else {
                "values were"
            };
            self.context.warn(format!(
                "{saturated} {values} out of FIT's range and written as the nearest possible"
            ));
        }
        let file = self
            .writer
            .finish(summary)
            .map_err(|error| within(&self.folder, error))?;
        Ok(Delivered::File(file.named(self.name.fill(
            &self.header,
            summary,
            "fit",
        ))?))
    }
}
