use std::ffi::c_void;
use std::time::Duration;

use super::c;
use super::command::micros;
use super::host::{lent, missing};
use super::item::{as_slice, as_str, text};
use super::{Error, Host, Json, Result, Status};

/// Bluetooth Low Energy as the host lends it.
///
/// An error of these functions ends nothing: try again, do without, or return it.
#[derive(Debug)]
pub struct Bluetooth<'a> {
    host: &'a Host<'a>,
    table: *const c::Bluetooth,
}

/// A device that was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Device {
    /// What the system calls it; for [`Bluetooth::connect`].
    pub id: String,
    /// The name that it advertises; empty if it has none.
    pub name: String,
    /// All that is known of it: `rssi`, `services`, `manufacturer_data`.
    pub about: Json,
}

/// A value that a device has sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Value {
    /// The number of its link; 0 where only one is asked.
    pub link: u64,
    /// When, in microseconds since 1970.
    pub time: i64,
    /// Of which characteristic: `2a37`, or a long UUID in lower case.
    pub characteristic: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What comes first.
#[derive(Clone, Debug, PartialEq)]
pub enum Arrival {
    /// A value.
    Value(Value),
    /// A link is lost.
    Lost {
        /// Its number.
        link: u64,
        /// When that was noticed, in microseconds since 1970.
        time: i64,
    },
    /// A device was seen.
    Device(Device),
}

/// A connection to a device. It ends when this is dropped.
#[derive(Debug)]
pub struct Link<'a> {
    bluetooth: &'a Bluetooth<'a>,
    number: u64,
}

/// Calls a function of the table that gives something.
macro_rules! given {
    ($bluetooth:expr, $function:ident $(, $argument:expr)*) => {{
        let function = lent!($bluetooth.table, Bluetooth, $function).ok_or_else(missing)?;
        let mut taken: Option<Value> = None;
        let (host, user) = ($bluetooth.host.table(), (&raw mut taken).cast());
        // SAFETY: the host's own function and table; the arguments and the place for what is taken
        // live until it returns (R3).
        let code = unsafe { function(host, $($argument,)* Some(take), user) };
        $bluetooth.host.explained(code).map(|()| taken)
    }};
}

/// Calls a function of the table that only does something.
macro_rules! done {
    ($bluetooth:expr, $function:ident $(, $argument:expr)*) => {{
        let function = lent!($bluetooth.table, Bluetooth, $function).ok_or_else(missing)?;
        // SAFETY: the host's own function and table; the arguments live until it returns (R3).
        let code = unsafe { function($bluetooth.host.table(), $($argument),*) };
        $bluetooth.host.explained(code)
    }};
}

impl<'a> Host<'a> {
    /// The host's Bluetooth, for sources, and for sinks by way of
    /// [`for_thread`](Self::for_thread).
    ///
    /// # Errors
    ///
    /// When this host is too old to lend it.
    pub fn bluetooth(&'a self) -> Result<Bluetooth<'a>> {
        // SAFETY: the member stands in every host's table.
        let table = unsafe { (&raw const (*self.table()).bluetooth).read() };
        if table.is_null() {
            return Err(missing());
        }
        Ok(Bluetooth { host: self, table })
    }
}

impl Bluetooth<'_> {
    /// Waits at most that long for the device of this source: the one of `--device`, or else the
    /// first that advertises one of the services, or has one of the names, in which `*` stands for
    /// anything.
    ///
    /// # Errors
    ///
    /// What the host says, such as that there is no adapter.
    pub fn find(
        &self,
        services: &[&str],
        names: &[&str],
        most: Duration,
    ) -> Result<Option<Device>> {
        let wanted = wanted(services, names);
        given!(self, find, text(&wanted), micros(most)).map(|taken| taken.as_ref().map(device))
    }

