//! Tests of the crate through its public interface.
#![cfg(test)]

mod activity;
mod columns;
mod corpus;
mod differential;
mod encoder;
mod golden;
mod hostile;
mod layout;
mod levels;
mod limits;
mod made;
mod made_activity;
mod merge;
mod mutants;
mod profile;
mod properties;
mod repair;
mod report;
mod stream;
mod support;
mod tolerance;
mod vectors;
