//! Tests of the crate through its public interface.
#![cfg(test)]

mod corpus;
mod differential;
mod encoder;
mod golden;
mod layout;
mod limits;
mod made;
mod made_activity;
mod merge;
mod profile;
mod properties;
mod repair;
mod support;
mod tolerance;
mod vectors;
