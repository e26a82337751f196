//! What `pipeline plugin new` writes.

use std::env::consts::DLL_SUFFIX;

use pipeline_plugin::c_header;

use super::new::Language;

/// What kind of stage the project makes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Source,
    Reader,
    Transform,
    Sink,
}

macro_rules! sdk {
    ($($file:literal)*) => {
        /// The slim edition of the SDK: the files that need nothing else.
        const SDK: &[(&str, &str)] = &[
            $((
                concat!("pipeline-plugin/src/", $file),
                include_str!(concat!("../../../../plugin/src/", $file)),
            )),*
        ];
    };
}

sdk! {
    "abi.rs" "abi/bluetooth.rs" "abi/c.rs" "abi/command.rs" "abi/current.rs" "abi/describe.rs"
    "abi/error.rs" "abi/host.rs" "abi/inputs.rs" "abi/item.rs" "abi/json.rs" "abi/library.rs"
    "abi/panic.rs" "abi/plugin.rs" "abi/quantity.rs" "abi/settings.rs" "abi/thread.rs"
}

const SDK_LIB: &str = "\
//! The slim edition of the plugin SDK of Pipeline: what a plugin in Rust needs, and no other crate.
//!
//! It is the folder `abi` of the crate `pipeline-plugin`, as this version of Pipeline has it. The
//! interface does not change, so it need not be renewed when Pipeline is.

pub mod abi;

pub use abi::{
    Arrival, Bluetooth, Column, Command, Device, Error, Folder, Host, Input, Item, Json, Level,
    Link, Metres, Plugin, Problem, Result, Role, Samples, Seconds, Setting, Settings, Stage,
    Status, Stream, ThreadHost, Unknown, Value, read_settings,
};
";

/// The files of a project: path and text.
pub(super) fn files(kind: Kind, language: Language, name: &str) -> Vec<(String, String)> {
    let filled = |text: &str| fill(text, name);
    let ident = name.replace('-', "_");
    let mut files = vec![(format!("{name}.yaml"), filled(&pipeline(kind, language)))];
    match kind {
        Kind::Reader => files.push((format!("sample.{ident}"), SAMPLE_CSV.to_owned())),
        Kind::Source => {}
        _ => files.push(("sample.tcx".to_owned(), SAMPLE_TCX.to_owned())),
    }
    match language {
        Language::Rust => {
            files.push(("Cargo.toml".to_owned(), filled(MANIFEST)));
            files.push(("src/lib.rs".to_owned(), filled(rust(kind))));
            files.push((
                "pipeline-plugin/Cargo.toml".to_owned(),
                filled(SDK_MANIFEST),
            ));
            files.push(("pipeline-plugin/src/lib.rs".to_owned(), SDK_LIB.to_owned()));
            let sdk = SDK.iter();
            files.extend(sdk.map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
            files.push((".gitignore".to_owned(), "target/\nout/\n".to_owned()));
        }
        Language::C => {
            files.push((format!("{ident}.c"), filled(c(kind))));
            files.push(("test.c".to_owned(), filled(c_test(kind))));
            files.push(("pipeline_plugin.h".to_owned(), c_header()));
            let makefile = filled(MAKEFILE).replace(".so", DLL_SUFFIX);
            files.push(("Makefile".to_owned(), makefile));
            files.push((
                ".gitignore".to_owned(),
                format!("*{DLL_SUFFIX}\ntest-{ident}\nout/\n"),
            ));
        }
    }
    files
}

fn fill(text: &str, name: &str) -> String {
    let mut type_name = String::new();
    for part in name.split('-') {
        let (first, rest) = part.split_at(part.len().min(1));
        type_name.push_str(&first.to_uppercase());
        type_name.push_str(rest);
    }
    let ident = name.replace('-', "_");
    text.replace("@name@", name)
        .replace("@ident@", &ident)
        .replace("@ending@", &ident)
        .replace("@Type@", &type_name)
        .replace("@version@", env!("CARGO_PKG_VERSION"))
}

fn rust(kind: Kind) -> &'static str {
    match kind {
        Kind::Source => include_str!("template/source.rs"),
        Kind::Reader => include_str!("template/reader.rs"),
        Kind::Transform => include_str!("template/transform.rs"),
        Kind::Sink => include_str!("template/sink.rs"),
    }
}

