//! Writes a kilometre of indoor rowing with everything that readers of activities look for.
//!
//! ```sh
//! cargo run -p fit --example row -- row.fit
//! ```

use std::fs::File;
use std::io::{Seek, Write};

use fit::profile::types::{
    activity as activity_type, display_measure, event as event_of, event_type, file, gender,
    hr_zone_calc, intensity, lap_trigger, manufacturer, mesg_num, session_trigger, source_type,
    sport as sport_of, sub_sport,
};
use fit::profile::{
    self, activity, device_info, event, file_creator, file_id, lap, record, session, sport,
    time_in_zone, user_profile, zones_target,
};
use fit::{BaseType, DeveloperField, Encoder, Error, Shape, Value, text_size};

const START: i64 = 1_760_000_000;
const APPLICATION: [u8; 16] = *b"fit example row!";
const DRAG_FACTOR: DeveloperField<'_> = DeveloperField::new(2, BaseType::Uint16, "DragFactor", "");
const PEAK_FORCE: DeveloperField<'_> =
    DeveloperField::new(7, BaseType::Uint16, "PeakDriveForceN", "0.1 N").scaled(10.0);

const SECONDS: u32 = 240;
const SPEED: f64 = 1000.0 / 240.0;
const LAPS: u32 = 2;

fn main() -> Result<(), Error> {
    let path = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "row.fit".to_owned());
    let mut encoder = Encoder::new(File::create(path)?)?;
    write_head(&mut encoder)?;
    write_athlete(&mut encoder)?;
    write_timer(&mut encoder, 0, event_type::START)?;
    write_records(&mut encoder)?;
    write_timer(&mut encoder, SECONDS, event_type::STOP_ALL)?;
    write_laps(&mut encoder)?;
    write_session(&mut encoder)?;
    write_activity(&mut encoder)?;
    encoder.finish()?.sync_all()?;
    Ok(())
}

/// FIT seconds of a second of the row.
fn at(second: u32) -> f64 {
    fit::time::from_unix_seconds(START + i64::from(second))
}

fn write_head<W: Write + Seek>(encoder: &mut Encoder<W>) -> Result<(), Error> {
    let shape = Shape::of(profile::FILE_ID)
        .field(file_id::TYPE)
        .field(file_id::MANUFACTURER)
        .field(file_id::PRODUCT)
        .field(file_id::SERIAL_NUMBER)
        .field(file_id::TIME_CREATED)
        .build()?;
    let maker = f64::from(manufacturer::DEVELOPMENT);
    encoder.write(
        &shape,
        &[file::ACTIVITY.into(), maker, 1.0, 1_234_567.0, at(0)],
    )?;
    let shape = Shape::of(profile::FILE_CREATOR)
        .field(file_creator::SOFTWARE_VERSION)
        .build()?;
    encoder.write(&shape, &[100.0])?;
    encoder.write_application(0, &APPLICATION, 1)?;
    encoder.write_description(&DRAG_FACTOR)?;
    encoder.write_description(&PEAK_FORCE)?;
    let name = "pipeline";
    let shape = Shape::of(profile::DEVICE_INFO)
        .field(device_info::TIMESTAMP)
        .field(device_info::DEVICE_INDEX)
        .field(device_info::MANUFACTURER)
        .field(device_info::PRODUCT)
        .field(device_info::SOFTWARE_VERSION)
        .text(device_info::PRODUCT_NAME, text_size(name))
        .field(device_info::SOURCE_TYPE)
        .build()?;
    let source = source_type::LOCAL.into();
    let version = Value::Number(1.0);
    let values = [
        at(0).into(),
        0_u8.into(),
        maker.into(),
        1_u8.into(),
        version,
        name.into(),
        source,
    ];
    encoder.write_values(&shape, &values)
}

