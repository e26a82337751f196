//! What differs between two FIT files.
//!
//! Messages of the same sort are compared with each other: those with the same message index, else
//! with the same time, else with the same place in the file. The files are walked once for each
//! sort, so nothing has to be kept.

mod printer;
mod walk;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use self::printer::{Counts, Printer};
use self::walk::{Key, Sort, Walk, sorts};
use super::fit_file::FitFile;
use super::selection::Selection;
use crate::output::result_line;
use crate::words;

/// One of the two files.
pub(super) struct Side<'a> {
    pub(super) name: &'a str,
    pub(super) bytes: Vec<u8>,
}

/// Prints what differs; whether nothing does.
pub(super) fn print(
    sides: &[Side<'_>; 2],
    selection: Option<&Selection>,
    all: bool,
    is_json: bool,
) -> bool {
    let files = [0, 1].map(|side| FitFile::read(&sides[side].bytes));
    let printer = Printer { all, is_json };
    let is_whole = selection.is_none();
    let identical = sides[0].bytes == sides[1].bytes;
    if !is_json {
        let names = sides.each_ref().map(|side| words::clean(side.name));
        result_line(&format!("{} → {}", names[0], names[1]));
    }
    let frame = is_whole && printer.frame(sides, &files);
    let mut total = Counts::default();
    if !identical {
        let sorts = sides.each_ref().map(|side| sorts(&side.bytes));
        let numbers: BTreeSet<u16> = sorts
            .iter()
            .flat_map(|sorts| sorts.keys().copied())
            .collect();
        let mut numbers: Vec<_> = numbers
            .into_iter()
            .filter(|number| selection.is_none_or(|selection| selection.has(*number)))
            .collect();
        numbers.sort_by_key(|number| sorts.each_ref().map(|sorts| first(sorts, *number)));
        for number in numbers {
            let by = sorts.each_ref().map(|sorts| sorts.get(&number));
            total += compare(sides, number, Key::of(by), &printer);
        }
    }
    printer.finish(total, identical, frame)
}

/// Where the first message of a sort stands among the others' first ones.
fn first(sorts: &BTreeMap<u16, Sort>, number: u16) -> usize {
    sorts.get(&number).map_or(usize::MAX, |sort| sort.place)
}

/// Compares the messages of one number, and says what differs.
fn compare(sides: &[Side<'_>; 2], number: u16, by: Key, printer: &Printer) -> Counts {
    let mut walks = sides
        .each_ref()
        .map(|side| Walk::new(&side.bytes, number, by));
    let mut counts = Counts::default();
    let mut lines = printer.lines(number);
    let [mut here, mut there] = walks.each_mut().map(Walk::next);
    loop {
        let order = match (&here, &there) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(here), Some(there)) => here.key.cmp(&there.key),
        };
        match (order, &here, &there) {
            (Ordering::Equal, Some(one), Some(other)) => {
                let changes = one.changes(other);
                if changes.is_empty() {
                    counts.same += 1;
                } else {
                    counts.changed += 1;
                    lines.changed(one, &changes);
                }
            }
            (Ordering::Less, Some(row), _) => {
                counts.only[0] += 1;
                lines.only(0, row);
            }
            (_, _, Some(row)) => {
                counts.only[1] += 1;
                lines.only(1, row);
            }
            _ => break,
        }
        if order != Ordering::Greater {
            here = walks[0].next();
        }
        if order != Ordering::Less {
            there = walks[1].next();
        }
    }
    lines.finish(counts);
    counts
}
