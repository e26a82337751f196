//! Reading one input: what a reader sends goes through one chain after another.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pipeline_plugin::{
    Error, ErrorKind, Header, Input, Item, Output, ReaderPlugin, Result, Streams,
};

use crate::chain::{Chain, Opening, Outcome};
use crate::inputs::Opened;

/// Reads one input; `finished` gets what the sinks made of each of its streams.
pub(crate) fn read(
    reader: &dyn ReaderPlugin,
    opened: &mut Opened,
    opening: &Opening<'_>,
    finished: &mut dyn FnMut(Vec<Outcome>) -> Result<()>,
) -> Result<()> {
    let name = opened.input().file_name();
    let input = Input {
        name: &name,
        size: opened.size(),
        bytes: opened,
    };
    let mut streams = FileStreams {
        opening,
        chain: None,
        finished,
    };
    let result = catch_unwind(AssertUnwindSafe(|| {
        reader.read(input, &mut streams, opening.context)
    }));
    match result {
        Ok(result) => result,
        Err(panic) => {
            let text = panic
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_default();
            Err(
                Error::new(ErrorKind::Plugin, format!("a stage panicked: {text}"))
                    .with_help("this is a bug in the plugin: report it with the input file"),
            )
        }
    }
}

/// What a reader writes to: one chain after another.
struct FileStreams<'a> {
    opening: &'a Opening<'a>,
    chain: Option<Chain>,
    finished: &'a mut dyn FnMut(Vec<Outcome>) -> Result<()>,
}

impl FileStreams<'_> {
    fn out_of_order(what: &str) -> Error {
        Error::new(ErrorKind::Plugin, format!("the reader {what}"))
    }
}

impl Output for FileStreams<'_> {
    fn send(&mut self, item: Item) -> Result<()> {
        self.opening.context.cancel().check()?;
        match &mut self.chain {
            Some(chain) => chain.send(item),
            None => Err(Self::out_of_order("sent an item without an open stream")),
        }
    }
}

impl Streams for FileStreams<'_> {
    fn open(&mut self, header: Header) -> Result<()> {
        if self.chain.is_some() {
            return Err(Self::out_of_order("opened a stream while another was open"));
        }
        self.chain = Some(Chain::open(self.opening, header)?);
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        let chain = self.chain.take();
        let chain =
            chain.ok_or_else(|| Self::out_of_order("finished a stream that was not open"))?;
        (self.finished)(chain.finish()?)
    }
}