    /// The same for a further device, to which `--device` does not apply.
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find).
    pub fn find_other(
        &self,
        services: &[&str],
        names: &[&str],
        most: Duration,
    ) -> Result<Option<Device>> {
        let wanted = wanted(services, names);
        given!(self, find_other, text(&wanted), micros(most))
            .map(|taken| taken.as_ref().map(device))
    }

    /// Waits at most that long for any device that is seen, or of which more is known than before.
    /// It is looked for between calls too, until a connection is made.
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find).
    pub fn scan(&self, most: Duration) -> Result<Option<Device>> {
        given!(self, scan, micros(most)).map(|taken| taken.as_ref().map(device))
    }

    /// Looks for no more devices.
    ///
    /// # Errors
    ///
    /// What the host says.
    pub fn end_scan(&self) -> Result<()> {
        done!(self, end_scan)
    }

    /// Waits at most that long for what comes first on any link, or from a scan.
    ///
    /// # Errors
    ///
    /// [`Status::Cancelled`] once when the run is to stop.
    pub fn wait(&self, most: Duration) -> Result<Option<Arrival>> {
        let taken = given!(self, wait, micros(most))?;
        Ok(taken.map(|value| match value.link {
            0 => Arrival::Device(device(&value)),
            link if value.characteristic.is_empty() => Arrival::Lost {
                link,
                time: value.time,
            },
            _ => Arrival::Value(value),
        }))
    }

    /// What stands behind `--device`.
    ///
    /// # Errors
    ///
    /// What the host says.
    pub fn wanted(&self) -> Result<Option<String>> {
        given!(self, wanted).map(|taken| taken.map(|value| json_text(&value)))
    }

    /// Connects to a device that was found.
    ///
    /// # Errors
    ///
    /// [`Status::Device`] when it does not answer.
    pub fn connect(&self, id: &str) -> Result<Link<'_>> {
        let mut number = 0;
        done!(self, connect, text(id), &raw mut number)?;
        Ok(Link {
            bluetooth: self,
            number,
        })
    }

    /// The link of a number that [`Link::into_number`] gave.
    pub fn link(&self, number: u64) -> Link<'_> {
        Link {
            bluetooth: self,
            number,
        }
    }
}

impl Link<'_> {
    /// Its number.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Its number, for [`Bluetooth::link`]; it does not end now.
    pub fn into_number(self) -> u64 {
        let number = self.number;
        std::mem::forget(self);
        number
    }

    /// Its services as JSON, with the MTU.
    ///
    /// # Errors
    ///
    /// What the host says.
    pub fn services(&self) -> Result<Json> {
        let taken = given!(self.bluetooth, services, self.number)?.unwrap_or_default();
        Json::parse(&json_text(&taken)).map_err(|error| Error::new(Status::Broken, error))
    }

    /// Reads a characteristic: `"2a19"`, or a long UUID.
    ///
    /// # Errors
    ///
    /// [`Status::Device`] when the link is lost; otherwise when the device has no such
    /// characteristic, or refuses.
    pub fn read(&self, characteristic: &str) -> Result<Vec<u8>> {
        let taken = given!(self.bluetooth, read, self.number, text(characteristic))?;
        Ok(taken.unwrap_or_default().bytes)
    }

    /// Writes a characteristic; with a response, where it has both ways, if `confirmed`.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn write(&self, characteristic: &str, bytes: &[u8], confirmed: bool) -> Result<()> {
        let (data, length) = (bytes.as_ptr().cast::<c_void>(), bytes.len());
        let (name, confirmed) = (text(characteristic), i32::from(confirmed));
        done!(
            self.bluetooth,
            write,
            self.number,
            name,
            data,
            length,
            confirmed
        )
    }

    /// Asks for notifications or indications; they come from [`next`](Self::next).
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn subscribe(&self, characteristic: &str) -> Result<()> {
        done!(self.bluetooth, subscribe, self.number, text(characteristic))
    }

    /// Asks for no more of them.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn unsubscribe(&self, characteristic: &str) -> Result<()> {
        done!(
            self.bluetooth,
            unsubscribe,
            self.number,
            text(characteristic)
        )
    }

    /// Waits at most that long for the next value.
    ///
    /// # Errors
    ///
    /// [`Status::Device`] when the link is lost, [`Status::Cancelled`] when the run is to stop.
    pub fn next(&self, most: Duration) -> Result<Option<Value>> {
        given!(self.bluetooth, next, self.number, micros(most))
    }

    fn end(&self) -> Result<()> {
        done!(self.bluetooth, disconnect, self.number)
    }
}

impl Drop for Link<'_> {
    fn drop(&mut self) {
        // It is over all the same.
        let _ = self.end();
    }
}

fn wanted(services: &[&str], names: &[&str]) -> String {
    let list = |texts: &[&str]| Json::Array(texts.iter().map(|text| (*text).into()).collect());
    Json::object([("services", list(services)), ("names", list(names))]).to_string()
}

fn json_text(value: &Value) -> String {
    String::from_utf8_lossy(&value.bytes).into_owned()
}

fn device(value: &Value) -> Device {
    let about = Json::parse(&json_text(value)).unwrap_or_default();
    let text = |name: &str| about[name].as_str().unwrap_or_default().to_owned();
    Device {
        id: text("id"),
        name: text("name"),
        about,
    }
}

unsafe extern "C" fn take(user: *mut c_void, given: *const c::Given) {
    // SAFETY: `user` is the place of the call that this thread is in; what is given lives until
    // this returns (R3).
    unsafe {
        let given = &*given;
        *user.cast::<Option<Value>>() = Some(Value {
            link: given.number,
            time: given.time,
            characteristic: as_str(given.name).to_owned(),
            bytes: as_slice(given.text.data, given.text.length).to_vec(),
        });
    }
}
