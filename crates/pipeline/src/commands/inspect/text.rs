//! Reports for people.

use std::collections::BTreeMap;

use pipeline_plugin::Timestamp;

use super::developer::{Developers, message_name};
use super::fit_file::{FitFile, data_crc, header_crc, protocol};
use super::page::Page;
use super::part::Part;
use super::problem::{self, ERROR, Fault, REPAIR, WARNING};
use super::session::Session;
use super::table::Table;
use super::tcx_file::{Activity, Maker, TcxFile};
use super::zones::Zones;
use super::{laps, quoted};
use crate::words;

/// The report of a FIT file.
pub(super) fn of_fit(name: &str, file: &FitFile, all: bool) -> String {
    let mut page = Page::default();
    page.line(&headline(name, file));
    page.faults(&file.faults, all);
    let is_chained = file.parts.len() > 1;
    for (index, (part, report)) in file.parts.iter().zip(&file.report.segments).enumerate() {
        if is_chained {
            let (offset, segment) = (report.segment.offset, &report.segment);
            page.line("");
            page.line(&format!(
                "  segment {} at byte {}: FIT {}, {}",
                index + 1,
                offset,
                protocol(segment),
                crcs(header_crc(segment), data_crc(segment)),
            ));
        }
        add_part(&mut page, part, all);
        add_counts(&mut page, &report.counts);
    }
    page.finish()
}

/// `row.fit: FIT 2.0, valid (header CRC ok, data CRC ok), 96,412 bytes, 1 segment`.
fn headline(name: &str, file: &FitFile) -> String {
    let segments = &file.report.segments;
    let mut line = format!("{}: FIT", words::clean(name));
    if let Some(first) = segments.first() {
        line = format!("{line} {}", protocol(&first.segment));
    }
    line = format!("{line}, {}", verdict(file.outcome().name(), &file.faults));
    let worst = |state: fn(&fit::Segment) -> &'static str| {
        let states = segments.iter().map(|report| state(&report.segment));
        states.max_by_key(|state| {
            ["none", "ok", "missing", "wrong"]
                .iter()
                .position(|it| it == state)
        })
    };
    if let (Some(header), Some(data)) = (worst(header_crc), worst(data_crc)) {
        line = format!("{line} ({})", crcs(header, data));
    }
    let bytes = words::thousands(as_float(file.report.size as u64));
    let count = words::count(segments.len(), "segment", "segments");
    format!("{line}, {bytes} bytes, {count}")
}

fn crcs(header: &str, data: &str) -> String {
    let header = match header {
        "none" => "no header CRC".to_owned(),
        state => format!("header CRC {state}"),
    };
    format!("{header}, data CRC {data}")
}

/// `valid`, `valid with 2 warnings`, `damaged: 1 error, 2 warnings`.
fn verdict(outcome: &str, faults: &[Fault]) -> String {
    let kinds = [
        (ERROR, "error", "errors"),
        (WARNING, "warning", "warnings"),
        (REPAIR, "repair", "repairs"),
    ];
    let counts = kinds
        .into_iter()
        .map(|(severity, one, many)| (problem::count(faults, severity), one, many))
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| {
            words::count(usize::try_from(count).unwrap_or(usize::MAX), one, many)
        });
    let counts: Vec<_> = counts.collect();
    match (outcome, counts.is_empty()) {
        (_, true) => outcome.to_owned(),
        ("valid", false) => format!("{outcome} with {}", counts.join(", ")),
        _ => format!("{outcome}: {}", counts.join(", ")),
    }
}

fn add_part(page: &mut Page, part: &Part, all: bool) {
    page.row("made by", part.maker.facts());
    for session in &part.sessions {
        if part.sessions.len() > 1 {
            page.line("");
        }
        page.row("start", start(session, part.utc_offset));
        add_session(page, session);
    }
    if part.sessions.is_empty() {
        page.row("records", records(part));
    }
    laps::add(page, &part.laps, part.sessions.first(), all);
    add_developers(page, &part.developers);
    if !part.laps.is_empty() || !part.developers.fields.is_empty() {
        page.line("");
    }
}

