//! Where the values of columns come from: which field of which application, and what it is called.

use std::collections::BTreeMap;
use std::fmt::Write;

use fit::Description;
use pipeline_plugin::Field;

use crate::developer::APPLICATION;
use crate::reader::plan::Instroke;
use crate::rowing;

/// Where the values of a column come from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Source {
    /// Fields of records.
    Native,
    /// A developer field of an application, and which of its elements, from 0.
    Developer(Box<(String, Description)>, usize),
}

/// The identifiers of a file's applications as hexadecimal digits, by developer data index.
pub(crate) type Applications = BTreeMap<u8, String>;

/// This program's own identifier.
pub(super) fn ours() -> String {
    hexadecimal(&APPLICATION)
}

/// Bytes as hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// The identifier of the application that a developer field belongs to; empty if the file has none.
pub(crate) fn application(description: &Description, applications: &Applications) -> String {
    applications
        .get(&description.developer)
        .cloned()
        .unwrap_or_default()
}

/// Where one element of a developer field comes from.
pub(crate) fn source(id: &str, description: &Description, element: usize) -> Source {
    Source::Developer(Box::new((id.to_owned(), description.clone())), element)
}

/// The column of one element of a field: `speed_1s_3` if there are several.
pub(crate) fn element_of(field: &Field, element: usize, count: usize) -> Field {
    if count == 1 {
        return field.clone();
    }
    Field::new(&format!("{}_{}", field.name(), element + 1), field.unit())
}

/// The column of a field of records that the profile doesn't know.
pub(crate) fn unknown(number: u8) -> Field {
    Field::new(&format!("field_{number}"), "")
}

/// What this program writes about its curves says nothing that the curves don't.
pub(super) fn is_redundant(id: &str, description: &Description) -> bool {
    id == ours() && instroke(description).is_some()
}

/// What a developer field says about the curve beside it, if anything.
pub(crate) fn instroke(description: &Description) -> Option<Instroke> {
    match &description.name {
        name if name == rowing::ABSCISSA.name => Some(Instroke::Abscissa),
        name if name == rowing::INTERVAL.name => Some(Instroke::Interval),
        name if name == rowing::POINTS.name => Some(Instroke::Points),
        _ => None,
    }
}
