//! Items that a plugin sends: checked before anything is believed of them.

use pipeline_plugin::abi::{self, c};

use super::loaded::bytes_of;

/// The most rows of a batch, columns of it, and bytes of a text.
const ROWS: usize = 1 << 24;
const COLUMNS: usize = 4096;
const NAME: usize = 200;
const TEXT: usize = 1 << 28;

/// The item, with sound pointers and lengths, and text that is UTF-8.
///
/// # Safety
///
/// What `item` points to lives for `'a` and is as long as it says.
pub(super) unsafe fn checked<'a>(item: *const c::Item) -> Result<abi::Item<'a>, String> {
    if item.is_null() || !item.is_aligned() {
        return Err("sent no item".to_owned());
    }
    // SAFETY: every version of an item starts with its size (R2).
    let size = unsafe { item.cast::<usize>().read() };
    if size < size_of::<c::Item>() {
        return Err(format!(
            "sent an item that says it has {size} bytes; it has {} or more",
            size_of::<c::Item>()
        ));
    }
    // SAFETY: it is as long as this version's item.
    let item = unsafe { &*item };
    // SAFETY: the caller's promise.
    let text = || unsafe { text(item) };
    Ok(match item.kind {
        c::kind::SAMPLES => {
            // SAFETY: the caller's promise.
            unsafe { check_samples(item) }?;
            // SAFETY: the caller's promise, and the pointers are sound.
            unsafe { abi::Item::of(item) }
        }
        c::kind::LAP => abi::Item::Lap(text()?),
        c::kind::EVENT => abi::Item::Event(text()?),
        c::kind::CURVE => abi::Item::Curve(text()?),
        // SAFETY: the caller's promise.
        c::kind::BYTES => abi::Item::Bytes(unsafe { bytes_of(&item.text, TEXT) }?),
        kind => return Err(format!("sent an item of kind {kind}, which there is not")),
    })
}

/// # Safety
///
/// The columns are as many as the item says, if their pointer is not null.
unsafe fn check_samples(item: &c::Item) -> Result<(), String> {
    if item.rows > ROWS || item.column_count > COLUMNS {
        return Err(format!(
            "sent samples with {} rows and {} columns",
            item.rows, item.column_count
        ));
    }
    if !sound(item.time, item.rows) || !sound(item.columns, item.column_count) {
        return Err("sent samples without times or columns at their addresses".to_owned());
    }
    for number in 0..item.column_count {
        // SAFETY: the caller's promise; `number` is below the count.
        let column = unsafe { &*item.columns.add(number) };
        if column.length != item.rows {
            // SAFETY: the caller's promise.
            let name = unsafe { bytes_of(&column.name, NAME) }?;
            return Err(format!(
                "sent samples with {} times, but {} values of `{}`",
                item.rows,
                column.length,
                String::from_utf8_lossy(name).escape_debug()
            ));
        }
        if !sound(column.values, column.length) {
            return Err(format!("sent no values at the address of column {number}"));
        }
        // SAFETY: the caller's promise.
        unsafe {
            bytes_of(&column.name, NAME)?;
            bytes_of(&column.unit, NAME)?;
        }
    }
    Ok(())
}

fn sound<T>(data: *const T, length: usize) -> bool {
    length == 0 || (!data.is_null() && data.is_aligned())
}

/// # Safety
///
/// As for [`checked`].
unsafe fn text<'a>(item: &c::Item) -> Result<&'a str, String> {
    // SAFETY: the caller's promise.
    let bytes = unsafe { bytes_of(&item.text, TEXT) }?;
    std::str::from_utf8(bytes).map_err(|_| "sent text that is no UTF-8".to_owned())
}
