//! `pipeline rowing ota`.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use pipeline_plugin::{Error, Result};
use plugin_rowing::Monitor;

use super::{Consent, Which};
use crate::{exit, words};

/// Update the firmware of an ESP Rowing Monitor over Bluetooth
///
/// The monitor checks the image by its MD5 before it starts it; if anything goes wrong, it keeps its
/// firmware. While it is updated it does not measure. Tried with simulated monitors only.
#[derive(Args)]
pub(super) struct Ota {
    /// Firmware image (`firmware.bin`)
    #[arg(value_name = "FILE")]
    file: PathBuf,

    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    consent: Consent,
}

/// Larger files are no firmware: the largest flash that these processors have.
const LARGEST: u64 = 16 << 20;

pub(super) fn run(args: &Ota) -> u8 {
    let image = match read(&args.file) {
        Ok(image) => image,
        Err(error) => {
            super::tell(&error);
            return exit::code_of(&error);
        }
    };
    args.which.visit(async |cx, patience| {
        let mut monitor = Monitor::reach(cx, patience).await?;
        let result = update(args, image, &mut monitor).await;
        monitor.leave().await;
        result
    })
}

/// The image, if the file can be one.
fn read(path: &Path) -> Result<Vec<u8>> {
    let name = words::path(path);
    let cannot = |error| Error::io(format!("read `{name}`"), error);
    let size = fs::metadata(path).map_err(cannot)?.len();
    if size > LARGEST {
        return Err(Error::skip(format!(
            "`{name}` is too large for a firmware image"
        )));
    }
    let image = fs::read(path).map_err(cannot)?;
    // What every image for an ESP32 begins with; the monitor looks at it too, but later.
    if image.first() != Some(&0xE9) {
        let message = format!("`{name}` is no firmware image: it does not begin with 0xe9");
        return Err(Error::skip(message).with_help("take `firmware.bin` of a release"));
    }
    Ok(image)
}

async fn update(args: &Ota, image: Vec<u8>, monitor: &mut Monitor<'_>) -> Result<u8> {
    let title = words::clean(monitor.title());
    let firmware = monitor.firmware().map(words::clean);
    let firmware = firmware.map_or(String::new(), |date| format!(", now of {date}"));
    #[expect(clippy::cast_precision_loss, reason = "some megabytes")]
    let size = words::thousands(image.len() as f64);
    let name = words::path(&args.file);
    eprintln!("`{name}`, {size} bytes, for `{title}`{firmware}");
    if args.consent.dry_run {
        eprintln!("dry run: nothing was sent");
        return Ok(exit::DONE);
    }
    match args.consent.given(&format!("Update `{title}`?"))? {
        Ok(true) => {}
        Ok(false) => {
            eprintln!("nothing was sent");
            return Ok(exit::DONE);
        }
        Err(code) => return Ok(code),
    }
    let bar = ProgressBar::new(image.len() as u64);
    if let Ok(style) =
        ProgressStyle::with_template("{wide_bar} {decimal_bytes}/{decimal_total_bytes}  {eta} left")
    {
        bar.set_style(style);
    }
    let result = monitor
        .update(image, |sent, _| bar.set_position(sent as u64))
        .await;
    bar.finish_and_clear();
    result?;
    eprintln!("`{title}` has taken the firmware and restarts with it");
    Ok(exit::DONE)
}