/// The start in UTC, and in local time where the file tells the offset.
fn start(session: &Session, offset: Option<i64>) -> Vec<String> {
    let Some(start) = session.totals.start else {
        return Vec::new();
    };
    let mut facts = vec![format!("{} UTC", start.for_people())];
    if let Some(offset) = offset.filter(|offset| *offset != 0) {
        let local = Timestamp::from_micros(start.micros().saturating_add(offset * 1_000_000));
        let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.abs() / 60);
        let (hours, minutes) = (minutes / 60, minutes % 60);
        facts.push(format!(
            "{} {sign}{hours:02}:{minutes:02} local time",
            local.for_people()
        ));
    }
    facts
}

fn add_session(page: &mut Page, session: &Session) {
    page.row("sport", session.sport_text());
    page.row("total", total(session));
    let totals = &session.totals;

    page.row(
        "heart rate",
        average_and_most(totals.avg_heart_rate, totals.max_heart_rate, "bpm"),
    );
    let mut power = average_and_most(totals.avg_power, totals.max_power, "W");
    power.extend(
        totals
            .work
            .map(|joules| format!("{:.1} kJ", joules / 1000.0)),
    );
    page.row("power", power);
    let calories = totals
        .calories
        .map(|calories| format!("{} kcal", words::thousands(calories)));
    let calories = calories.map(|calories| match &session.calories_method {
        Some(method) => format!("{calories} ({})", words::clean(method)),
        None => calories,
    });
    page.row("calories", calories);
    add_zones(page, "HR zones", session.heart_rate_zones.as_ref());
    add_zones(page, "power zones", session.power_zones.as_ref());
}

/// `151 bpm`, `at most 171 bpm`.
fn average_and_most(average: Option<f64>, most: Option<f64>, unit: &str) -> Vec<String> {
    let average = average.map(|number| format!("{number:.0} {unit}"));
    let most = most.map(|number| format!("at most {number:.0} {unit}"));
    average.into_iter().chain(most).collect()
}

/// Distance, times, pace, cadence, strokes.
fn total(session: &Session) -> Vec<String> {
    let (totals, habit) = (&session.totals, session.habit());
    let mut facts = Vec::new();
    facts.extend(
        totals
            .distance
            .map(|metres| format!("{} m", words::thousands(metres))),
    );
    facts.extend(totals.time().map(words::duration));
    let elapsed = totals.elapsed_time.filter(|elapsed| {
        totals
            .timer_time
            .is_some_and(|timer| (timer - elapsed).abs() >= 0.05)
    });
    facts.extend(elapsed.map(|elapsed| format!("elapsed {}", words::duration(elapsed))));
    facts.extend(
        totals
            .speed()
            .map(|speed| format!("{} {}", habit.pace(speed), habit.pace_unit())),
    );
    let cadence = average_and_most(totals.avg_cadence, totals.max_cadence, habit.rate());
    facts.extend(cadence);
    facts.extend(totals.cycles.map(|cycles| {
        let length = totals
            .cycle_length
            .map(|metres| format!(" of {metres:.2} m"));
        let length = length.unwrap_or_default();
        let (number, unit) = (words::thousands(cycles), habit.cycles());
        let unit = if number == "1" {
            unit.trim_end_matches('s')
        } else {
            unit
        };
        format!("{number} {unit}{length}")
    }));
    facts
}

fn add_zones(page: &mut Page, label: &str, zones: Option<&Zones>) {
    if let Some(zones) = zones {
        let mut facts = zones.facts();
        facts.extend(zones.origin());
        page.row(label, facts);
    }
}

/// What can be said of an activity without a session.
fn records(part: &Part) -> Vec<String> {
    let records = &part.records;
    if records.count == 0 {
        return Vec::new();
    }
    let count = words::thousands(as_float(records.count));
    let mut facts = vec![format!("{count} without a session")];
    facts.extend(
        records
            .first
            .map(|first| format!("from {} UTC", first.for_people())),
    );
    facts.extend(records.span().map(words::duration));
    facts.extend(
        records
            .distance
            .map(|metres| format!("{} m", words::thousands(metres))),
    );
    facts
}

