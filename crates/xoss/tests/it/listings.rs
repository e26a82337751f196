//! Lists of rides.

use xoss::{Listing, NameProblem, RideName, RideState, SystemFile};

fn names(listing: &Listing) -> Vec<&str> {
    listing
        .rides
        .iter()
        .map(|ride| ride.name.as_str())
        .collect()
}

/// The form of M1 and M2; six rides of it are 160 bytes on a real M1.
#[test]
fn lines_of_text() {
    let text =
        b"20250903184128.fit 114843\r\n20250823061940.fit 123456\r\n20250823082404.fit 123456";
    let listing = Listing::from_file_list(text);
    assert_eq!(
        names(&listing),
        [
            "20250903184128.fit",
            "20250823061940.fit",
            "20250823082404.fit"
        ]
    );
    assert_eq!(listing.rides[0].size, Some(114_843));
    assert_eq!(listing.rides[0].state, RideState::NotSaid);
    assert_eq!(listing.file, Some(SystemFile::FileList));
    assert_eq!(listing.refused, []);
}

#[test]
fn every_end_of_line_and_missing_sizes() {
    for text in [
        "1.fit 10\n2.fit 20\n",
        "1.fit 10\r2.fit 20\r",
        "\u{FEFF}1.fit 10\r\n\r\n\n2.fit 20\0\0\0\0",
        "1.fit 10\0\n\x002.fit 20\x1A\x1A",
    ] {
        let listing = Listing::from_file_list(text.as_bytes());
        assert_eq!(names(&listing), ["1.fit", "2.fit"], "{text:?}");
        assert_eq!(listing.rides[1].size, Some(20));
        assert_eq!(listing.refused, [], "{text:?}");
    }
    let listing = Listing::from_file_list(b"1.fit\r\n2.fit");
    assert_eq!(names(&listing), ["1.fit", "2.fit"]);
    assert_eq!(listing.rides[0].size, None);
    for nothing in [&b""[..], b"\r\n", b"\0\0\0"] {
        let listing = Listing::from_file_list(nothing);
        assert_eq!((listing.rides.len(), listing.refused.len()), (0, 0));
    }
}

/// From a real G2+.
#[test]
fn json_of_a_g2() {
    let file = br#"{"version":"2.0.0","device_model":"N8","sn":"0xxxxxxx","update_at":1748360381,"workouts":[[20250526143800,924,3],[20250527161706,68758,0]]}"#;
    let listing = Listing::from_workouts(file).unwrap();
    assert_eq!(
        names(&listing),
        ["20250526143800.fit", "20250527161706.fit"]
    );
    assert_eq!(listing.rides[0].size, Some(924));
    assert_eq!(listing.rides[0].state, RideState::Synced);
    assert_eq!(listing.rides[1].state, RideState::NotSynced);
    assert_eq!(listing.header.device_model.as_deref(), Some("N8"));
    assert_eq!(listing.header.updated, Some(1_748_360_381));
    assert_eq!(listing.header.version.as_deref(), Some("2.0.0"));
    assert_eq!(listing.header.serial.as_deref(), Some("0xxxxxxx"));
}

#[test]
fn states_say_what_can_be_fetched() {
    let file =
        br#"{"workouts":[[1,1,0],[2,1,1],[3,1,2],[4,1,3],[5,1,4],[6,1,5],[7,1,9],[8,1],[9]]}"#;
    let listing = Listing::from_workouts(file).unwrap();
    let states: Vec<_> = listing.rides.iter().map(|ride| ride.state).collect();
    assert_eq!(
        states,
        [
            RideState::NotSynced,
            RideState::Recording,
            RideState::Syncing,
            RideState::Synced,
            RideState::Broken,
            RideState::TooLarge,
            RideState::Unknown(9),
            RideState::NotSaid,
            RideState::NotSaid,
        ]
    );
    let complete = listing.rides.iter().filter(|ride| ride.state.is_complete());
    assert_eq!(complete.count(), 7);
    assert_eq!(listing.rides[8].size, None);
}

/// One bad entry hides nothing else, and is told.
#[test]
fn entries_that_can_t_be_read_are_refused_one_by_one() {
    let file = br#"{"workouts":[[1,1,0],null,"x",[],[-1,1,0],[1.5,1,0],[true,1,0],["../a",1,0],["b",1,0],[2,-1,0],[3,"x",0],[4,1,"x"],[[1],1,0],[12345678901234567890,1,0],[1,1,0]]}"#;
    let listing = Listing::from_workouts(file).unwrap();
    assert_eq!(names(&listing), ["1.fit", "b.fit"]);
    let problems: Vec<_> = listing.refused.iter().map(|it| it.problem).collect();
    assert_eq!(problems.len(), 13);
    assert_eq!(problems[6], NameProblem::Ending);
    assert_eq!(problems[11], NameProblem::Long);
    assert_eq!(problems[12], NameProblem::Duplicate);
    assert!(listing.refused[5].to_string().contains("[true,1,0]"));
}

#[test]
fn no_rides_and_no_list() {
    for file in [&br#"{"workouts":[]}"#[..], br#"{"workouts":null}"#] {
        assert_eq!(Listing::from_workouts(file).unwrap().rides, []);
    }
    for file in [
        &b""[..],
        b"[]",
        b"{}",
        b"{\"workouts\":1}",
        b"{\"workouts\":[",
        b"\xFF",
    ] {
        assert!(
            Listing::from_workouts(file).is_err(),
            "{}",
            file.escape_ascii()
        );
    }
}

/// Deep nesting is refused, not followed to the stack's end.
#[test]
fn a_deep_file_is_refused() {
    let deep = format!(
        r#"{{"workouts":{}{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let listing = Listing::from_workouts(deep.as_bytes());
    assert!(listing.is_err() || listing.unwrap().rides.is_empty());
}

#[test]
fn what_is_wrong_with_a_name_is_said() {
    for (name, problem) in [
        ("a.txt", NameProblem::Ending),
        ("a.Fit", NameProblem::Ending),
        ("", NameProblem::Ending),
        (".fit", NameProblem::Empty),
        ("123456789012345.fit", NameProblem::Long),
        ("a b.fit", NameProblem::Character),
        ("ä.fit", NameProblem::Character),
        ("-a.fit", NameProblem::Option),
        ("LPT1.fit", NameProblem::Reserved),
        ("aux.FIT", NameProblem::Reserved),
    ] {
        let error = RideName::new(name.as_bytes()).unwrap_err();
        assert_eq!(error.problem, problem, "{name}");
    }
    let error = RideName::new(b"\x1b[31mred\n.fit").unwrap_err();
    assert_eq!(
        error.to_string(),
        r"`\x1b[31mred\n.fit` is no name of a ride: it has other characters than letters, digits, _ and -"
    );
}
