use std::collections::BTreeMap;
use std::fmt::Write;

use super::Profile;
use super::wire::quoted;

/// What is on a device.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files {
    pub(crate) contents: BTreeMap<String, Vec<u8>>,
    /// Names in the list of rides that have no file.
    pub(crate) listed: Vec<Vec<u8>>,
    /// The ride that is going on.
    pub(crate) recording: Option<String>,
    /// Bytes that something else takes.
    taken: usize,
}

/// Storage of a G+ Gen 1, in KB.
pub(crate) const TOTAL: usize = 8104;

impl Files {
    pub(crate) fn get(&self, profile: &Profile, name: &str) -> Option<Vec<u8>> {
        match (name, profile.json) {
            ("filelist.txt", false) => self.file_list(),
            ("workouts.json", true) => Some(self.workouts(profile)),
            _ => self.contents.get(name).cloned(),
        }
    }

    pub(crate) fn put(&mut self, name: &str, content: Vec<u8>) {
        self.contents.insert(name.to_owned(), content);
    }

    pub(crate) fn remove(&mut self, name: &str) -> bool {
        self.contents.remove(name).is_some()
    }

    /// Free room in bytes.
    pub(crate) fn room(&self) -> usize {
        (TOTAL * 1024).saturating_sub(self.taken + self.size())
    }

    /// Leaves so much free room, in bytes.
    pub(crate) fn leave_room(&mut self, bytes: usize) {
        self.taken = (TOTAL * 1024).saturating_sub(bytes + self.size());
    }

    fn size(&self) -> usize {
        self.contents.values().map(Vec::len).sum()
    }

    pub(crate) fn find(&self, name: &str) -> Option<&[u8]> {
        self.contents.get(name).map(Vec::as_slice)
    }

    fn rides(&self) -> impl Iterator<Item = (&str, usize)> {
        let rides = self
            .contents
            .iter()
            .map(|(name, content)| (&**name, content.len()));
        rides.filter(|(name, _)| name.ends_with("fit"))
    }

    /// A line for each ride; there is no file before the first.
    fn file_list(&self) -> Option<Vec<u8>> {
        let mut lines = Vec::new();
        for (name, size) in self.rides() {
            lines.push(format!("{name} {size}").into_bytes());
        }
        for name in &self.listed {
            lines.push([name, &b" 1000"[..]].concat());
        }
        let lines = lines.join(&b"\r\n"[..]);
        (!lines.is_empty()).then_some(lines)
    }

    fn workouts(&self, profile: &Profile) -> Vec<u8> {
        let mut json = format!(
            r#"{{"version":"2.0.0","device_model":{},"sn":{},"update_at":1748360381,"workouts":["#,
            quoted(profile.model),
            quoted(profile.serial)
        );
        let mut separator = "";
        for (name, size) in self.rides() {
            let state = u8::from(self.recording.as_deref() == Some(name));
            let stem = name.trim_end_matches(".fit");
            let stem = match stem.parse::<u64>() {
                Ok(number) if number.to_string() == stem => stem.to_owned(),
                _ => quoted(name),
            };
            let _ = write!(json, "{separator}[{stem},{size},{state}]");
            separator = ",";
        }
        for name in &self.listed {
            let name = quoted(&String::from_utf8_lossy(name));
            let _ = write!(json, "{separator}[{name},1000,0]");
            separator = ",";
        }
        json.push_str("]}");
        json.into_bytes()
    }
}

/// The settings that a device comes with.
pub(crate) fn factory(profile: &Profile) -> Vec<(&'static str, String)> {
    if !profile.json {
        return vec![("Setting.json", r#"{"version":"V1"}"#.to_owned())];
    }
    let head = format!(
        r#""version":"2.0.0","device_model":{},"sn":{}"#,
        quoted(profile.model),
        quoted(profile.serial)
    );
    let settings = r#""settings":{"language_i18n":"en","unit":0,"temperature_unit":0,"time_formatter":0,"backlight":0,"auto_pause":0,"overwrite":1,"keytone":true}"#;
    let profile = r#""user_profile":{"ALAHR":180,"ALASPEED":45,"FTP":200,"LTHR":165,"MAXHR":190,"birthday":631152000,"gender":0,"height":175,"time_zone":10800,"weight":75000}"#;
    let gears = r#""gears":[{"gid":1,"name":"Bike","weight":9000,"wheel_size":2096,"type":"bike","activated":true}]"#;
    let panels = r#""pages_count":5,"pages":[{"index":0,"pid":0,"count":1,"items":[103]},{"index":1,"pid":0,"count":1,"items":[300]},{"index":2,"pid":0,"count":1,"items":[100]},{"index":3,"pid":0,"count":1,"items":[200]},{"index":4,"pid":0,"count":1,"items":[801]}]"#;
    vec![
        (
            "settings.json",
            format!(r#"{{{head},"updated_at":1748360381,{settings}}}"#),
        ),
        (
            "user_profile.json",
            format!(r#"{{{head},"update_at":1748360381,{profile}}}"#),
        ),
        (
            "gear_profile.json",
            format!(r#"{{{head},"update_at":1748360381,{gears}}}"#),
        ),
        (
            "panels.json",
            format!(r#"{{{head},"update_at":1748360381,{panels}}}"#),
        ),
    ]
}
