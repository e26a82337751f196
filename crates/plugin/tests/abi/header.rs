//! The committed header is the generated one, and both sides agree on every size and offset.

use std::fmt::Write;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use expect_test::expect_file;
use pipeline_plugin::{c_header, c_structs};

#[test]
fn the_header_is_fresh() {
    expect_file!["../../include/pipeline_plugin.h"].assert_eq(&c_header());
}

#[test]
fn the_header_is_short() {
    let table = "Columns with a fixed unit";
    let lines = c_header()
        .lines()
        .take_while(|line| !line.contains(table))
        .count();
    assert!(lines <= 400, "{lines} lines");
    for line in c_header().lines() {
        assert!(line.chars().count() <= 100, "{line}");
        assert!(line.is_ascii(), "{line}");
    }
}

/// A program that prints the sizes and offsets of its compiler.
fn program() -> String {
    let mut text =
        String::from("#include \"pipeline_plugin.h\"\n#include <stdio.h>\nint main(void) {\n");
    for part in c_structs() {
        let name = part.name;
        let _ = writeln!(text, "printf(\"{name} %zu\\n\", sizeof(struct {name}));");
        for member in &part.members {
            let member = member.name;
            let _ = writeln!(
                text,
                "printf(\"{name}.{member} %zu\\n\", offsetof(struct {name}, {member}));"
            );
        }
    }
    text.push_str("return 0; }\n");
    text
}

fn expected() -> String {
    let mut text = String::new();
    for part in c_structs() {
        let _ = writeln!(text, "{} {}", part.name, part.size);
        for member in &part.members {
            let _ = writeln!(text, "{}.{} {}", part.name, member.name, member.offset);
        }
    }
    text
}

fn compiled(compiler: &str, standard: &str, folder: &Path) -> Option<String> {
    let source = folder.join(format!(
        "sizes-{standard}.{}",
        if compiler == "cc" { "c" } else { "cc" }
    ));
    let binary = folder.join(format!("sizes-{standard}"));
    std::fs::write(&source, program()).unwrap();
    let output = Command::new(compiler)
        .args(["-Wall", "-Wextra", "-pedantic", "-Werror"])
        .arg(format!("-std={standard}"))
        .arg(concat!("-I", env!("CARGO_MANIFEST_DIR"), "/include"))
        .arg(&source)
        .arg("-o")
        .arg(&binary)
        .output();
    let Ok(output) = output else {
        // Not `eprintln`, which the harness swallows.
        let _ = writeln!(io::stderr(), "SKIPPED: there is no {compiler}");
        return None;
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{compiler} {standard}: {errors}");
    let output = Command::new(binary).output().unwrap();
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn c_and_cpp_see_the_same_sizes_and_offsets() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    for (compiler, standard) in [
        ("cc", "c99"),
        ("cc", "c17"),
        ("c++", "c++11"),
        ("c++", "c++20"),
    ] {
        if let Some(found) = compiled(compiler, standard, &folder) {
            assert_eq!(found, expected(), "{compiler} -std={standard}");
        }
    }
}

/// Version 1 is what was published: members may only be added at the end of a struct.
#[test]
#[cfg(target_pointer_width = "64")]
fn the_published_offsets_stay() {
    expect_file!["offsets.txt"].assert_eq(&expected());
}
