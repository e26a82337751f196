//! The page for authors shows the projects that `pipeline plugin new` writes, and these are built
//! and run by `tests/libraries/run`.

use std::fs;

use expect_test::expect_file;

use crate::support::Place;

#[test]
fn the_page_for_authors_is_fresh() {
    let place = Place::new();
    let mut page = String::new();
    for line in include_str!("plugin-authors.md").lines() {
        let code = line
            .strip_prefix("{{")
            .and_then(|line| line.strip_suffix("}}"));
        let Some(code) = code else {
            page.push_str(line);
            page.push('\n');
            continue;
        };
        if code == "smooth.py" {
            page.push_str(include_str!("smooth.py"));
            continue;
        }
        let [lang, kind, file] = code.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let folder = format!("{kind}-{lang}");
        let kind = format!("--{kind}");
        let (code, text) =
            place.told(&["plugin", "new", "mine", &kind, "--lang", lang, "--out", "."]);
        assert_eq!(code, 0, "{text}");
        let made = place.path().join(folder);
        fs::rename(place.path().join("mine"), &made).unwrap();
        page.push_str(&fs::read_to_string(made.join(file)).unwrap());
    }
    expect_file!["../../../../docs/plugin-authors.md"].assert_eq(&page);
}

#[test]
fn an_existing_folder_is_not_touched() {
    let place = Place::new();
    assert_eq!(place.told(&["plugin", "new", "mine", "--sink"]).0, 0);
    let (code, text) = place.told(&["plugin", "new", "mine", "--sink"]);
    assert_eq!(code, 1, "{text}");
    assert!(
        text.starts_with("error: `./mine` exists already\n"),
        "{text}"
    );
    let (code, text) = place.told(&["plugin", "new", "My Plugin", "--sink"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("a name is of a-z, 0-9 and `-`"), "{text}");
    let (code, text) = place.told(&["plugin", "new", "mine"]);
    assert_eq!(code, 2, "{text}");
    assert!(
        text.contains("--source|--reader|--transform|--sink"),
        "{text}"
    );
}

/// The files of the slim edition, which the program writes, are all that there are.
#[test]
fn the_slim_edition_is_complete() {
    let place = Place::new();
    place.told(&["plugin", "new", "mine", "--sink"]);
    let sources = concat!(env!("CARGO_MANIFEST_DIR"), "/../plugin/src/abi");
    for file in fs::read_dir(sources).unwrap() {
        let file = file.unwrap();
        let written = place
            .path()
            .join("mine/pipeline-plugin/src/abi")
            .join(file.file_name());
        let same = fs::read(&written).unwrap() == fs::read(file.path()).unwrap();
        assert!(same, "{}", written.display());
    }
}

#[test]
fn the_header_is_printed() {
    let place = Place::new();
    let (code, text) = place.told(&["plugin", "header"]);
    let committed = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../plugin/include/pipeline_plugin.h"
    );
    assert_eq!((code, text), (0, fs::read_to_string(committed).unwrap()));
}
