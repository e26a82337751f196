//! What a plugin is: the traits of its stages, and where they put what they make.

use std::fmt;
use std::io::Read;
use std::pin::Pin;

use crate::{Athlete, Context, Header, Item, Kind, OutputFile, Problem, Result, SourceCx, Summary};

/// What a stage may know about the pipeline around it when its settings are checked.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The athlete of the pipeline.
    pub athlete: Athlete,
    /// Names of the plugins before this stage, the source first.
    pub before: Vec<String>,
    /// Names of the plugins after this stage.
    pub after: Vec<String>,
}

/// Takes items: the next stage, as a transform sees it.
pub trait Output {
    /// Passes an item on.
    ///
    /// # Errors
    ///
    /// What a later stage says; return it at once.
    fn send(&mut self, item: Item) -> Result<()>;
}

impl Output for Vec<Item> {
    fn send(&mut self, item: Item) -> Result<()> {
        self.push(item);
        Ok(())
    }
}

/// Settings of a transform; opens one [`Transform`] a stream.
pub trait TransformPlugin: Send + Sync {
    /// What is wrong with these settings at this place, beyond what the schema says.
    /// Touches no hardware, and no file but one that holds settings itself.
    fn check(&self, place: &Place) -> Vec<Problem> {
        let _ = place;
        Vec::new()
    }

    /// Opens the transform for one stream; it may add to the header.
    ///
    /// # Errors
    ///
    /// When this stream can't be transformed.
    fn open(&self, header: &mut Header, cx: &Context) -> Result<Box<dyn Transform>>;
}

/// Changes one stream. Dropped without `finish` when the stream is given up.
pub trait Transform: Send {
    /// Takes an item and sends none, one or several.
    ///
    /// # Errors
    ///
    /// When the stream can't go on; it is given up then.
    fn process(&mut self, item: Item, out: &mut dyn Output) -> Result<()>;

    /// The stream has ended: sends what is left, and adds to the summary. Called once.
    ///
    /// # Errors
    ///
    /// When the stream can't be completed; it is given up then.
    fn finish(&mut self, summary: &mut Summary, out: &mut dyn Output) -> Result<()> {
        let _ = (summary, out);
        Ok(())
    }
}

/// Settings of a sink; opens one [`Sink`] a stream.
pub trait SinkPlugin: Send + Sync {
    /// What is wrong with these settings at this place, beyond what the schema says.
    /// Touches no hardware, and no file but one that holds settings itself.
    fn check(&self, place: &Place) -> Vec<Problem> {
        let _ = place;
        Vec::new()
    }

    /// Where this sink delivers to, as the ledger knows it: stable over runs, without secrets.
    fn destination(&self) -> String;

    /// Whether it has a use for streams of that kind. A stream passes by a sink that has none, as
    /// long as another sink of the pipeline has.
    fn takes(&self, kind: Kind) -> bool {
        let _ = kind;
        true
    }

    /// The folder in which this sink's files appear, if it writes files.
    fn folder(&self) -> Option<std::path::PathBuf> {
        None
    }

    /// The name that a stream's file will have in the folder, if this sink writes files. A dry
    /// run shows it.
    fn file_name(&self, header: &Header, summary: &Summary) -> Option<String> {
        let _ = (header, summary);
        None
    }

    /// Opens the sink for one stream.
    ///
    /// # Errors
    ///
    /// When the destination can't take this stream.
    fn open(&self, header: &Header, cx: &Context) -> Result<Box<dyn Sink>>;
}

/// Writes one stream. A sink that is dropped without `finish` leaves nothing behind.
pub trait Sink: Send {
    /// Takes an item.
    ///
    /// # Errors
    ///
    /// When the stream can't be written; this sink is dropped then.
    fn write(&mut self, item: &Item) -> Result<()>;

    /// Makes what was written so far durable: a source of a log asks for it now and then. What
    /// stages have set in their [`State`](crate::State) becomes durable after it. A sink whose
    /// file appears when the stream is complete has nothing to do.
    ///
    /// # Errors
    ///
    /// When that is not possible; this sink is dropped then.
    fn checkpoint(&mut self) -> Result<()> {
        Ok(())
    }

    /// The stream is complete: hands over what is to be delivered.
    ///
    /// # Errors
    ///
    /// When the stream can't be completed; nothing is left behind then.
    fn finish(self: Box<Self>, summary: &Summary) -> Result<Delivered>;
}

/// What a sink hands over when its stream is complete.
#[derive(Debug)]
pub enum Delivered {
    /// A file that becomes visible under its name once the host has made it durable.
    File(OutputFile),
    /// It is already where it belongs; the text says where.
    Done(String),
}

/// One input of a reader.
pub struct Input<'a> {
    /// The name for people: the file's name, or `standard input`.
    pub name: &'a str,
    /// Its size in bytes, where known (not for standard input and compressed files).
    pub size: Option<u64>,
    /// The content, uncompressed.
    pub bytes: &'a mut dyn Content,
}

