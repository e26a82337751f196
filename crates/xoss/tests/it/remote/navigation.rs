//! Large and small navigation packets.

use xoss::remote::{Encoding, Guidance, Maneuver, Packet, RemoteError, Route};

use super::{LARGE, both_ways, encoding, route};
use crate::support::hex;

#[test]
fn large_navigation() {
    let name = "navi large packet: on route; next 300 m/40 s; dest 32 km/3600 s; slope 120 m up, 1500 m, 600 s, grade 2; right; 'XX路'";
    both_ways(&Packet::Route(route()), &encoding(name), &LARGE);
    // An MTU of 37 has room for no name, one of 41 for four bytes: the last character is left out.
    for (payload, name) in [(34, ""), (38, "XX"), (39, "XX路"), (98, "XX路")] {
        let encoding = Encoding { payload, ..LARGE };
        let bytes = Packet::Route(route()).encode(&encoding).unwrap();
        assert!(bytes.len() <= payload);
        let Packet::Route(read) = Packet::decode(&bytes, &LARGE).unwrap() else {
            panic!();
        };
        assert_eq!(read.street.as_deref(), Some(name));
    }
    let small = Encoding::default();
    let error = Packet::Route(route()).encode(&small).unwrap_err();
    assert_eq!(
        error,
        RemoteError::Long {
            length: 34,
            payload: 20
        }
    );
    let long = Route {
        street: Some("路".repeat(40)),
        ..route()
    };
    let bytes = Packet::Route(long).encode(&LARGE).unwrap();
    assert_eq!(bytes.len(), 34 + 63, "64 bytes, but whole characters");
}

/// All flags of a small packet mean a large one.
#[test]
fn a_small_packet_with_everything_can_t_be_said() {
    let all = Guidance {
        distance: Some(1),
        climb: Some(2),
        time: Some(3),
        maneuver: Some(Maneuver::Straight),
        street: Some("A".to_owned()),
        position_known: true,
        to_destination: true,
        reached: true,
    };
    let packet = Packet::Guidance(all.clone());
    assert_eq!(packet.encode(&LARGE), Err(RemoteError::AllFlags));
    let fits = Packet::Guidance(Guidance {
        reached: false,
        ..all
    });
    let bytes = fits.encode(&LARGE).unwrap();
    assert_eq!(Packet::decode(&bytes, &LARGE).unwrap(), fits);
    let long = Packet::Guidance(Guidance {
        street: Some("Straße nach Süden".to_owned()),
        ..Guidance::default()
    });
    let bytes = long.encode(&Encoding::default()).unwrap();
    let (head, name) = bytes.split_at(2);
    assert_eq!(head, [0x01, 0x80]);
    assert_eq!(name, "Straße nach Süde".as_bytes(), "18 bytes");
}

/// The first navigation example announces a maneuver and has none.
#[test]
fn the_documents_wrong_flags_are_wrong() {
    let bytes = hex("01 3d 00 7d 00 00 10 0e 00 00");
    assert!(matches!(
        Packet::decode(&bytes, &LARGE),
        Err(RemoteError::Short { .. })
    ));
}
