//! The tables of the profile, and what they make of messages.

use std::collections::HashSet;
use std::io::Cursor;

use fit::profile::{self, Field, Kind, SubField, event, file_id, record, session, types};
use fit::{Accumulator, BaseType, Decoder, Encoder, Expanded, Message, Shape, Value};

/// Every field and sub-field with its message; the fields first.
fn all() -> impl Iterator<Item = (&'static profile::Message, &'static Field)> {
    profile::MESSAGES.iter().flat_map(|message| {
        let subfields = |field: &'static Field| field.subfields.iter().map(|it| &it.field);
        let inner = message.fields.iter().flat_map(subfields);
        let fields = message.fields.iter().chain(inner);
        fields.map(move |field| (message, field))
    })
}

#[test]
fn it_is_complete() {
    assert!(profile::MESSAGES.len() >= 121);
    let fields: usize = profile::MESSAGES.iter().map(|it| it.fields.len()).sum();
    assert!(fields >= 1393, "{fields}");
    assert!(all().count() >= 1393 + 98);
    for (number, name) in types::MESG_NUM.values() {
        if name.starts_with("mfg_range") {
            continue;
        }
        let known = profile::message(number.try_into().unwrap());
        assert_eq!(known.map(|it| it.name), Some(name));
    }
}

#[test]
fn tables_are_sorted_and_without_doubles() {
    let increases = |pair: &[u32]| pair[0] < pair[1];
    let numbers: Vec<u32> = profile::MESSAGES
        .iter()
        .map(|it| it.number.into())
        .collect();
    assert!(numbers.windows(2).all(increases));
    let mut names = HashSet::new();
    for message in profile::MESSAGES {
        assert!(names.insert(message.name), "{}", message.name);
        let numbers: Vec<u32> = message.fields.iter().map(|it| it.number.into()).collect();
        assert!(numbers.windows(2).all(increases), "{}", message.name);
        let names: HashSet<_> = message.fields.iter().map(|it| it.name).collect();
        assert_eq!(names.len(), message.fields.len(), "{}", message.name);
    }
}

#[test]
fn enumerations_fit_their_fields() {
    for (message, field) in all() {
        let Kind::Named(names) = field.kind else {
            continue;
        };
        let place = format!("{}.{}", message.name, field.name);
        assert_eq!(names.base, field.base, "{place}");
        let values: Vec<u32> = names.values().map(|(value, _)| value).collect();
        assert!(values.windows(2).all(|pair| pair[0] < pair[1]), "{place}");
        let limit = 1_u64 << (8 * u32::from(field.base.size()));
        assert!(values.iter().all(|it| u64::from(*it) < limit), "{place}");
        let unique: HashSet<_> = names.values().map(|(_, name)| name).collect();
        assert_eq!(unique.len(), values.len(), "{place}");
    }
}

#[test]
fn names_are_in_snake_case() {
    let is_snake = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|it| it == b'_' || it.is_ascii_lowercase() || it.is_ascii_digit())
    };
    for (message, field) in all() {
        assert!(is_snake(message.name) && is_snake(field.name), "{field:?}");
        assert!(field.scale > 0.0, "{}.{}", message.name, field.name);
        if let Kind::Named(names) = field.kind {
            assert!(names.values().all(|(_, name)| is_snake(name)));
        }
    }
}

#[test]
fn components_lie_side_by_side_in_unsigned_fields() {
    let mut count = 0;
    for (message, field) in all().filter(|(_, field)| !field.components.is_empty()) {
        let place = format!("{}.{}", message.name, field.name);
        assert!(matches!(
            field.base,
            BaseType::Byte | BaseType::Uint8 | BaseType::Uint16 | BaseType::Uint32
        ));
        let mut end = 0;
        for component in field.components {
            assert_eq!(component.start, end, "{place}");
            end += u16::from(component.bits);
            assert!((1..=32).contains(&component.bits), "{place}");
            let target = message.field(component.field).expect(&place);
            assert!(target.base != BaseType::String, "{place}");
            count += 1;
        }
        let room = 8 * u16::from(field.base.size());
        assert!(
            field.array || field.base == BaseType::Byte || end <= room,
            "{place}"
        );
    }
    assert!(count >= 120, "{count}");
}