/// The bytes of an input.
///
/// Most formats can be read from front to end. Where the end tells what is needed at the start,
/// as in FIT, a reader goes through them twice instead of keeping them.
pub trait Content: Read {
    /// Makes [`rewind`](Self::rewind) possible; to be called before the first byte is read.
    ///
    /// It costs nothing for a file; standard input is copied to a temporary file as it is read.
    ///
    /// # Errors
    ///
    /// When there is no room for a copy.
    fn keep(&mut self) -> Result<()>;

    /// Goes back to the first byte.
    ///
    /// # Errors
    ///
    /// When the input can't be read again, or [`keep`](Self::keep) was not called.
    fn rewind(&mut self) -> Result<()>;
}

/// Bytes in memory.
impl<T: AsRef<[u8]>> Content for std::io::Cursor<T> {
    fn keep(&mut self) -> Result<()> {
        Ok(())
    }

    fn rewind(&mut self) -> Result<()> {
        self.set_position(0);
        Ok(())
    }
}

impl fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Where a reader puts its streams, one after another.
pub trait Streams: Output {
    /// Opens the next stream; items sent from now on belong to it.
    ///
    /// # Errors
    ///
    /// What a stage says about the header. Return it at once.
    fn open(&mut self, header: Header) -> Result<()>;

    /// Completes the open stream. The host delivers it later, and tells itself what fails then.
    ///
    /// # Errors
    ///
    /// What a stage says. Return it at once.
    fn finish(&mut self) -> Result<()>;
}

/// Settings of a reader: turns one file into streams.
///
/// The host finds the inputs, unpacks them, calls `read` once for each, several at a time, and
/// remembers what has been delivered. A reader does not loop over files.
pub trait ReaderPlugin: Send + Sync {
    /// What is wrong with these settings at this place, beyond what the schema says.
    /// Touches no hardware, and no file but one that holds settings itself.
    fn check(&self, place: &Place) -> Vec<Problem> {
        let _ = place;
        Vec::new()
    }

    /// Reads one input to its end. An error gives up the stream that is open; streams that
    /// were finished before it stay.
    ///
    /// # Errors
    ///
    /// When the input is bad: what and where in it.
    fn read(&self, input: Input<'_>, out: &mut dyn Streams, cx: &Context) -> Result<()>;
}

/// What an asynchronous source returns.
pub type SourceFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// Settings of a source: a device, or anything else that has to be waited for.
pub trait SourcePlugin: Send + Sync {
    /// What is wrong with these settings at this place, beyond what the schema says.
    /// Touches no hardware, and no file but one that holds settings itself.
    fn check(&self, place: &Place) -> Vec<Problem> {
        let _ = place;
        Vec::new()
    }

    /// Whether it reads [`SourceCx::commands`]. A sink that posts one to a source that does not
    /// gets an error.
    fn takes_commands(&self) -> bool {
        false
    }

    /// Whether what it hears is written down until its streams are delivered, so that a crash takes
    /// nothing with it. Not for logs, which are durable as they go, nor where the device keeps what
    /// was not delivered.
    fn journalled(&self) -> bool {
        true
    }

    /// Whether what it sends happens while it is sent, so that somebody may want to watch. Not where
    /// a device is asked for what it recorded days ago.
    fn happens_now(&self) -> bool {
        true
    }

    /// Runs until the source has ended, or `cx` is cancelled: then it ends its stream soon.
    fn run<'a>(&'a self, out: &'a mut dyn StreamOut, cx: &'a SourceCx) -> SourceFuture<'a, ()>;
}

/// Where a source puts its streams, one after another.
pub trait StreamOut: Send {
    /// Opens the next stream. What a stage says against it comes as the error of what follows, for a
    /// device does not wait until a sink is ready.
    fn open(&mut self, header: Header) -> SourceFuture<'_, ()>;

    /// Sends an item of the open stream; waits while the transforms are behind.
    fn send(&mut self, item: Item) -> SourceFuture<'_, ()>;

    /// Makes the items sent so far durable without ending the stream, and then what stages have
    /// set in their [`State`](crate::State). For streams of kind [`Log`](crate::Kind::Log), which
    /// last for days: once a minute is often enough. A sink that can't is detached, and the
    /// others go on.
    ///
    /// The default does nothing, for tests.
    fn checkpoint(&mut self) -> SourceFuture<'_, ()> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// Completes the open stream, and waits until the host has delivered it: what has become of it.
    ///
    /// An error means that the stream could not be completed. That one of several sinks has failed
    /// is none, for the host has told it and the source goes on; [`Fate`] tells that.
    fn finish(&mut self) -> SourceFuture<'_, Fate>;

    /// Says, between two streams, that the source needs nothing of what it heard so far any more:
    /// begun anew with the same links, whose characteristics sent their last values again, it would
    /// make the same of what comes next. The host may forget what it has written down for a crash,
    /// so that a source that listens for weeks says it now and then.
    ///
    /// The default does nothing.
    fn settled(&mut self) -> SourceFuture<'_, ()> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// What has become of a stream.
#[must_use = "only what is delivered may be deleted from a device"]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Every sink has it, durably and noted, so the source may mark it as delivered on the device.
    Delivered,
    /// A sink lacks it, or the run delivers nothing (a dry run): the device has to keep it. What was
    /// journalled stays for `pipeline recover`.
    Undelivered,
}
