//! Recordings as YAML, and back.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use ble::{Conversation, Kept};
use gatt::assigned as adopted;
use pipeline_plugin::ble::{Uuid, uuid16};
use pipeline_plugin::{Error, Result};

use crate::recordings::Opened;

/// What services and characteristics are called in conversations.
const NAMES: [(&str, Uuid); 41] = {
    use adopted::{characteristic as value, service};
    use esprm::assigned as own;
    [
        ("device-information", service::DEVICE_INFORMATION),
        ("heart-rate", service::HEART_RATE),
        ("battery", service::BATTERY),
        (
            "cycling-speed-and-cadence",
            service::CYCLING_SPEED_AND_CADENCE,
        ),
        ("cycling-power", service::CYCLING_POWER),
        ("fitness-machine", service::FITNESS_MACHINE),
        ("battery-level", value::BATTERY_LEVEL),
        ("model", value::MODEL_NUMBER),
        ("serial", value::SERIAL_NUMBER),
        ("firmware", value::FIRMWARE_REVISION),
        ("hardware", value::HARDWARE_REVISION),
        ("software", value::SOFTWARE_REVISION),
        ("manufacturer", value::MANUFACTURER_NAME),
        ("heart-rate-measurement", value::HEART_RATE_MEASUREMENT),
        ("csc-measurement", value::CSC_MEASUREMENT),
        ("csc-feature", value::CSC_FEATURE),
        ("power-measurement", value::CYCLING_POWER_MEASUREMENT),
        ("power-feature", value::CYCLING_POWER_FEATURE),
        ("rower-data", value::ROWER_DATA),
        ("machine-feature", value::FITNESS_MACHINE_FEATURE),
        ("machine-control", value::FITNESS_MACHINE_CONTROL_POINT),
        ("machine-status", uuid16(0x2ADA)),
        ("sc-control", uuid16(0x2A55)),
        ("power-control", uuid16(0x2A66)),
        ("esprm-metrics", own::service::EXTENDED_METRICS),
        ("esprm-settings", own::service::SETTINGS),
        ("esprm-update", own::service::OTA),
        ("extended-metrics", own::characteristic::EXTENDED_METRICS),
        ("handle-forces", own::characteristic::HANDLE_FORCES),
        ("delta-times", own::characteristic::DELTA_TIMES),
        ("settings", own::characteristic::SETTINGS),
        (
            "stroke-detection",
            own::characteristic::STROKE_DETECTION_SETTINGS,
        ),
        (
            "settings-control",
            own::characteristic::SETTINGS_CONTROL_POINT,
        ),
        ("update-to-device", own::characteristic::OTA_RX),
        ("update-from-device", own::characteristic::OTA_TX),
        ("files", xoss::gatt::SERVICE),
        ("command", xoss::Characteristic::Command.uuid()),
        ("from-device", xoss::Characteristic::FromDevice.uuid()),
        ("to-device", xoss::Characteristic::ToDevice.uuid()),
        // Of a power station.
        ("request", uuid16(0xC304)),
        ("reply", uuid16(0xC305)),
    ]
};

/// Whether a file is called as conversations are.
pub(crate) fn is_called_so(path: &Path) -> bool {
    let ending = path.extension();
    ending.is_some_and(|ending| ending == "yaml" || ending == "yml")
}

/// The recording that a conversation tells, if that is what the file holds; else `None`, and the
/// file stands at its beginning.
pub(crate) fn recording(file: &mut File) -> Result<Option<File>> {
    let cannot = |error| Error::io("copy the recording to a temporary file", error);
    let mut head = Vec::new();
    (&*file).take(4096).read_to_end(&mut head).map_err(cannot)?;
    file.rewind().map_err(cannot)?;
    if !Conversation::is_begun_by(&head) {
        return Ok(None);
    }
    let mut text = Vec::new();
    let limited = (&*file).take(Conversation::LONGEST + 1);
    { limited }.read_to_end(&mut text).map_err(cannot)?;
    if text.len() as u64 > Conversation::LONGEST {
        return Err(Error::skip(
            "the conversation is longer than people could read",
        ));
    }
    let text = String::from_utf8(text);
    let text = text.map_err(|_| Error::skip("the conversation is no text in UTF-8"))?;
    let talk = Conversation::parse(&text)?;
    let mut recording = tempfile::tempfile().map_err(cannot)?;
    let mut lines = std::io::BufWriter::new(&recording);
    talk.write_recording(&mut lines).map_err(cannot)?;
    drop(lines);
    recording.rewind().map_err(cannot)?;
    Ok(Some(recording))
}

/// What a conversion has made.
pub(crate) struct Converted {
    pub(crate) path: PathBuf,
    pub(crate) steps: usize,
    /// Why it is not all of the recording.
    pub(crate) damage: Option<String>,
}

/// Makes a conversation of a recording, or a recording of a conversation: what `to` is called, or
/// what `from` is not. Nothing that is there is overwritten.
pub(crate) fn convert(from: &Path, to: Option<&Path>) -> Result<Converted> {
    let opened = Opened::at(from)?;
    let to = to.map_or_else(|| other(from, opened.is_conversation), Path::to_owned);
    let damage = opened.survey.damage.clone();
    let talk = Conversation::of(opened.recording)?.redacted();
    let mut content = Vec::new();
    if is_called_so(&to) {
        content.extend(talk.to_yaml(&NAMES)?.into_bytes());
    } else {
        let cannot = |error| Error::io("write the recording", error);
        talk.write_recording(&mut content).map_err(cannot)?;
    }
    let kept = Kept::at(&to)?;
    let written = kept.again()?.write_all(&content);
    written.map_err(|error| Error::io(format!("write `{}`", to.display()), error))?;
    Ok(Converted {
        path: to,
        steps: talk.steps(),
        damage,
    })
}

/// The name of what a file is converted to, in the current folder.
fn other(from: &Path, is_conversation: bool) -> PathBuf {
    let name = PathBuf::from(from.file_name().unwrap_or_default());
    let packed = name.extension().is_some_and(|ending| ending == "gz");
    let name = if packed {
        name.with_extension("")
    } else {
        name
    };
    name.with_extension(if is_conversation { "capture" } else { "yaml" })
}