#[test]
fn subfields_refer_to_fields_and_known_values() {
    for message in profile::MESSAGES {
        for field in message.fields {
            for SubField { conditions, field } in field.subfields {
                let place = format!("{}.{}", message.name, field.name);
                assert!(!conditions.is_empty(), "{place}");
                assert!(field.subfields.is_empty(), "{place}");
                for (number, values) in *conditions {
                    let Kind::Named(names) = message.field(*number).expect(&place).kind else {
                        panic!("{place}: no enumeration");
                    };
                    let known = |value: &u32| names.name_of(*value).is_some();
                    assert!(!values.is_empty() && values.iter().all(known), "{place}");
                }
            }
        }
    }
}

/// A file with one message, given to `check` after it was read.
fn with(message: profile::Message, fields: &[(Field, Value<'_>)], check: impl Fn(&Message<'_>)) {
    let mut shape = Shape::of(message);
    for (field, value) in fields {
        let count = match value {
            Value::Bytes(bytes) => bytes.len(),
            _ => 1,
        };
        shape = shape.array(*field, count);
    }
    let shape = shape.build().unwrap();
    let values: Vec<_> = fields.iter().map(|(_, value)| value.clone()).collect();
    let mut encoder = Encoder::new(Cursor::new(Vec::new())).unwrap();
    encoder.write_values(&shape, &values).unwrap();
    let file = encoder.finish().unwrap().into_inner();
    let mut decoder = Decoder::tolerant(&file);
    check(&decoder.next_message().unwrap().unwrap());
}

fn number(value: impl Into<f64>) -> Value<'static> {
    Value::Number(value.into())
}

#[test]
fn cycles_are_what_the_sport_makes_of_them() {
    let cases = [
        (types::sport::ROWING, "total_strokes", "strokes"),
        (types::sport::RUNNING, "total_strides", "strides"),
        (types::sport::GENERIC, "total_cycles", "cycles"),
    ];
    for (sport, name, unit) in cases {
        let fields = [
            (session::TOTAL_CYCLES, number(1234)),
            (session::SPORT, number(sport)),
        ];
        with(profile::SESSION, &fields, |message| {
            let field = message.field(session::TOTAL_CYCLES.number).unwrap();
            assert_eq!(field.name(), Some("total_cycles"));
            let resolved = message.resolved(field);
            assert_eq!((resolved.name(), resolved.unit()), (Some(name), unit));
            assert_eq!(resolved.number(), Some(1234.0));
        });
    }
}

#[test]
fn products_have_the_names_that_their_maker_gives_them() {
    let cases = [
        (
            types::manufacturer::GARMIN,
            1036,
            "garmin_product",
            Some("edge500"),
        ),
        (
            types::manufacturer::DYNASTREAM,
            1,
            "garmin_product",
            Some("hrm1"),
        ),
        (types::manufacturer::CONCEPT2, 1036, "product", None),
    ];
    for (manufacturer, product, name, label) in cases {
        let fields = [
            (file_id::MANUFACTURER, number(manufacturer)),
            (file_id::PRODUCT, number(product)),
        ];
        with(profile::FILE_ID, &fields, |message| {
            let field = message.resolved(message.field(file_id::PRODUCT.number).unwrap());
            assert_eq!((field.name(), field.label()), (Some(name), label));
        });
    }
}

#[test]
fn subfields_have_scales_of_their_own() {
    let fields = [
        (event::EVENT, number(types::event::VIRTUAL_PARTNER_PACE)),
        (event::DATA, number(2500)),
    ];
    with(profile::EVENT, &fields, |message| {
        let field = message.field(event::DATA.number).unwrap();
        assert_eq!(field.number(), Some(2500.0));
        let speed = message.resolved(field);
        assert_eq!(speed.name(), Some("virtual_partner_speed"));
        assert_eq!((speed.number(), speed.unit()), (Some(2.5), "m/s"));
    });
}

