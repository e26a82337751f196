//! `pipeline xoss info`, `ls` and `set-clock`.

use clap::Args;
use pipeline_plugin::{Error, Timestamp};
use plugin_xoss::About;
use serde_json::json;
use xoss::{ListedRide, Listing, RideState};

use super::{Which, with_computer};
use crate::output::result_line;
use crate::words;

/// Tell what a computer says of itself
///
/// Battery, firmware, storage, how old its satellite data are, and whether it records a ride.
#[derive(Args)]
pub(super) struct Info {
    #[command(flatten)]
    which: Which,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// List the rides on a computer
#[derive(Args)]
pub(super) struct Ls {
    #[command(flatten)]
    which: Which,

    /// Print JSON Lines, one object a ride
    #[arg(long)]
    json: bool,
}

/// Set a computer's clock to this system's
///
/// The computer counts in UTC; which time zone it shows is up to its own settings.
#[derive(Args)]
pub(super) struct SetClock {
    #[command(flatten)]
    which: Which,
}

pub(super) fn info(args: &Info) -> Result<(), u8> {
    let about = with_computer(&args.which, async |computer, cx| computer.about(cx).await)?;
    if args.json {
        result_line(&as_json(&about));
    } else {
        result_line(&as_text(&about));
    }
    Ok(())
}

fn as_text(about: &About) -> String {
    let info = &about.info;
    let mut lines = vec![words::clean(&about.title)];
    let mut line = |name: &str, facts: Vec<String>| {
        if !facts.is_empty() {
            lines.push(format!("  {name:<11} {}", facts.join(" · ")));
        }
    };
    let mut facts: Vec<String> = info.manufacturer.iter().cloned().collect();
    facts.extend(info.model.clone());
    line("made by", facts);
    line("serial", info.serial.iter().cloned().collect());
    let mut facts: Vec<String> = info.firmware.iter().cloned().collect();
    facts.extend(info.hardware.iter().map(|it| format!("hardware {it}")));
    line("firmware", facts);
    line(
        "battery",
        info.battery.iter().map(|it| format!("{it} %")).collect(),
    );
    let storage = about.storage.iter().map(|storage| {
        let free = words::thousands(storage.free.into());
        format!(
            "{free} of {} KB free",
            words::thousands(storage.total.into())
        )
    });
    line("storage", storage.collect());
    let gnss = about.gnss.iter().map(|gnss| match gnss.expires {
        Some(until) => format!("good until {}", at(until)),
        None => "none".to_owned(),
    });
    line("satellites", gnss.collect());
    line(
        "recording",
        about.recording.iter().map(ToString::to_string).collect(),
    );
    let facts = vec![
        about.address.clone(),
        format!("MTU {}", about.mtu),
        format!("profile {}", about.profile),
    ];
    line("connection", facts);
    lines.join("\n")
}

fn as_json(about: &About) -> String {
    let info = &about.info;
    json!({
        "v": 1,
        "type": "device",
        "name": about.title,
        "address": about.address,
        "manufacturer": info.manufacturer,
        "model": info.model,
        "serial": info.serial,
        "firmware": info.firmware,
        "hardware": info.hardware,
        "battery_percent": info.battery,
        "free_kb": about.storage.map(|it| it.free),
        "total_kb": about.storage.map(|it| it.total),
        "satellite_data_until": about.gnss.and_then(|it| it.expires).map(at),
        "recording": about.recording.as_ref().map(ToString::to_string),
        "mtu": about.mtu,
        "profile": about.profile,
    })
    .to_string()
}

/// Seconds since 1970 as people read them.
fn at(seconds: u32) -> String {
    Timestamp::from_seconds(seconds.into()).for_people()
}

pub(super) fn ls(args: &Ls) -> Result<(), u8> {
    let listing = with_computer(&args.which, async |computer, cx| computer.list(cx).await)?;
    for ride in &listing.rides {
        result_line(&if args.json {
            ride_as_json(ride)
        } else {
            ride_as_text(ride)
        });
    }
    if listing.rides.is_empty() && !args.json {
        eprintln!("there are no rides on the computer");
    }
    tell_refused(&listing);
    Ok(())
}

/// Entries that a device should not have.
fn tell_refused(listing: &Listing) {
    for refused in &listing.refused {
        eprintln!("warning: left out: {}", words::clean(&refused.to_string()));
    }
}

fn ride_as_text(ride: &ListedRide) -> String {
    let size = ride.size.map(|size| {
        #[expect(clippy::cast_precision_loss, reason = "sizes of files are small")]
        let size = size as f64;
        words::thousands(size)
    });
    let size = size.unwrap_or_else(|| "?".to_owned());
    let state = state(ride.state);
    let line = format!("{:<18} {size:>11} bytes  {state}", ride.name.as_str());
    line.trim_end().to_owned()
}

fn ride_as_json(ride: &ListedRide) -> String {
    json!({
        "v": 1,
        "type": "ride",
        "name": ride.name.as_str(),
        "bytes": ride.size,
        "state": state(ride.state),
    })
    .to_string()
}

/// What the computer thinks of a ride, in words.
fn state(state: RideState) -> String {
    match state {
        RideState::NotSaid => "",
        RideState::NotSynced => "not fetched",
        RideState::Recording => "being recorded",
        RideState::Syncing => "being fetched",
        RideState::Synced => "fetched",
        RideState::Broken => "broken",
        RideState::TooLarge => "too large",
        RideState::Unknown(number) => return format!("state {number}"),
    }
    .to_owned()
}

pub(super) fn set_clock(args: &SetClock) -> Result<(), u8> {
    let (title, seconds, confirmed) = with_computer(&args.which, async |computer, cx| {
        let seconds = u32::try_from(cx.now().micros() / 1_000_000);
        let seconds = seconds.map_err(|_| Error::skip("this system's clock is not set"))?;
        let confirmed = computer.set_clock(cx, seconds).await?;
        Ok((computer.title().to_owned(), seconds, confirmed))
    })?;
    let told = if confirmed {
        "confirmed"
    } else {
        "this model does not confirm it"
    };
    result_line(&format!(
        "{}: clock set to {}, {told}",
        words::clean(&title),
        at(seconds)
    ));
    Ok(())
}
