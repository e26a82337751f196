//! `pipeline fossibot dump`.

use clap::Args;
use fossibot::{Bank, Registers};
use pipeline_plugin::ble::{Characteristic, Service};
use plugin_fossibot::Station;

use super::{EVERY, Which, watch};
use crate::output::result_line;
use crate::{exit, words};

/// Print everything that is needed to support a new model, without what is yours
///
/// Addresses, serial numbers in names, and characteristics that hold secrets are left out: the text
/// can be put into a report as it is.
#[derive(Args)]
pub(super) struct Dump {
    #[command(flatten)]
    which: Which,

    /// How many times to read the status
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=100))]
    samples: u8,
}

pub(super) fn run(args: &Dump) -> u8 {
    args.which.visit(None, EVERY, async |cx, options| {
        let mut station = Station::reach(cx, options).await?;
        print_head(&station);
        let (mut left, mut settings) = (args.samples, true);
        // Names that occur once, so that it can be read as YAML.
        let mut number = 0;
        while left > 0 || settings {
            let (_, registers) = station.registers().await?;
            match registers.bank {
                Bank::Input if left > 0 => {
                    left -= 1;
                    number += 1;
                    print(&registers, number);
                }
                Bank::Holding if settings => {
                    settings = false;
                    print(&registers, 1);
                }
                _ => {}
            }
        }
        station.leave().await;
        Ok(exit::DONE)
    })
}

fn print_head(station: &Station<'_>) {
    let profile = station.profile();
    for line in [
        "# What a power station says, for a profile. It has no addresses and no secrets."
            .to_owned(),
        format!("name: {}", redacted(station.title())),
        format!("profile: {}", profile.name()),
        format!("mtu: {}", station.mtu()),
        "services:".to_owned(),
    ] {
        result_line(&line);
    }
    for Service {
        uuid,
        characteristics,
    } in station.services()
    {
        result_line(&format!("  {uuid}:"));
        for characteristic in characteristics {
            let can = properties(*characteristic).join(", ");
            result_line(&format!("    {}: [{can}]", characteristic.uuid));
        }
    }
}

fn properties(characteristic: Characteristic) -> Vec<&'static str> {
    let all = [
        (Characteristic::READ, "read"),
        (Characteristic::WRITE, "write"),
        (
            Characteristic::WRITE_WITHOUT_RESPONSE,
            "write without response",
        ),
        (Characteristic::NOTIFY, "notify"),
        (Characteristic::INDICATE, "indicate"),
    ];
    let can = all.into_iter().filter(|(bit, _)| characteristic.can(*bit));
    can.map(|(_, name)| name).collect()
}

/// The number in `POWER-0084` is that of the product, the same for all of a model; what other names
/// have behind their letters may be a serial number.
fn redacted(name: &str) -> String {
    let letters = |c: char| c.is_ascii_alphabetic() || c == ' ' || c == '-';
    let rest = name
        .strip_prefix("POWER-")
        .map(|rest| rest.strip_prefix("V1-").unwrap_or(rest));
    let is_product = rest
        .is_some_and(|rest| rest.len() == 4 && rest.bytes().all(|digit| digit.is_ascii_hexdigit()));
    if is_product {
        return name.to_owned();
    }
    let kept: String = name.chars().take_while(|c| letters(*c)).collect();
    // An address has letters too.
    let kept = if name.contains(':') { "" } else { kept.trim() };
    words::clean(&format!("{kept}…"))
}

/// Ten registers a line; how many times the bank was read by now stands behind its name.
fn print(registers: &Registers, number: u8) {
    let bank = watch::name(registers.bank);
    result_line(&match number {
        ..=1 => format!("{bank}:"),
        number => format!("{bank}-{number}:"),
    });
    let start = usize::from(registers.start.unwrap_or(0));
    for (index, values) in registers.values.chunks(10).enumerate() {
        let values: Vec<String> = values.iter().map(u16::to_string).collect();
        result_line(&format!(
            "  {:>3}: [{}]",
            start + 10 * index,
            values.join(", ")
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::redacted;

    #[test]
    fn names_keep_the_model_only() {
        assert_eq!(redacted("POWER-0084"), "POWER-0084");
        assert_eq!(redacted("POWER-V1-1C83"), "POWER-V1-1C83");
        assert_eq!(redacted("POWER-0084AB12"), "POWER-…");
        assert_eq!(redacted("FOSSIBOT F2400"), "FOSSIBOT F…");
        assert_eq!(redacted("C0:FF:EE:00:00:01"), "…");
    }
}
