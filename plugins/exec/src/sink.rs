//! The sink: what goes in is delivered by the program.

use pipeline_plugin::{Delivered, Error, ErrorKind, Item, Result, Sink, Summary};

use crate::line::Said;
use crate::program::Program;

pub(crate) struct ProgramSink {
    program: Program,
    place: String,
}

impl ProgramSink {
    pub(crate) fn new(program: Program) -> Self {
        Self {
            program,
            place: "done".to_owned(),
        }
    }
}

impl Sink for ProgramSink {
    fn write(&mut self, item: &Item) -> Result<()> {
        let Self { program, place } = self;
        program.item(item, &mut |said| note(said, place))
    }

    fn finish(mut self: Box<Self>, summary: &Summary) -> Result<Delivered> {
        let Self { program, place } = &mut *self;
        program.finish(summary, &mut |said| note(said, place))?;
        Ok(Delivered::Done(self.place.clone()))
    }
}

fn note(said: Said, place: &mut String) -> Result<()> {
    match said {
        Said::Done(done) => *place = done,
        Said::Around => {}
        Said::Item(_) => {
            let message = "a sink sends no items, at most `{\"done\":\"where\"}`";
            return Err(Error::new(ErrorKind::Plugin, message));
        }
    }
    Ok(())
}