fn add_developers(page: &mut Page, developers: &Developers) {
    for developer in developers.indices() {
        if developers.fields_of(developer).next().is_none() {
            continue;
        }
        let application = developers.application(developer);
        let id = application.and_then(|application| application.id.as_deref());
        let mut title = vec![match id {
            Some(id) => format!("of application {}", words::clean(id)),
            None => "of an application without identifier".to_owned(),
        }];
        let version = application.and_then(|application| application.version);
        title.extend(version.map(|version| format!("version {version}")));
        page.line("");
        page.line(&format!("  developer fields {}", title.join(", ")));
        let fields = || developers.fields_of(developer);
        let mut table = Table::default();
        table.text("", fields().map(|field| Some(words::clean(&field.label()))));
        table.text("", fields().map(|field| Some(words::clean(&field.unit))));
        table.text("", fields().map(|field| Some(field.base.clone())));
        table.text(
            "",
            fields().map(|field| {
                let on: Vec<_> = field.messages.iter().copied().map(message_name).collect();
                Some(if on.is_empty() {
                    "unused".to_owned()
                } else {
                    format!("on {}", on.join(", "))
                })
            }),
        );
        page.table(&table, 4);
    }
}

/// The messages by name, the most frequent first.
fn add_counts(page: &mut Page, counts: &BTreeMap<u16, u64>) {
    let mut counts: Vec<_> = counts.iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let facts: Vec<_> = counts
        .into_iter()
        .map(|(number, count)| {
            format!(
                "{} {}",
                words::thousands(as_float(*count)),
                message_name(*number)
            )
        })
        .collect();
    page.row("messages", facts);
}

/// The report of a TCX file.
pub(super) fn of_tcx(name: &str, file: &TcxFile, all: bool) -> String {
    let mut page = Page::default();
    let verdict = verdict(file.outcome().name(), &file.faults);
    let size = file
        .size
        .map(|size| format!(", {} bytes", words::thousands(as_float(size))));
    page.line(&format!(
        "{}: TCX, {verdict}{}, {}",
        words::clean(name),
        size.unwrap_or_default(),
        words::count(file.activities.len(), "activity", "activities"),
    ));
    page.faults(&file.faults, all);
    page.row("written by", file.author.iter().map(maker));
    for (index, activity) in file.activities.iter().enumerate() {
        if index > 0 {
            page.line("");
        }
        add_activity(&mut page, activity, all);
    }
    page.finish()
}

fn add_activity(page: &mut Page, activity: &Activity, all: bool) {
    let session = &activity.session;
    page.row("recorded by", activity.creator.iter().map(maker));
    page.row("start", start(session, activity.utc_offset));
    add_session(page, session);
    let count = words::thousands(as_float(activity.points));
    let mut points = vec![count];
    let span = session.totals.start.zip(activity.end);
    points.extend(span.map(|(start, end)| words::duration(end - start)));
    points.extend(
        activity
            .distance
            .map(|metres| format!("{} m", words::thousands(metres))),
    );
    page.row("points", points);
    for (label, text) in [("notes", &activity.notes), ("plan", &activity.plan)] {
        if !text.is_empty() {
            page.row(label, [quoted(&one_line(text))]);
        }
    }
    laps::add(page, &activity.laps, Some(session), all);
}

/// The beginning of a text, in one line.
fn one_line(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = words.char_indices().nth(LONGEST) {
        words.truncate(end);
        words.push('…');
    }
    words
}

fn maker(maker: &Maker) -> String {
    let version = maker.version.as_ref().map(|version| format!(" {version}"));
    let serial = maker.serial_number.filter(|serial| *serial > 0);
    let serial = serial.map(|serial| format!(" · serial {serial}"));
    let name = if maker.name.is_empty() {
        "a device without name".to_owned()
    } else {
        quoted(&maker.name)
    };
    format!(
        "{name}{}{}",
        version.unwrap_or_default(),
        serial.unwrap_or_default()
    )
}

#[expect(clippy::cast_precision_loss, reason = "counts and sizes are small")]
fn as_float(number: u64) -> f64 {
    number as f64
}
