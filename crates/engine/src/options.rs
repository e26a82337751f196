use std::path::PathBuf;

use crate::chain::Tap;
use crate::inputs::Shard;

/// How to run a plan.
#[derive(Clone)]
pub struct RunOptions {
    /// Files, folders, globs or `-` instead of the source's own `path`; empty: the source's.
    pub inputs: Vec<String>,
    /// How many inputs to read at a time; 0: as many as there are processors.
    pub jobs: usize,
    /// Only this part of the inputs.
    pub shard: Option<Shard>,
    /// Read and transform, but deliver nothing.
    pub dry_run: bool,
    /// Deliver also what the ledger knows as delivered.
    pub again: bool,
    /// The folder of the ledger.
    pub state: PathBuf,
    /// Where the items of one stage are to be written as well.
    pub tap: Option<Tap>,
}
