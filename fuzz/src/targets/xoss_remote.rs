//! Any bytes as a value of the Bluetooth Remote Service, from either side: no panic, what is read can
//! be written and read again.

use xoss::remote::{Encoding, Feature, MachineStatus, Packet, Request, Response};

pub(crate) fn fuzz(bytes: &[u8]) {
    let encoding = Encoding {
        payload: 512,
        ..Encoding::default()
    };
    if let Ok(packet) = Packet::decode(bytes, &encoding)
        && let Ok(again) = packet.encode(&encoding)
    {
        let read = Packet::decode(&again, &encoding).expect("it was written here");
        if again.len() < 512 {
            let twice = read.encode(&encoding).expect("it was read here");
            assert_eq!(again, twice);
        }
    }
    if let Ok(request) = Request::decode(bytes) {
        let again = request.encode();
        assert_ne!(again.first(), Some(&0xDF));
        assert_eq!(
            Request::decode(&again)
                .expect("it was written here")
                .encode(),
            again
        );
    }
    if let Ok(response) = Response::decode(bytes) {
        assert_eq!(Response::decode(&response.encode()), Ok(response));
    }
    if let Ok(feature) = Feature::decode(bytes) {
        assert_eq!(feature.encode(), bytes);
    }
    if let Ok(status) = MachineStatus::decode(bytes) {
        assert_eq!(MachineStatus::decode(&status.encode()), Ok(status));
    }
}
