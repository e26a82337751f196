//! What a plugin may not write to a device, however it tries.

use crate::support::{Place, here, library};

const FOSSIBOT: &str = "0000c304-0000-1000-8000-00805f9b34fb";
const XOSS: &str = "6e400004-b5a3-f393-e0a9-e50e24dcca9e";
const GLASSES: &str = "adb40003-b1c6-11ed-afa1-0242ac120003";

/// Writes to a simulated device out of a library, and returns what comes of it.
fn write(device: &str, characteristic: &str, bytes: &str) -> String {
    let place = Place::new();
    let text = "source: { harm: {} }\nsinks: [ { jsonl: { folder: out } } ]\n";
    place.write("harm.yaml", text);
    let flags = [
        format!("-DCHARACTERISTIC=\"{characteristic}\""),
        format!("-DBYTES={bytes}"),
    ];
    library(
        &here("harm.c"),
        &place,
        "libharm.so",
        &flags.each_ref().map(String::as_str),
    );
    let arguments = [
        "run",
        "harm.yaml",
        "--quiet",
        "--allow-unpinned",
        "--plugin",
        "libharm.so",
        "--device",
        device,
    ];
    let (code, told) = place.told(&arguments);
    assert_ne!(code, 0, "{told}");
    told
}

#[test]
fn a_library_can_not_destroy_a_power_station() {
    let idle_off_0 = "0x11,6,0,68,0,0,0x4f,0xcb";
    let told = write("sim:fossibot", FOSSIBOT, idle_off_0);
    assert!(told.contains("`110600440000"), "{told}");
    assert!(told.contains("is not written: a power station"), "{told}");
    // What only reads is written.
    let status = "0x11,3,0,0,0,80,0x66,0x47";
    let told = write("sim:fossibot", FOSSIBOT, status);
    assert!(told.contains("it was written"), "{told}");
}

#[test]
fn a_library_can_not_erase_a_cycle_computer() {
    for (bytes, name) in [("0xCC,0,0xCC", "cc00cc"), ("0xDF,0,0xDF", "df00df")] {
        let told = write("sim:xoss-g-plus", XOSS, bytes);
        assert!(told.contains(&format!("`{name}` is not written")), "{told}");
    }
    let told = write("sim:xoss-g-plus", XOSS, "0xFF,0,0xFF");
    assert!(told.contains("it was written"), "{told}");
}

#[test]
fn a_library_can_not_update_the_firmware_of_glasses() {
    let told = write("sim:xoss-glasses", GLASSES, "0xDF");
    assert!(told.contains("`df` is not written"), "{told}");
}
