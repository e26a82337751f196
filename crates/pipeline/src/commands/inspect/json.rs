//! Reports for machines. Within version 1, members are only ever added; `null` is "not known".

use serde_json::{Map, Value, json};

use super::developer::{DeveloperField, Developers, message_name};
use super::fit_file::{FitFile, data_crc, header_crc, protocol};
use super::maker;
use super::part::Part;
use super::problem::Fault;
use super::session::{Lap, Session};
use super::tcx_file::{self, Activity, TcxFile};
use super::totals::Totals;
use super::zones::Zones;

/// The report of a FIT file.
pub(super) fn of_fit(name: &str, file: &FitFile) -> Value {
    let outcome = file.outcome();
    let segments = file.parts.iter().zip(&file.report.segments);
    let segments: Vec<_> = segments
        .map(|(part, report)| segment(part, report))
        .collect();
    json!({
        "v": 1,
        "type": "inspect",
        "file": name,
        "format": "fit",
        "verdict": outcome.name(),
        "size": file.report.size,
        "problems": faults(&file.faults),
        "segments": segments,
    })
}

fn segment(part: &Part, report: &fit::SegmentReport) -> Value {
    let segment = &report.segment;
    let counts = report.counts.iter();
    let counts: Map<_, _> = counts
        .map(|(number, count)| (message_name(*number), json!(count)))
        .collect();
    let file_type = report.file_type.map(|number| {
        let name = fit::profile::types::FILE.name_of(number.into());
        name.map_or_else(|| number.to_string(), str::to_owned)
    });
    let records = &part.records;
    json!({
        "offset": segment.offset,
        "protocol": protocol(segment),
        "profile": segment.header.profile,
        "header_size": segment.header.size,
        "header_crc": header_crc(segment),
        "data_size": segment.data.len(),
        "data_crc": data_crc(segment),
        "file_type": file_type,
        "made_by": made_by(&part.maker),
        "utc_offset": part.utc_offset,
        "sessions": part.sessions.iter().map(session).collect::<Vec<_>>(),
        "laps": (0..).zip(&part.laps).map(lap).collect::<Vec<_>>(),
        "records": {
            "count": records.count,
            "first": records.first,
            "last": records.last,
            "distance": number(records.distance),
        },
        "developer_fields": developer_fields(&part.developers),
        "counts": counts,
    })
}

fn made_by(maker: &maker::Maker) -> Value {
    json!({
        "manufacturer": maker.manufacturer,
        "product": maker.product,
        "product_name": maker.product_name,
        "serial_number": maker.serial_number,
        "software": maker.software,
        "time_created": maker.time_created,
    })
}

fn session(session: &Session) -> Value {
    let mut members = totals(&session.totals);
    members.extend([
        ("index".to_owned(), json!(session.index)),
        ("sport".to_owned(), json!(session.sport)),
        ("sub_sport".to_owned(), json!(session.sub_sport)),
        ("sport_profile_name".to_owned(), json!(session.profile_name)),
        ("calories_method".to_owned(), json!(session.calories_method)),
        ("laps".to_owned(), json!(session.laps)),
        (
            "heart_rate_zones".to_owned(),
            zones(session.heart_rate_zones.as_ref()),
        ),
        (
            "power_zones".to_owned(),
            zones(session.power_zones.as_ref()),
        ),
    ]);
    Value::Object(members)
}

fn lap((position, lap): (u32, &Lap)) -> Value {
    let mut members = totals(&lap.totals);
    members.extend([
        ("index".to_owned(), json!(lap.index.unwrap_or(position))),
        ("sport".to_owned(), json!(lap.sport)),
        ("sub_sport".to_owned(), json!(lap.sub_sport)),
        ("trigger".to_owned(), json!(lap.trigger)),
        ("intensity".to_owned(), json!(lap.intensity)),
        (
            "heart_rate_zones".to_owned(),
            zones(lap.heart_rate_zones.as_ref()),
        ),
    ]);
    Value::Object(members)
}

