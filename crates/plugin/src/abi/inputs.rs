use super::c;
use super::host::lent;
use super::item::text;
use super::{Error, Host, Json, Level, Result};

/// What the host remembers of the inputs of a source: the files on a device.
///
/// An input has a key that tells it apart from all others, the source's name first: `["my-source",
/// serial, "20260712.fit", "180224"]`. A host that is too old to remember anything wants every input
/// and notes none.
impl Host<'_> {
    /// For sources: whether an input is to be fetched; ask once for each, before it is. One that
    /// was delivered already, or is known to be bad, is not.
    ///
    /// # Errors
    ///
    /// What the host says; return it at once.
    pub fn wants(&self, key: &[&str], name: &str) -> Result<bool> {
        let Some(wants) = lent!(self.table(), wants) else {
            return Ok(true);
        };
        self.answer_about(wants, key, name)
    }

    /// For sources: notes that all of an input is sent and finished, and nothing of another one
    /// since the last note. Whether every sink has it: only then it may be deleted from the device.
    ///
    /// # Errors
    ///
    /// What the host says; return it at once.
    pub fn note_delivered(&self, key: &[&str], name: &str) -> Result<bool> {
        let Some(note) = lent!(self.table(), note_delivered) else {
            return Ok(false);
        };
        self.answer_about(note, key, name)
    }

    /// For sources: reports an input that can't be used; the run goes on, and its exit code says so.
    /// With a key it is not wanted again. Its bytes, if any, are kept beside the results.
    ///
    /// # Errors
    ///
    /// What the host says; return it at once.
    pub fn give_up(
        &self,
        name: &str,
        error: &Error,
        key: Option<&[&str]>,
        bytes: Option<&[u8]>,
    ) -> Result<()> {
        let Some(give_up) = lent!(self.table(), give_up) else {
            self.log(Level::Error, &format!("{name}: {error}"));
            return Ok(());
        };
        self.fail(error);
        let key = key.map(key_text).unwrap_or_default();
        let (data, length) = bytes.map_or((std::ptr::null(), 0), |it| (it.as_ptr(), it.len()));
        // SAFETY: the host's own function and table; the texts and bytes live until it returns (R3).
        let code = unsafe { give_up(self.table(), text(&key), text(name), data.cast(), length) };
        Error::of_host(code)
    }

    fn answer_about(
        &self,
        function: unsafe extern "C" fn(*const c::Host, c::Text, c::Text, *mut i32) -> i32,
        key: &[&str],
        name: &str,
    ) -> Result<bool> {
        let (key, mut answer) = (key_text(key), 0);
        // SAFETY: the host's own function and table; the texts and the place for the answer live
        // until it returns (R3).
        let code = unsafe { function(self.table(), text(&key), text(name), &raw mut answer) };
        Error::of_host(code).map(|()| answer != 0)
    }
}

fn key_text(parts: &[&str]) -> String {
    let parts = parts.iter().map(|part| Json::from(*part)).collect();
    Json::Array(parts).to_string()
}
