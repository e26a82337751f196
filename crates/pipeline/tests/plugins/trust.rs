//! Which libraries are loaded.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::{Place, here, library};

const RUN: &[&str] = &["run", "bad.yaml", "--quiet", "--plugin", "libbad.so"];

fn place() -> Place {
    let place = Place::new();
    place.write("bad.yaml", include_str!("bad.yaml"));
    library(&here("bad.c"), &place, "libbad.so", &["-DFAULT=0"]);
    place
}

#[test]
fn a_library_is_loaded_when_it_is_trusted_as_it_is() {
    let place = place();
    let (code, text) = place.told(RUN);
    assert_eq!(code, 8, "{text}");
    assert_eq!(
        text,
        "error: the plugin library `[HERE]/libbad.so` is not trusted yet\n\
         help: if you know where it comes from: pipeline plugin trust [HERE]/libbad.so\n"
    );
    let (code, text) = place.told(&["plugin", "trust", "libbad.so"]);
    assert_eq!(code, 0, "{text}");
    assert!(
        text.starts_with("bad 1.0.0 · transform · sha256 "),
        "{text}"
    );
    let (code, text) = place.told(RUN);
    assert_eq!((code, place.delivered()), (0, 2), "{text}");

    // Other bytes: refused until they are trusted.
    library(&here("bad.c"), &place, "libbad.so", &["-DFAULT=5"]);
    let (code, text) = place.told(RUN);
    assert_eq!(code, 8, "{text}");
    let expected = "`[HERE]/libbad.so` (bad) has changed since you trusted it";
    assert!(text.contains(expected), "{text}");
    let mut flags = RUN.to_vec();
    flags.push("--allow-unpinned");
    let (code, text) = place.told(&flags);
    assert_eq!(code, 0, "nothing new, so the fault does not show: {text}");
}

#[test]
fn libraries_of_the_plugin_folders_are_found_by_their_plugins() {
    let place = place();
    let folder = place.path().join(".local/share/pipeline/plugins");
    fs::create_dir_all(&folder).unwrap();
    fs::copy(place.path().join("libbad.so"), folder.join("libbad.so")).unwrap();
    let run = ["run", "bad.yaml", "--quiet"];
    let (code, text) = place.told(&run);
    assert_eq!(code, 8, "{text}");
    assert!(text.contains("is not trusted yet"), "{text}");
    // A pipeline that does not need it is not concerned.
    place.write(
        "good.yaml",
        &include_str!("bad.yaml").replace("- bad:", "- laps:"),
    );
    let (code, text) = place.told(&["check", "good.yaml"]);
    assert_eq!(code, 0, "{text}");
    let library = folder.join("libbad.so");
    place.told(&["plugin", "trust", library.to_str().unwrap()]);
    let (code, text) = place.told(&run);
    assert_eq!((code, place.delivered()), (0, 2), "{text}");
    let (_, text) = place.told(&["plugin", "list"]);
    assert_eq!(
        text,
        "bad 1.0.0 · transform · .local/share/pipeline/plugins/libbad.so\n"
    );
    // It has changed: the pipelines that use it say so.
    let mut bytes = fs::read(&library).unwrap();
    bytes.push(0);
    fs::write(&library, bytes).unwrap();
    let (code, text) = place.told(&run);
    assert_eq!(code, 8, "{text}");
    assert!(
        text.contains("(bad) has changed since you trusted it"),
        "{text}"
    );
    assert_eq!(text.matches("error:").count(), 1, "{text}");
}

#[test]
fn what_others_may_change_is_refused() {
    let place = place();
    place.told(&["plugin", "trust", "libbad.so"]);
    let library = place.path().join("libbad.so");
    let permit = |path: &std::path::Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    permit(&library, 0o646);
    let (code, text) = place.told(RUN);
    assert_eq!(code, 8, "{text}");
    assert!(
        text.contains("may be changed by others\nhelp: chmod go-w"),
        "{text}"
    );
    permit(&library, 0o644);
    permit(place.path(), 0o777);
    let (code, text) = place.told(RUN);
    assert_eq!(code, 8, "{text}");
    assert!(text.contains("where others may write"), "{text}");
    permit(place.path(), 0o700);
    assert_eq!(place.told(RUN).0, 0);
}

/// What is trusted is decided by the person at the keyboard, not by a pipeline file.
#[test]
fn a_pipeline_file_cannot_load_a_library() {
    let place = place();
    for line in [
        "plugin: libbad.so",
        "plugins: [libbad.so]",
        "allow-unpinned: true",
    ] {
        place.write("bad.yaml", &format!("{line}\n{}", include_str!("bad.yaml")));
        let (code, text) = place.told(&["check", "bad.yaml"]);
        assert_eq!(code, 5, "{text}");
    }
}
