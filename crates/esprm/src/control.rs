//! The Settings Control Point.

mod controller;
mod request;

pub use controller::{ControlEvent, Controller, RequestError};
pub use request::{BleService, Request, Response, ResultCode};
