//! Tests of the crate through its public interface.
#![cfg(test)]

mod corpus;
mod differential;
mod encoder;
mod golden;
mod layout;
mod limits;
mod made;
mod profile;
mod properties;
mod stream;
mod support;
mod tolerance;
mod vectors;