fn shown(values: impl IntoIterator<Item = Expanded>) -> Vec<(&'static str, f64)> {
    let values = values.into_iter();
    values.map(|it| (it.field.name, it.number())).collect()
}

#[test]
fn components_of_a_subfield_are_expanded() {
    let data = u32::from_le_bytes([2, 25, 1, 50]);
    let fields = [
        (event::EVENT, number(types::event::FRONT_GEAR_CHANGE)),
        (event::DATA, number(data)),
    ];
    with(profile::EVENT, &fields, |message| {
        let field = message.field(event::DATA.number).unwrap();
        let expected = [
            ("rear_gear_num", 2.0),
            ("rear_gear", 25.0),
            ("front_gear_num", 1.0),
            ("front_gear", 50.0),
        ];
        assert_eq!(shown(message.expanded(field)), expected);
    });
}

#[test]
fn narrow_fields_are_expanded_into_wide_ones() {
    let fields = [
        (record::ALTITUDE, number(123.4)),
        (record::SPEED, Value::Missing),
    ];
    with(profile::RECORD, &fields, |message| {
        let expanded = |field: Field| shown(message.expanded(message.field(field.number).unwrap()));
        assert_eq!(expanded(record::SPEED), []);
        let [(name, altitude)] = expanded(record::ALTITUDE)[..] else {
            panic!("one component");
        };
        assert_eq!(name, "enhanced_altitude");
        assert!((altitude - 123.4).abs() < 1e-9);
    });
}

#[test]
fn totals_are_accumulated() {
    // Twelve bits of speed, 3.21 m/s, then twelve of distance in sixteenths of a metre.
    let compressed = |distance: u32| {
        let [a, b, c, _] = (0x141 | distance << 12).to_le_bytes();
        Value::Bytes(vec![a, b, c].into())
    };
    let field = record::COMPRESSED_SPEED_DISTANCE;
    let mut accumulator = Accumulator::default();
    let mut read = |distance| {
        let values = std::cell::RefCell::new(Vec::new());
        let accumulator = std::cell::RefCell::new(&mut accumulator);
        with(
            profile::RECORD,
            &[(field, compressed(distance))],
            |message| {
                values.replace(accumulator.borrow_mut().expand(message));
                let direct = message.expanded(message.field(field.number).unwrap());
                assert_eq!(shown(direct), [("speed", 3.21)]);
            },
        );
        shown(values.into_inner())
    };
    assert_eq!(read(4000), [("speed", 3.21), ("distance", 250.0)]);
    assert_eq!(read(4000), [("speed", 3.21), ("distance", 250.0)]);
    assert_eq!(read(64), [("speed", 3.21), ("distance", 260.0)]);
}

#[test]
fn components_are_cut_out_of_either_byte_order() {
    // Fourteen bits of time, one of quality, one of gap; the third element is missing.
    let elements = [0x320 | 1 << 14, 0x321 | 1 << 15, u16::MAX];
    for big_endian in [false, true] {
        let bytes = |it: u16| {
            if big_endian {
                it.to_be_bytes()
            } else {
                it.to_le_bytes()
            }
        };
        let [high, low] = bytes(profile::RAW_BBI.number);
        let mut data = vec![0x40, 0, big_endian.into(), high, low, 1, 1, 6, 0x84, 0];
        data.extend(elements.into_iter().flat_map(bytes));
        let size = data.len().try_into().unwrap();
        let mut file = fit::Header::new(0x10, 2140, size).to_bytes();
        file.extend(data);
        let mut decoder = Decoder::tolerant(&file);
        let message = decoder.next_message().unwrap().unwrap();
        let field = message.field(profile::raw_bbi::DATA.number).unwrap();
        let expected = [
            ("time", f64::from(0x320)),
            ("quality", 1.0),
            ("gap", 0.0),
            ("time", f64::from(0x321)),
            ("quality", 0.0),
            ("gap", 1.0),
        ];
        assert_eq!(shown(message.expanded(field)), expected);
    }
}
