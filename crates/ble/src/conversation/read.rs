//! From YAML to what happens.

use std::collections::BTreeMap;

use pipeline_plugin::ble::{Characteristic, Service, Uuid, parse_uuid};
use pipeline_plugin::{Error, Result};

use super::known::Known;
use super::raw::{RawConversation, RawDevice, RawEnd, RawStep};
use super::{Conversation, VERSION};
use crate::journal::{self, Device, Entry, Head, HeadSource, Hex, Id, Op, ServiceLine};

/// The latest step, in seconds: no run lasts longer.
const LATEST: f64 = 366.0 * 86_400.0;

/// The longest value of a characteristic, in bytes, as Bluetooth has it.
const LONGEST_VALUE: usize = 512;

pub(super) fn conversation(yaml: &str) -> Result<Conversation> {
    let raw: RawConversation = serde_yaml::from_str(yaml).map_err(|error| {
        // The parser draws the place below its first line.
        let text = error.to_string();
        let line = text.lines().next().unwrap_or_default();
        Error::skip(format!("the conversation can't be read: {line}"))
    })?;
    if raw.conversation != VERSION {
        let text = format!(
            "the conversation has version {}, this program knows {VERSION}",
            raw.conversation
        );
        return Err(Error::skip(text).with_help("update pipeline"));
    }
    let names = Names::new(&raw.names).map_err(Error::skip)?;
    let mut talk = Talk {
        devices: devices(&raw.devices, &names)?,
        names,
        links: 0,
    };
    let mut entries = Vec::new();
    for (step, number) in raw.steps.iter().zip(1..) {
        let entry = talk.entry(step);
        let entry = entry.map_err(|what| {
            let text = format!(
                "step {number} of the conversation, at {} s: {what}",
                step.at
            );
            Error::skip(text)
        })?;
        entries.push(entry);
    }
    Ok(Conversation {
        head: Head {
            capture: journal::VERSION,
            start: raw.start,
            program: raw.program,
            source: source(raw.source)?,
            device: raw.device,
            pipeline: None,
        },
        entries,
    })
}

fn source(raw: Option<BTreeMap<String, Option<serde_json::Value>>>) -> Result<Option<HeadSource>> {
    let Some(raw) = raw else { return Ok(None) };
    let mut sources = raw.into_iter();
    let (Some((plugin, settings)), None) = (sources.next(), sources.next()) else {
        let text = "a conversation has one `source`, such as `source: { rowing: {} }`";
        return Err(Error::skip(text));
    };
    let settings = settings.filter(|settings| !settings.is_null());
    Ok(Some(HeadSource {
        id: plugin.clone(),
        plugin,
        settings: settings.unwrap_or_else(|| serde_json::json!({})),
    }))
}

/// What is wrong in a step.
type Wrong = String;

/// What services and characteristics are called.
struct Names(BTreeMap<String, Uuid>);

impl Names {
    fn new(raw: &BTreeMap<String, String>) -> Result<Self, Wrong> {
        let uuids = raw.iter().map(|(name, text)| {
            let uuid = parse_uuid(text).ok_or_else(|| format!("`{name}`: `{text}` is no UUID"))?;
            Ok((name.clone(), uuid))
        });
        uuids.collect::<Result<_, Wrong>>().map(Self)
    }

    fn find(&self, text: &str) -> Result<Uuid, Wrong> {
        let known = self.0.get(text).copied().or_else(|| parse_uuid(text));
        known.ok_or_else(|| format!("`{text}` is no UUID and does not stand in `names`"))
    }
}

/// Pairs of digits, however spaced; `00*57` is one byte so many times.
fn bytes(text: &str) -> Result<Hex, Wrong> {
    let wrong = |word: &str| format!("`{word}` is not made of pairs of hexadecimal digits");
    let mut all = Vec::new();
    for word in text.split_whitespace() {
        let (digits, count) = match word.split_once('*') {
            Some((digits, count)) => (digits, count.parse().map_err(|_| wrong(word))?),
            None => (word, 1),
        };
        let one = Hex::parse(digits).ok_or_else(|| wrong(word))?.0;
        if one.len().saturating_mul(count).saturating_add(all.len()) > LONGEST_VALUE {
            return Err(format!("no value is longer than {LONGEST_VALUE} bytes"));
        }
        all.extend(one.repeat(count));
    }
    Ok(Hex(all))
}

fn devices(raw: &[RawDevice], names: &Names) -> Result<Vec<Known>> {
    let mut known: Vec<Known> = Vec::new();
    for raw in raw {
        if known.iter().any(|one| one.called == raw.called) {
            let text = format!("the conversation has two devices called `{}`", raw.called);
            return Err(Error::skip(text));
        }
        let device = device(raw, names);
        let device = device.map_err(|what| Error::skip(format!("`{}`: {what}", raw.called)))?;
        known.push(device);
    }
    Ok(known)
}

fn device(raw: &RawDevice, names: &Names) -> Result<Known, Wrong> {
    let advertised = raw.advertises.iter().map(|text| names.find(text).map(Id));
    let manufacturer = raw.manufacturer.iter();
    let manufacturer = manufacturer.map(|one| Ok((one.company, bytes(&one.hex)?)));
    let mut services = Vec::new();
    for (name, raw) in raw.services.iter().flatten() {
        let mut characteristics = Vec::new();
        for (name, properties) in raw.iter().flatten() {
            characteristics.push(Characteristic {
                uuid: names.find(name)?,
                properties: properties.iter().fold(0, |bits, one| bits | one.0),
            });
        }
        let uuid = names.find(name)?;
        services.push(ServiceLine::from(&Service {
            uuid,
            characteristics,
        }));
    }
    Ok(Known {
        called: raw.called.clone(),
        seen: Device {
            id: raw.id.clone(),
            name: raw.name.clone(),
            rssi: raw.rssi,
            services: advertised.collect::<Result<_, _>>()?,
            manufacturer: manufacturer.collect::<Result<_, Wrong>>()?,
        },
        mtu: raw.mtu,
        services,
        link: None,
    })
}