fn c(kind: Kind) -> &'static str {
    match kind {
        Kind::Source => include_str!("template/source.c"),
        Kind::Reader => include_str!("template/reader.c"),
        Kind::Transform => include_str!("template/transform.c"),
        Kind::Sink => include_str!("template/sink.c"),
    }
}

fn c_test(kind: Kind) -> &'static str {
    match kind {
        Kind::Source => {
            "#include <assert.h>\n\ndouble @ident@_distance(double seconds);\n\n\
             int main(void) {\n    assert(@ident@_distance(2) == 8.0);\n    return 0;\n}\n"
        }
        Kind::Reader => {
            "#include <assert.h>\n\nint @ident@_row(const char *line, double row[3]);\n\n\
             int main(void) {\n    double row[3];\n    \
             assert(@ident@_row(\"1.5,6.2,180\", row));\n    assert(row[2] == 180);\n    \
             assert(!@ident@_row(\"a,b\", row));\n    return 0;\n}\n"
        }
        Kind::Transform => {
            "#include <assert.h>\n\ndouble @ident@_scaled(double power);\n\n\
             int main(void) {\n    assert(@ident@_scaled(100) > 109.9);\n    \
             assert(@ident@_scaled(100) < 110.1);\n    return 0;\n}\n"
        }
        Kind::Sink => {
            "#include <assert.h>\n#include <stdint.h>\n#include <stdio.h>\n#include <string.h>\n\n\
             int @ident@_line(char *line, size_t capacity, int64_t time, double power);\n\n\
             int main(void) {\n    char line[80];\n    \
             assert(@ident@_line(line, sizeof line, 1500000, 180) > 0);\n    \
             assert(strcmp(line, \"1.500000,180\\n\") == 0);\n    return 0;\n}\n"
        }
    }
}

fn pipeline(kind: Kind, language: Language) -> String {
    let library = match language {
        Language::Rust => format!("target/release/lib@ident@{DLL_SUFFIX}"),
        Language::C => format!("./lib@ident@{DLL_SUFFIX}"),
    };
    let factor = match language {
        Language::Rust => " { factor: 1.1 }",
        Language::C => "",
    };
    let stages = match kind {
        Kind::Source => "source:\n  @name@:\n\nsinks:\n  - fit: { folder: out }\n".to_owned(),
        Kind::Reader => {
            "source:\n  @name@: { path: sample.@ending@ }\n\nsinks:\n  - fit: { folder: out }\n"
                .to_owned()
        }
        Kind::Transform => format!(
            "source:\n  tcx: {{ path: sample.tcx }}\n\ntransforms:\n  - @name@:{factor}\n\n\
             sinks:\n  - fit: {{ folder: out }}\n"
        ),
        Kind::Sink => {
            "source:\n  tcx: { path: sample.tcx }\n\nsinks:\n  - @name@: { folder: out }\n"
                .to_owned()
        }
    };
    format!("# pipeline run @name@.yaml --plugin {library}\n\nname: @name@\n\n{stages}")
}

const SAMPLE_TCX: &str = include_str!("template/sample.tcx");
const SAMPLE_CSV: &str = include_str!("template/sample.csv");
const MAKEFILE: &str = include_str!("template/Makefile");

const MANIFEST: &str = r#"[package]
name = "@name@"
version = "0.1.0"
edition = "2024"
rust-version = "1.89"
publish = false

[lib]
crate-type = ["cdylib"]

[dependencies]
# The slim edition of the SDK, beside this file: no other crate, no network.
pipeline-plugin = { path = "pipeline-plugin" }

[workspace]
"#;

const SDK_MANIFEST: &str = r#"[package]
name = "pipeline-plugin"
description = "The slim edition of the plugin SDK of Pipeline"
version = "@version@"
edition = "2024"
rust-version = "1.89"
license = "MIT OR Apache-2.0"
publish = false

[lints.rust]
unsafe_code = "deny"

[lints.clippy]
pedantic = { level = "warn", priority = -1 }
must_use_candidate = "allow"
"#;