fn write_athlete<W: Write + Seek>(encoder: &mut Encoder<W>) -> Result<(), Error> {
    let shape = Shape::of(profile::USER_PROFILE)
        .field(user_profile::GENDER)
        .field(user_profile::AGE)
        .field(user_profile::HEIGHT)
        .field(user_profile::WEIGHT)
        .field(user_profile::RESTING_HEART_RATE)
        .field(user_profile::HEIGHT_SETTING)
        .build()?;
    let metric = f64::from(display_measure::METRIC);
    encoder.write(
        &shape,
        &[gender::MALE.into(), 40.0, 1.8, 82.0, 55.0, metric],
    )?;
    let shape = Shape::of(profile::ZONES_TARGET)
        .field(zones_target::MAX_HEART_RATE)
        .field(zones_target::HR_CALC_TYPE)
        .build()?;
    encoder.write(&shape, &[185.0, hr_zone_calc::PERCENT_MAX_HR.into()])?;
    let shape = Shape::of(profile::SPORT)
        .field(sport::SPORT)
        .field(sport::SUB_SPORT)
        .text(sport::NAME, text_size("Rowing"))
        .build()?;
    let rowing = [
        sport_of::ROWING.into(),
        sub_sport::INDOOR_ROWING.into(),
        "Rowing".into(),
    ];
    encoder.write_values(&shape, &rowing)
}

fn write_timer<W: Write + Seek>(
    encoder: &mut Encoder<W>,
    second: u32,
    kind: u8,
) -> Result<(), Error> {
    let shape = Shape::of(profile::EVENT)
        .fields(&[
            event::TIMESTAMP,
            event::EVENT,
            event::EVENT_TYPE,
            event::EVENT_GROUP,
        ])
        .build()?;
    encoder.write(
        &shape,
        &[at(second), event_of::TIMER.into(), kind.into(), 0.0],
    )
}

fn write_records<W: Write + Seek>(encoder: &mut Encoder<W>) -> Result<(), Error> {
    let shape = Shape::of(profile::RECORD)
        .field(record::TIMESTAMP)
        .field(record::DISTANCE)
        .field(record::ENHANCED_SPEED)
        .field(record::POWER)
        .field(record::CADENCE)
        .field(record::HEART_RATE)
        .field(record::TOTAL_CYCLES)
        .field(record::CYCLE_LENGTH16)
        .developer(&DRAG_FACTOR)
        .developer(&PEAK_FORCE)
        .build()?;
    for second in 0..=SECONDS {
        let time = f64::from(second);
        let strokes = (0.4 * time).floor();
        let heart_rate = if second < 5 { f64::NAN } else { 140.0 };
        let row = [
            SPEED * time,
            SPEED,
            201.0,
            24.0,
            heart_rate,
            strokes,
            10.4,
            112.0,
            735.5,
        ];
        let mut values = vec![at(second)];
        values.extend(row);
        encoder.write(&shape, &values)?;
    }
    Ok(())
}

fn write_laps<W: Write + Seek>(encoder: &mut Encoder<W>) -> Result<(), Error> {
    let shape = Shape::of(profile::LAP)
        .fields(&[lap::MESSAGE_INDEX, lap::TIMESTAMP, lap::START_TIME])
        .fields(&[
            lap::TOTAL_ELAPSED_TIME,
            lap::TOTAL_TIMER_TIME,
            lap::TOTAL_DISTANCE,
        ])
        .fields(&[
            lap::TOTAL_CYCLES,
            lap::ENHANCED_AVG_SPEED,
            lap::AVG_HEART_RATE,
        ])
        .fields(&[
            lap::EVENT,
            lap::EVENT_TYPE,
            lap::INTENSITY,
            lap::LAP_TRIGGER,
        ])
        .fields(&[lap::SPORT, lap::SUB_SPORT])
        .build()?;
    let seconds = SECONDS / LAPS;
    let time = f64::from(seconds);
    for index in 0..LAPS {
        let (start, end) = (index * seconds, (index + 1) * seconds);
        let last = index + 1 == LAPS;
        let trigger = if last {
            lap_trigger::SESSION_END
        } else {
            lap_trigger::DISTANCE
        };
        let head = [
            index.into(),
            at(end),
            at(start),
            time,
            time,
            SPEED * time,
            48.0,
        ];
        let averages = [SPEED, 140.0, event_of::LAP.into(), event_type::STOP.into()];
        let tail = [
            intensity::ACTIVE,
            trigger,
            sport_of::ROWING,
            sub_sport::INDOOR_ROWING,
        ];
        encoder.write(
            &shape,
            &[&head[..], &averages, &tail.map(f64::from)].concat(),
        )?;
        write_zones(encoder, index, at(end), time)?;
    }
    Ok(())
}

