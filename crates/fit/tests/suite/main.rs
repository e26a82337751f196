//! Tests of the crate through its public interface.
#![cfg(test)]

mod activity;
mod columns;
mod corpus;
mod differential;
mod encoder;
mod golden;
mod layout;
mod limits;
mod made;
mod profile;
mod properties;
mod report;
mod stream;
mod support;
mod tolerance;
mod vectors;
