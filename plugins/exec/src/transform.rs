//! The transform: what goes in comes out changed.

use pipeline_plugin::{Error, ErrorKind, Item, Output, Result, Summary, Transform};

use crate::line::Said;
use crate::program::Program;

pub(crate) struct ProgramTransform(Program);

impl ProgramTransform {
    pub(crate) fn new(program: Program) -> Self {
        Self(program)
    }
}

impl Transform for ProgramTransform {
    fn process(&mut self, item: Item, out: &mut dyn Output) -> Result<()> {
        self.0.item(&item, &mut |said| pass(said, out))
    }

    fn finish(&mut self, summary: &mut Summary, out: &mut dyn Output) -> Result<()> {
        self.0.finish(summary, &mut |said| pass(said, out))
    }
}

fn pass(said: Said, out: &mut dyn Output) -> Result<()> {
    match said {
        Said::Item(item) => out.send(item),
        Said::Around => Ok(()),
        Said::Done(_) => Err(Error::new(
            ErrorKind::Plugin,
            "a transform sends items; `done` is for sinks",
        )),
    }
}
