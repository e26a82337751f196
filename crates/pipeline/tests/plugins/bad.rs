//! Plugins that are wrong: each gives one clear error that names it, exit code 8, and what is not
//! its business is delivered.

use std::fmt::Write;

use expect_test::expect_file;

use crate::support::{Place, here, library};

/// Faults that show while a stream is on its way.
const IN_STREAMS: &[(u32, &str)] = &[
    (1, "warns in something that is no UTF-8"),
    (2, "sends times that decrease"),
    (3, "sends a column that is too long"),
    (4, "returns a number without a meaning"),
    (5, "fails without a word"),
    (6, "fails with an empty word"),
    (7, "sends an item of a kind that there is not"),
    (8, "sends power in horse powers"),
    (9, "sends a lap that is none"),
    (10, "replies a header that is none"),
    (11, "calls what only sinks may call"),
    (12, "sends an item that is too short"),
    (13, "sends times at no address"),
    (14, "says that it was stopped"),
    (15, "carries on after an error"),
    (16, "sends a column whose name is no UTF-8"),
    (17, "says that it is broken"),
    (19, "replies a summary that is none"),
    (50, "says something at a level that there is not"),
    (51, "remembers something that is no JSON"),
    (52, "remembers more than there is room for"),
    (53, "asks the source for something, which only sinks may"),
];

/// Faults that show before anything is read.
const AT_ONCE: &[(u32, &str)] = &[
    (20, "can't be prepared and does not say why"),
    (21, "has a problem with something that is no UTF-8"),
    (30, "has a table of a wrong size"),
    (31, "has a role that there is not"),
    (32, "has a name that is no UTF-8"),
    (33, "has a name with a space"),
    (34, "has a schema that is no JSON"),
    (35, "has no function `process`"),
    (36, "is made for version 2"),
    (37, "has no function of the interface"),
    (38, "provides no plugin"),
    (39, "needs a function that nobody has"),
];

fn run(fault: u32) -> (i32, String, usize) {
    let place = Place::new();
    place.write("bad.yaml", include_str!("bad.yaml"));
    let flag = format!("-DFAULT={fault}");
    library(&here("bad.c"), &place, "libbad.so", &[&flag]);
    let arguments = [
        "run",
        "bad.yaml",
        "--quiet",
        "--plugin",
        "libbad.so",
        "--allow-unpinned",
    ];
    let (code, text) = place.told(&arguments);
    (code, text, place.delivered())
}

#[test]
fn each_fault_gives_one_error_that_names_the_plugin() {
    let mut all = String::new();
    for (fault, what) in IN_STREAMS.iter().chain(AT_ONCE) {
        let (code, text, delivered) = run(*fault);
        let errors = text.lines().filter(|line| line.starts_with("error:"));
        assert_eq!(errors.count(), 1, "{what}: {text}");
        assert_eq!(code, 8, "{what}: {text}");
        assert!(text.contains("bad"), "{what}: {text}");
        let expected = usize::from(!(20..40).contains(fault));
        assert_eq!(
            delivered, expected,
            "{what}: the other row is delivered: {text}"
        );
        let _ = writeln!(all, "# {what}\n{text}");
    }
    expect_file!["bad.txt"].assert_eq(&all);
}

/// An error of a plugin that is not its fault is one of the input.
#[test]
fn a_plugin_may_refuse_a_stream() {
    let (code, text, delivered) = run(18);
    assert_eq!((code, delivered), (3, 1), "{text}");
    assert!(
        text.contains("tuesday.tcx: this row is too long for me\nhelp: row less"),
        "{text}"
    );
}

/// A table may be longer than that of this version: what is behind is not looked at.
#[test]
fn a_plugin_of_a_later_version_works() {
    let (code, text, delivered) = run(40);
    assert_eq!((code, delivered), (0, 2), "{text}");
}

#[test]
fn what_is_no_library_is_refused() {
    let place = Place::new();
    place.write("bad.yaml", include_str!("bad.yaml"));
    place.write("libbad.so", "a text");
    let arguments = [
        "run",
        "bad.yaml",
        "--plugin",
        "libbad.so",
        "--allow-unpinned",
    ];
    let (code, text) = place.told(&arguments);
    assert_eq!(code, 8, "{text}");
    assert_eq!(
        text,
        "error: the plugin library `[HERE]/libbad.so` cannot be loaded: file too short\n\
         help: build a shared library: `cc -shared -fPIC`, or `crate-type = [\"cdylib\"]` in \
         Cargo.toml\n"
    );
    let (code, text) = place.told(&["run", "bad.yaml", "--plugin", "no.so"]);
    assert_eq!(code, 8, "{text}");
    assert!(
        text.starts_with("error: cannot read the plugin `no.so`: No such file"),
        "{text}"
    );
}

/// The system's loader would end the program.
#[test]
fn a_library_that_is_cut_short_is_refused() {
    let place = Place::new();
    let path = library(&here("bad.c"), &place, "libbad.so", &["-DFAULT=0"]);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..3000]).unwrap();
    for command in ["check", "trust"] {
        let (code, text) = place.told(&["plugin", command, "libbad.so"]);
        assert_eq!(code, 8, "{text}");
        assert!(
            text.contains("is cut short: 3000 bytes are there of "),
            "{text}"
        );
    }
}