/// A conversation, as far as it has been read.
struct Talk {
    names: Names,
    devices: Vec<Known>,
    /// Connections so far.
    links: u32,
}

impl Talk {
    fn entry(&mut self, step: &RawStep) -> Result<Entry, Wrong> {
        if !(0.0..LATEST).contains(&step.at) {
            return Err("the time is impossible".to_owned());
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a year has 3e13 microseconds"
        )]
        let t = (step.at * 1e6).round() as i64;
        let mut found = [
            self.of_device(step, t)?,
            self.of_characteristic(step, t)?,
            of_run(step, t)?,
        ]
        .into_iter()
        .flatten();
        match (found.next(), found.next()) {
            (Some(entry), None) => Ok(entry),
            (None, _) => Err("nothing happens; write for example `notify: 2a63`".to_owned()),
            _ => Err(twice()),
        }
    }

    /// What happens to a whole device.
    fn of_device(&mut self, step: &RawStep, t: i64) -> Result<Option<Entry>, Wrong> {
        let actions = [
            &step.seen,
            &step.connect,
            &step.refuse,
            &step.lost,
            &step.disconnect,
        ];
        let Some((action, called)) = only(&actions)? else {
            return Ok(None);
        };
        let links = self.links + 1;
        let known = find(&mut self.devices, Some(called))?;
        let device = known.seen.id.clone();
        Ok(Some(match action {
            0 => Entry::Seen {
                t,
                scan: step.scan.unwrap_or(1),
                device: known.seen.clone(),
            },
            1 => {
                self.links = links;
                known.link = Some(links);
                Entry::Connected {
                    t,
                    asked: t,
                    link: links,
                    device,
                    mtu: step.mtu.unwrap_or(known.mtu),
                    services: known.services.clone(),
                }
            }
            2 => {
                let asked = t;
                let error = step.error.clone();
                let error = error.ok_or("why is it refused? Write `error: { … }`")?;
                Entry::Unconnected {
                    t,
                    asked,
                    device,
                    error,
                }
            }
            3 => Entry::Lost {
                t,
                link: known.link()?,
            },
            _ => Entry::Disconnected {
                t,
                link: known.link()?,
            },
        }))
    }

    /// What is asked of a characteristic, or comes from it.
    fn of_characteristic(&mut self, step: &RawStep, t: i64) -> Result<Option<Entry>, Wrong> {
        let actions = [
            &step.read,
            &step.write,
            &step.write_quickly,
            &step.subscribe,
            &step.unsubscribe,
            &step.answer,
            &step.notify,
        ];
        let Some((action, name)) = only(&actions)? else {
            return Ok(None);
        };
        let of = Id(self.names.find(name)?);
        let link = find(&mut self.devices, step.on.as_deref())?.link()?;
        let hex = step.hex.as_deref().map(bytes).transpose()?;
        let hex = hex.unwrap_or_default();
        let op = match action {
            0 => Op::Read,
            1 => Op::Write,
            2 => Op::WriteQuickly,
            3 => Op::Subscribe,
            4 => Op::Unsubscribe,
            _ => return Ok(Some(Entry::Value { t, link, of, hex })),
        };
        Ok(Some(Entry::Done {
            t,
            asked: t,
            link,
            op,
            of,
            hex,
            error: step.error.clone(),
        }))
    }
}

impl Known {
    fn link(&self) -> Result<u32, Wrong> {
        let called = &self.called;
        self.link
            .ok_or_else(|| format!("`{called}` is not connected; `connect: {called}` comes first"))
    }
}

fn find<'a>(devices: &'a mut [Known], called: Option<&str>) -> Result<&'a mut Known, Wrong> {
    let Some(called) = called else {
        let first = devices.first_mut();
        return first.ok_or_else(|| "there are no `devices`".to_owned());
    };
    let known = devices.iter_mut().find(|one| one.called == called);
    known.ok_or_else(|| format!("there is no device called `{called}`"))
}

/// What happens to the run.
fn of_run(step: &RawStep, t: i64) -> Result<Option<Entry>, Wrong> {
    match (step.delivered, step.end) {
        (None, None) => Ok(None),
        (Some(streams), None) => Ok(Some(Entry::Delivered { t, streams })),
        (None, Some(RawEnd::Run)) => Ok(Some(Entry::Stop { t })),
        (None, Some(RawEnd::Source)) => Ok(Some(Entry::End { t })),
        _ => Err(twice()),
    }
}

/// The one action that is there, by its place among them, and what it is done to.
fn only<'a>(actions: &[&'a Option<String>]) -> Result<Option<(usize, &'a str)>, Wrong> {
    let actions = actions.iter().enumerate();
    let mut there = actions.filter_map(|(at, action)| Some((at, action.as_deref()?)));
    match (there.next(), there.next()) {
        (found, None) => Ok(found),
        _ => Err(twice()),
    }
}

fn twice() -> Wrong {
    "two things happen; make two steps of it".to_owned()
}
