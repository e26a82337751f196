use std::io::Cursor;

use pipeline_plugin::{
    Context, Fate, Header, Input, Item, Output, ReaderPlugin, Result, StreamOut, Streams,
};

/// What a reader makes of a ride, until all of it is known to be sound. A ride is no larger than a
/// computer's storage, a few megabytes.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    Open(Box<Header>),
    Send(Item),
    Finish,
}

impl Collected {
    /// Reads a ride to its end.
    pub(crate) fn of(
        reader: &dyn ReaderPlugin,
        name: &str,
        content: &[u8],
        cx: &Context,
    ) -> Result<Self> {
        let mut collected = Self::default();
        let input = Input {
            name,
            size: Some(content.len() as u64),
            bytes: &mut Cursor::new(content),
        };
        reader.read(input, &mut collected, cx)?;
        Ok(collected)
    }

    /// Passes everything on: what has become of all of it.
    pub(crate) async fn pass_on(self, out: &mut dyn StreamOut) -> Result<Fate> {
        let mut whole = Fate::Delivered;
        for step in self.steps {
            match step {
                Step::Open(header) => out.open(*header).await?,
                Step::Send(item) => out.send(item).await?,
                Step::Finish => match out.finish().await? {
                    Fate::Delivered => {}
                    lacking @ Fate::Undelivered => whole = lacking,
                },
            }
        }
        Ok(whole)
    }
}

impl Output for Collected {
    fn send(&mut self, item: Item) -> Result<()> {
        self.steps.push(Step::Send(item));
        Ok(())
    }
}

impl Streams for Collected {
    fn open(&mut self, header: Header) -> Result<()> {
        self.steps.push(Step::Open(Box::new(header)));
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        self.steps.push(Step::Finish);
        Ok(())
    }
}
