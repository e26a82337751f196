use esprm::assigned::characteristic::SETTINGS_CONTROL_POINT;
use esprm::{ControlEvent, Controller, Properties, Request, ResultCode};
use pipeline_plugin::ble::{Characteristic, Connection, LinkEvent, Write};
use pipeline_plugin::{Error, ErrorKind, Result, SourceCx};

use crate::edge::Edge;

/// Which ways to write a characteristic offers.
pub(crate) fn properties(characteristic: Option<Characteristic>) -> Properties {
    let can = |bits| characteristic.is_some_and(|it| it.can(bits));
    Properties {
        write: can(Characteristic::WRITE),
        write_without_response: can(Characteristic::WRITE_WITHOUT_RESPONSE),
    }
}

/// Asks a monitor for something; its control point is subscribed to. Also when the run is to stop,
/// so that it can be left as it was found. What else arrives meanwhile goes to `early`.
pub(crate) async fn ask(
    connection: &mut Connection,
    cx: &SourceCx,
    request: Request,
    early: &mut Vec<LinkEvent>,
) -> Result<()> {
    let edge = Edge::new(cx.now());
    let point = connection.characteristic(SETTINGS_CONTROL_POINT);
    let mut controller = Controller::new(properties(point));
    controller
        .request(edge.instant(cx.now()), request)
        .map_err(|error| Error::skip("that can't be asked of the monitor").with_source(error))?;
    loop {
        while let Some(write) = controller.poll_write() {
            connection
                .write(write.characteristic, Write::Quickly, &write.value)
                .await?;
        }
        match controller.poll_event() {
            Some(ControlEvent::Answered { result, .. }) => return answered(result),
            Some(ControlEvent::NotAnswered(_)) => {
                return Err(Error::new(ErrorKind::Device, "the monitor does not answer"));
            }
            Some(ControlEvent::Unexpected) => continue,
            None => {}
        }
        let now = edge.instant(cx.now());
        let left = controller.poll_timeout();
        let left = left.map_or(std::time::Duration::ZERO, |until| {
            until.saturating_duration_since(now)
        });
        match connection.next_to_the_end(left).await? {
            Some(LinkEvent::Value {
                time,
                characteristic: SETTINGS_CONTROL_POINT,
                value,
            }) => controller.handle_indication(edge.instant(time), &value),
            Some(LinkEvent::Lost { time }) => {
                controller.handle_disconnected();
                early.push(LinkEvent::Lost { time });
            }
            Some(event) => early.push(event),
            None => controller.handle_timeout(edge.instant(cx.now())),
        }
    }
}

/// What an answer means.
fn answered(result: ResultCode) -> Result<()> {
    Err(match result {
        ResultCode::Success => return Ok(()),
        ResultCode::UnsupportedOpCode => {
            Error::skip("the monitor's firmware was built without that")
                .with_help("settings can be changed in builds with runtime settings only")
        }
        ResultCode::InvalidParameter | ResultCode::OperationFailed => {
            Error::skip("the monitor takes that to be out of range")
        }
        ResultCode::ControlNotPermitted => Error::skip("the monitor does not allow that now"),
        ResultCode::Other(code) => {
            Error::skip(format!("the monitor answers with the unknown code {code}"))
        }
    })
}