/// The times below, between and above two heart rates.
fn write_zones<W: Write + Seek>(
    encoder: &mut Encoder<W>,
    lap: u32,
    end: f64,
    time: f64,
) -> Result<(), Error> {
    let shape = Shape::of(profile::TIME_IN_ZONE)
        .field(time_in_zone::TIMESTAMP)
        .field(time_in_zone::REFERENCE_MESG)
        .field(time_in_zone::REFERENCE_INDEX)
        .array(time_in_zone::TIME_IN_HR_ZONE, 3)
        .array(time_in_zone::HR_ZONE_HIGH_BOUNDARY, 2)
        .build()?;
    let (times, boundaries) = ([0.0, time, 0.0], [130.0, 185.0]);
    let (times, boundaries) = (times.as_slice().into(), boundaries.as_slice().into());
    let values = [
        end.into(),
        mesg_num::LAP.into(),
        lap.into(),
        times,
        boundaries,
    ];
    encoder.write_values(&shape, &values)
}

fn write_session<W: Write + Seek>(encoder: &mut Encoder<W>) -> Result<(), Error> {
    let shape = Shape::of(profile::SESSION)
        .fields(&[
            session::MESSAGE_INDEX,
            session::TIMESTAMP,
            session::START_TIME,
        ])
        .fields(&[session::TOTAL_ELAPSED_TIME, session::TOTAL_TIMER_TIME])
        .fields(&[
            session::TOTAL_DISTANCE,
            session::TOTAL_CYCLES,
            session::ENHANCED_AVG_SPEED,
        ])
        .fields(&[
            session::EVENT,
            session::EVENT_TYPE,
            session::SPORT,
            session::SUB_SPORT,
        ])
        .fields(&[
            session::FIRST_LAP_INDEX,
            session::NUM_LAPS,
            session::TRIGGER,
        ])
        .build()?;
    let time = f64::from(SECONDS);
    let head = [
        0.0,
        at(SECONDS),
        at(0),
        time,
        time,
        SPEED * time,
        96.0,
        SPEED,
    ];
    let kind = [
        event_of::SESSION,
        event_type::STOP,
        sport_of::ROWING,
        sub_sport::INDOOR_ROWING,
    ];
    let tail = [0.0, LAPS.into(), session_trigger::ACTIVITY_END.into()];
    encoder.write(&shape, &[&head[..], &kind.map(f64::from), &tail].concat())
}

fn write_activity<W: Write + Seek>(encoder: &mut Encoder<W>) -> Result<(), Error> {
    let shape = Shape::of(profile::ACTIVITY)
        .fields(&[
            activity::TIMESTAMP,
            activity::TOTAL_TIMER_TIME,
            activity::NUM_SESSIONS,
        ])
        .fields(&[activity::TYPE, activity::EVENT, activity::EVENT_TYPE])
        .field(activity::LOCAL_TIMESTAMP)
        .build()?;
    let kind = [activity_type::MANUAL, event_of::ACTIVITY, event_type::STOP].map(f64::from);
    let head = [at(SECONDS), SECONDS.into(), 1.0];
    encoder.write(&shape, &[&head[..], &kind, &[at(SECONDS + 7200)]].concat())
}
