//! Fuzz targets, one a parser, in one program: what they need is built and linked once. The
//! environment variable `FUZZ_TARGET` says which one is meant; without it their names are printed.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;

#[expect(
    dead_code,
    reason = "each level is a target, and there is none for all"
)]
#[path = "../../crates/fit/tests/suite/levels.rs"]
mod levels;
mod streams;
mod targets;
mod tracks;

type Target = fn(&[u8]);

static TARGET: OnceLock<Target> = OnceLock::new();

/// The target that is asked for; else the program ends here.
fn choose() -> Target {
    let wanted = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let found = targets::TARGETS.iter().find(|(name, _)| *name == wanted);
    let Some((_, target)) = found else {
        for (name, _) in targets::TARGETS {
            println!("{name}");
        }
        std::process::exit(i32::from(!wanted.is_empty()));
    };
    *target
}

fuzz_target!(init: TARGET.get_or_init(choose), |bytes: &[u8]| {
    TARGET.get().expect("it is chosen first")(bytes);
});
