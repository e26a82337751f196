//! Bent files on all levels. `cargo run --release -p fit --example mutants` does a million.

use std::fs;
use std::panic::catch_unwind;

use crate::levels;
use crate::mutants::Mutants;
use crate::support::{data, files};

fn ours() -> Vec<Vec<u8>> {
    let folders = ["golden", "made"].map(|folder| files(&data().join(folder)));
    let read = |path| fs::read(path).unwrap();
    folders.into_iter().flatten().map(read).collect()
}

#[test]
fn sound_files_pass_all_levels() {
    for file in ours() {
        levels::all(&file);
    }
}

#[test]
fn mutants_pass_all_levels() {
    const SEED: u64 = 1;
    let files = ours();
    let mut mutants = Mutants::new(&files, SEED);
    for number in 0..500 {
        let mutant = mutants.next();
        let passed = catch_unwind(|| levels::all(&mutant));
        assert!(passed.is_ok(), "mutant {number} of seed {SEED}");
    }
}
