//! Which messages the file has, as `fit-rust` wants them: raw numbers with their definitions.

use fit_rust::protocol::data_field::DataField;
use fit_rust::protocol::message_type::MessageType;
use fit_rust::protocol::value::Value;
use fit_rust::protocol::{
    DataMessage, DefinitionMessage, FieldDefinition, FitDataMessage, FitDefinitionMessage,
    FitMessage, FitMessageHeader,
};
use pipeline_plugin::{Field, Summary, Timestamp, field};

/// FIT base types: the code in a definition, and the value that means "not measured".
const ENUM: (u8, u32) = (0x00, 0xFF);
const UINT8: (u8, u32) = (0x02, 0xFF);
const UINT16: (u8, u32) = (0x84, 0xFFFF);
const UINT32: (u8, u32) = (0x86, 0xFFFF_FFFF);

/// How many fields a record has beside its time.
pub(crate) const FIELDS: usize = 5;

/// Fields of a record beside its time: ours, FIT's number, its type, and its scale.
pub(crate) static RECORD: [(Field, u8, (u8, u32), f64); FIELDS] = [
    (field::DISTANCE, 5, UINT32, 100.0),
    (field::SPEED, 6, UINT16, 1000.0),
    (field::HEART_RATE, 3, UINT8, 1.0),
    (field::CADENCE, 4, UINT8, 1.0),
    (field::POWER, 7, UINT16, 1.0),
];

/// The number of a message's own time.
const TIME: u8 = 253;

/// Local types of the messages; each is defined once.
const FILE_ID: u8 = 0;
const RECORDS: u8 = 1;
const LAP: u8 = 2;
const SESSION: u8 = 3;
const ACTIVITY: u8 = 4;

/// What made the file, and the definition of the records.
pub(crate) fn beginning(start: Timestamp) -> Vec<FitMessage> {
    let mut messages = Vec::new();
    let fields = [
        (0, ENUM, Value::U8(4)),
        (1, UINT16, Value::U16(255)),
        (4, UINT32, time(start)),
    ];
    messages.extend(defined(FILE_ID, MessageType::FileId, fields));
    let records = RECORD.iter().map(|(_, number, base, _)| (*number, *base));
    let fields: Vec<_> = std::iter::once((TIME, UINT32)).chain(records).collect();
    messages.push(definition(RECORDS, MessageType::Record, &fields));
    messages
}

/// One sample.
pub(crate) fn record(at: Timestamp, values: [f64; FIELDS]) -> FitMessage {
    let mut fields = vec![DataField::new(TIME, time(at))];
    for ((_, number, base, scale), value) in RECORD.iter().zip(values) {
        fields.push(DataField::new(*number, raw(*base, value * scale)));
    }
    data(RECORDS, MessageType::Record, fields)
}

/// One lap, one session and the activity.
pub(crate) fn ending(start: Timestamp, summary: &Summary) -> Vec<FitMessage> {
    let end = time(summary.end);
    let elapsed = raw(UINT32, (summary.end - start) * 1000.0);
    let timer = raw(UINT32, summary.totals.timer_time * 1000.0);
    let distance = raw(UINT32, summary.totals.distance * 100.0);
    let part = |index| {
        [
            (TIME, UINT32, end.clone()),
            (254, UINT16, Value::U16(index)),
            (2, UINT32, time(start)),
            (7, UINT32, elapsed.clone()),
            (8, UINT32, timer.clone()),
            (9, UINT32, distance.clone()),
        ]
    };
    let activity = [
        (TIME, UINT32, end.clone()),
        (0, UINT32, timer.clone()),
        (1, UINT16, Value::U16(1)),
    ];
    let mut messages = Vec::new();
    messages.extend(defined(LAP, MessageType::Lap, part(0)));
    messages.extend(defined(SESSION, MessageType::Session, part(0)));
    messages.extend(defined(ACTIVITY, MessageType::Activity, activity));
    messages
}

/// A definition and its one message.
fn defined<const N: usize>(
    local: u8,
    kind: MessageType,
    fields: [(u8, (u8, u32), Value); N],
) -> [FitMessage; 2] {
    let definitions: Vec<_> = fields
        .iter()
        .map(|(number, base, _)| (*number, *base))
        .collect();
    let values = fields.map(|(number, _, value)| DataField::new(number, value));
    [
        definition(local, kind, &definitions),
        data(local, kind, values.into()),
    ]
}

fn definition(local: u8, kind: MessageType, fields: &[(u8, (u8, u32))]) -> FitMessage {
    let fields: Vec<_> = fields
        .iter()
        .map(|(number, (code, _))| {
            let size = match *code {
                0x84 => 2,
                0x86 => 4,
                _ => 1,
            };
            FieldDefinition::new(*number, size, code & 0x80 != 0, code & 0x1F)
        })
        .collect();
    #[expect(clippy::cast_possible_truncation, reason = "six at most")]
    let count = fields.len() as u8;
    FitMessage::Definition(FitDefinitionMessage {
        header: FitMessageHeader::new(true, local),
        data: DefinitionMessage::new(false, count, fields, kind),
    })
}

fn data(local: u8, message_type: MessageType, values: Vec<DataField>) -> FitMessage {
    FitMessage::Data(FitDataMessage {
        header: FitMessageHeader::new(false, local),
        data: DataMessage {
            message_type,
            values,
        },
    })
}

/// `fit-rust` takes Unix seconds and makes FIT's of them.
fn time(at: Timestamp) -> Value {
    Value::Time(u32::try_from(at.rounded_seconds()).unwrap_or_default())
}

/// A number that is scaled already; what does not fit is as if it were not measured.
fn raw((code, missing): (u8, u32), value: f64) -> Value {
    let fits = (0.0..f64::from(missing)).contains(&value.round());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "in range, as was just checked"
    )]
    let value = if fits { value.round() as u32 } else { missing };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "below what stands for missing"
    )]
    match code {
        0x84 => Value::U16(value as u16),
        0x86 => Value::U32(value),
        _ => Value::U8(value as u8),
    }
}
