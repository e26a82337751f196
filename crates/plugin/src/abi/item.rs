use std::marker::PhantomData;
use std::{fmt, ptr, slice};

use super::c::{self, kind};

/// What flows in a stream, borrowed.
#[derive(Clone, Debug)]
pub enum Item<'a> {
    /// Consecutive samples.
    Samples(Samples<'a>),
    /// A lap that has ended, as JSON.
    Lap(&'a str),
    /// Something that happened, as JSON.
    Event(&'a str),
    /// A curve of one stroke, as JSON.
    Curve(&'a str),
    /// Raw bytes of a file.
    Bytes(&'a [u8]),
    /// A kind that this edition of the SDK does not know; pass it on.
    Unknown(Unknown<'a>),
}

/// Consecutive samples as columns, borrowed.
#[derive(Clone, Debug)]
pub struct Samples<'a> {
    time: &'a [i64],
    columns: Columns<'a>,
}

/// Columns that are borrowed from the other side, or put together here.
#[derive(Clone, Debug)]
enum Columns<'a> {
    Borrowed(&'a [Column<'a>]),
    Own(Vec<Column<'a>>),
}

/// One quantity of samples, borrowed.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Column<'a> {
    column: c::Column,
    borrowed: PhantomData<&'a [f64]>,
}

/// An item of an unknown kind, borrowed.
#[derive(Clone, Copy)]
pub struct Unknown<'a>(&'a c::Item);

impl<'a> Samples<'a> {
    /// Samples at these times, in microseconds since 1970, with these columns. Every column is
    /// as long as the times.
    pub fn new(time: &'a [i64], columns: Vec<Column<'a>>) -> Self {
        Self {
            time,
            columns: Columns::Own(columns),
        }
    }

    /// The times, in microseconds since 1970-01-01T00:00:00Z.
    pub fn time(&self) -> &'a [i64] {
        self.time
    }

    /// All columns.
    pub fn columns(&self) -> &[Column<'a>] {
        match &self.columns {
            Columns::Borrowed(columns) => columns,
            Columns::Own(columns) => columns,
        }
    }

    /// The values of a quantity; `None` when there is no such column.
    pub fn column(&self, name: &str) -> Option<&'a [f64]> {
        let found = self.columns().iter().find(|column| column.name() == name);
        found.map(Column::values)
    }

    /// The same samples with other values for a quantity, or with one more.
    #[must_use]
    pub fn with(mut self, column: Column<'a>) -> Self {
        let mut columns = self.columns().to_vec();
        match columns.iter_mut().find(|one| one.name() == column.name()) {
            Some(one) => *one = column,
            None => columns.push(column),
        }
        self.columns = Columns::Own(columns);
        self
    }
}

impl<'a> Column<'a> {
    /// A quantity with its unit (which may be empty for those with a fixed unit) and its values,
    /// `NaN` where nothing was measured.
    pub fn new(name: &'a str, unit: &'a str, values: &'a [f64]) -> Self {
        Self {
            column: c::Column {
                name: text(name),
                unit: text(unit),
                values: values.as_ptr(),
                length: values.len(),
            },
            borrowed: PhantomData,
        }
    }

    /// The quantity: `heart_rate`.
    pub fn name(&self) -> &'a str {
        // SAFETY: `self.column` borrows its parts for 'a (R3).
        unsafe { as_str(self.column.name) }
    }

    /// The bytes of the name, which are not checked to be UTF-8.
    pub fn name_bytes(&self) -> &'a [u8] {
        // SAFETY: `self.column` borrows its parts for 'a (R3).
        unsafe { as_slice(self.column.name.data, self.column.name.length) }
    }

    /// The bytes of the unit, which are not checked to be UTF-8.
    pub fn unit_bytes(&self) -> &'a [u8] {
        // SAFETY: `self.column` borrows its parts for 'a (R3).
        unsafe { as_slice(self.column.unit.data, self.column.unit.length) }
    }

    /// Its unit: `bpm`; empty for pure numbers.
    pub fn unit(&self) -> &'a str {
        // SAFETY: `self.column` borrows its parts for 'a (R3).
        unsafe { as_str(self.column.unit) }
    }

    /// One value a row.
    pub fn values(&self) -> &'a [f64] {
        // SAFETY: `self.column` borrows its parts for 'a (R3).
        unsafe { as_slice(self.column.values, self.column.length) }
    }
}

impl fmt::Debug for Column<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.name(), self.values())
    }
}

impl fmt::Debug for Unknown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "item of kind {}", self.0.kind)
    }
}

impl<'a> Item<'a> {
    /// An item that the other side lends.
    ///
    /// # Safety
    ///
    /// `item` and what it points to live for `'a` and are as the interface says.
    pub unsafe fn of(item: &'a c::Item) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            match item.kind {
                kind::SAMPLES => {
                    let time = as_slice(item.time, item.rows);
                    // A `Column` is a `c::Column` whose pointers are borrowed for 'a.
                    let columns = as_slice(item.columns.cast::<Column<'a>>(), item.column_count);
                    let columns = Columns::Borrowed(columns);
                    Self::Samples(Samples { time, columns })
                }
                kind::LAP => Self::Lap(as_str(item.text)),
                kind::EVENT => Self::Event(as_str(item.text)),
                kind::CURVE => Self::Curve(as_str(item.text)),
                kind::BYTES => Self::Bytes(as_slice(item.text.data, item.text.length)),
                _ => Self::Unknown(Unknown(item)),
            }
        }
    }

    /// The item as it crosses the border; it borrows from `self`.
    pub fn as_c(&self) -> c::Item {
        let mut item = c::Item {
            size: size_of::<c::Item>(),
            kind: kind::SAMPLES,
            reserved: 0,
            time: ptr::null(),
            rows: 0,
            columns: ptr::null(),
            column_count: 0,
            text: text(""),
        };
        let (kind, content) = match self {
            Self::Samples(samples) => {
                item.time = samples.time.as_ptr();
                item.rows = samples.time.len();
                item.columns = samples.columns().as_ptr().cast();
                item.column_count = samples.columns().len();
                return item;
            }
            Self::Lap(json) => (kind::LAP, json.as_bytes()),
            Self::Event(json) => (kind::EVENT, json.as_bytes()),
            Self::Curve(json) => (kind::CURVE, json.as_bytes()),
            Self::Bytes(bytes) => (kind::BYTES, *bytes),
            Self::Unknown(unknown) => return *unknown.0,
        };
        item.kind = kind;
        item.text = bytes(content);
        item
    }
}

/// A text as it crosses the border; it borrows.
pub(super) fn text(text: &str) -> c::Text {
    bytes(text.as_bytes())
}

fn bytes(bytes: &[u8]) -> c::Text {
    c::Text {
        data: bytes.as_ptr(),
        length: bytes.len(),
    }
}

/// A text from the other side; empty if it is no UTF-8, which the host does not send.
///
/// # Safety
///
/// What `text` points to lives for `'a`.
pub(super) unsafe fn as_str<'a>(text: c::Text) -> &'a str {
    // SAFETY: the caller's promise.
    let bytes = unsafe { as_slice(text.data, text.length) };
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// A list from the other side.
///
/// # Safety
///
/// `data` points to `length` values that live for `'a`, or is null.
pub(super) unsafe fn as_slice<'a, T>(data: *const T, length: usize) -> &'a [T] {
    if data.is_null() || length == 0 {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { slice::from_raw_parts(data, length) }
}
