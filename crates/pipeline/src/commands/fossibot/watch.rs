//! `pipeline fossibot watch`.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::Args;
use fossibot::Bank;
use pipeline_plugin::Timestamp;
use plugin_fossibot::Station;
use serde_json::json;

use super::{EVERY, Which};
use crate::output::result_line;
use crate::words;

/// Print which registers change, and what they mean: to find out what a register is
#[derive(Args)]
pub(super) struct Watch {
    #[command(flatten)]
    which: Which,

    /// End after this time, such as 10min [default: Ctrl-C]
    #[arg(long = "for", value_name = "TIME", value_parser = super::super::run::time)]
    most: Option<Duration>,

    /// Print JSON Lines
    #[arg(long)]
    json: bool,
}

/// A register that has changed.
struct Change {
    time: Timestamp,
    bank: Bank,
    register: u16,
    from: u16,
    to: u16,
}

pub(super) fn run(args: &Watch) -> u8 {
    args.which.visit(args.most, EVERY, async |cx, options| {
        let mut station = Station::reach(cx, options).await?;
        if !args.json {
            let title = words::clean(station.title());
            let profile = station.profile().name();
            eprintln!("watching `{title}` by the profile {profile}; Ctrl-C ends it");
        }
        let mut known = BTreeMap::new();
        loop {
            let (time, registers) = station.registers().await?;
            let bank = registers.bank;
            for (register, to) in (registers.start.unwrap_or(0)..).zip(registers.values) {
                let from = known.insert((bank, register), to);
                if let Some(from) = from.filter(|from| *from != to) {
                    let change = Change {
                        time,
                        bank,
                        register,
                        from,
                        to,
                    };
                    print(&station, &change, args.json);
                }
            }
        }
    })
}

fn print(station: &Station<'_>, change: &Change, as_json: bool) {
    let Change {
        time,
        bank,
        register,
        from,
        to,
    } = change;
    let bank_name = name(*bank);
    let meaning = station.meaning(*bank, *register);
    if as_json {
        let meaning: serde_json::Map<_, _> = meaning
            .into_iter()
            .map(|shown| (shown.name, json!(shown.value)))
            .collect();
        let line = json!({
            "v": 1, "type": "change", "time": time.to_string(), "bank": bank_name,
            "register": register, "from": from, "to": to, "meaning": meaning,
        });
        return result_line(&line.to_string());
    }
    let meaning: Vec<String> = meaning
        .into_iter()
        .map(|shown| {
            let value = words::reading(shown.value);
            let text = format!("{} {value} {}", shown.name.replace('_', " "), shown.unit);
            text.trim_end().to_owned()
        })
        .collect();
    let time = time.for_people();
    let line = format!(
        "{time}  {bank_name} {register:>3}: {from} → {to}  {}",
        meaning.join(", ")
    );
    result_line(line.trim_end());
}

pub(super) fn name(bank: Bank) -> &'static str {
    match bank {
        Bank::Input => "input",
        Bank::Holding => "holding",
    }
}