/// The names are those that `run --json` uses.
fn totals(totals: &Totals) -> Map<String, Value> {
    let members = [
        ("elapsed_time", totals.elapsed_time),
        ("timer_time", totals.timer_time),
        ("distance", totals.distance),
        ("cycles", totals.cycles),
        ("cycle_length", totals.cycle_length),
        ("calories", totals.calories),
        ("work", totals.work),
        ("avg_speed", totals.avg_speed),
        ("max_speed", totals.max_speed),
        ("avg_heart_rate", totals.avg_heart_rate),
        ("max_heart_rate", totals.max_heart_rate),
        ("avg_cadence", totals.avg_cadence),
        ("max_cadence", totals.max_cadence),
        ("avg_power", totals.avg_power),
        ("max_power", totals.max_power),
    ];
    let start = ("start".to_owned(), json!(totals.start));
    let members = members.map(|(name, value)| (name.to_owned(), number(value)));
    members.into_iter().chain([start]).collect()
}

fn zones(zones: Option<&Zones>) -> Value {
    let Some(zones) = zones else {
        return Value::Null;
    };
    let list = |numbers: &[f64]| {
        numbers
            .iter()
            .map(|it| number(Some(*it)))
            .collect::<Vec<_>>()
    };
    json!({
        "times": list(&zones.times),
        "bounds": list(&zones.bounds),
        "method": zones.method,
        "max_heart_rate": number(zones.max_heart_rate),
        "resting_heart_rate": number(zones.resting_heart_rate),
        "threshold": number(zones.threshold),
    })
}

fn developer_fields(developers: &Developers) -> Vec<Value> {
    let field = |field: &DeveloperField| {
        let application = developers.application(field.developer);
        let messages = field.messages.iter().copied().map(message_name);
        json!({
            "application": application.and_then(|it| it.id.as_ref()),
            "application_version": application.and_then(|it| it.version),
            "developer": field.developer,
            "number": field.number,
            "name": field.name,
            "unit": field.unit,
            "base_type": field.base,
            "messages": messages.collect::<Vec<_>>(),
        })
    };
    developers.fields.iter().map(field).collect()
}

fn faults(faults: &[Fault]) -> Vec<Value> {
    faults.iter().map(fault).collect()
}

/// A problem, with its place.
pub(super) fn fault(fault: &Fault) -> Value {
    json!({
        "severity": fault.severity,
        "offset": fault.offset,
        "line": fault.line,
        "message": fault.message,
        "count": fault.count,
    })
}

/// The report of a TCX file.
pub(super) fn of_tcx(name: &str, file: &TcxFile) -> Value {
    json!({
        "v": 1,
        "type": "inspect",
        "file": name,
        "format": "tcx",
        "verdict": file.outcome().name(),
        "size": file.size,
        "problems": faults(&file.faults),
        "author": file.author.as_ref().map(written_by),
        "activities": file.activities.iter().map(activity).collect::<Vec<_>>(),
    })
}

fn activity(activity: &Activity) -> Value {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let mut members = totals(&activity.session.totals);
    let creator = activity.creator.as_ref().map(written_by);
    members.extend([
        ("id".to_owned(), json!(activity.id)),
        ("sport".to_owned(), json!(activity.session.sport)),
        ("utc_offset".to_owned(), json!(activity.utc_offset)),
        ("points".to_owned(), json!(activity.points)),
        ("points_end".to_owned(), json!(activity.end)),
        ("points_distance".to_owned(), number(activity.distance)),
        ("creator".to_owned(), json!(creator)),
        ("notes".to_owned(), json!(text(&activity.notes))),
        ("plan".to_owned(), json!(text(&activity.plan))),
    ]);
    let laps: Vec<_> = (0..).zip(&activity.laps).map(lap).collect();
    members.insert("laps".to_owned(), laps.into());
    Value::Object(members)
}

fn written_by(maker: &tcx_file::Maker) -> Value {
    json!({
        "name": maker.name,
        "version": maker.version,
        "serial_number": maker.serial_number,
    })
}

/// A number without a needless `.0`; `null` if it isn't known.
#[expect(
    clippy::cast_possible_truncation,
    reason = "whole and in range, as checked"
)]
pub(super) fn number(number: Option<f64>) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53: all integers up to it are exact.
    match number {
        Some(number) if number.fract() == 0.0 && number.abs() < EXACT => json!(number as i64),
        Some(number) if number.is_finite() => json!(number),
        _ => Value::Null,
    }
}
