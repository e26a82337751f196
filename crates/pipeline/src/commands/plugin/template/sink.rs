//! The sink `@name@`: writes a line with time and power for each sample.

use pipeline_plugin::{Folder, Host, Item, Json, Plugin, Result, Stage, Stream, export, settings};

settings! {
    /// Writes time and power as CSV.
    pub struct @Type@ {
        /// Folder for the files; made if it does not exist.
        folder: Folder,
    }
}

export!(plugin);

/// The plugin as Pipeline lists it.
pub fn plugin() -> Plugin {
    Plugin::sink::<@Type@>("@name@", "write time and power as CSV", "csv")
}

impl Stage for @Type@ {
    fn open(&self, _header: &str, host: &Host<'_>) -> Result<Box<dyn Stream>> {
        // The host keeps the file out of sight until it is complete.
        host.write(b"time,power\n")?;
        Ok(Box::new(Open))
    }
}

/// One stream on its way into a file.
struct Open;

impl Stream for Open {
    fn process(&mut self, item: Item<'_>, host: &Host<'_>) -> Result<()> {
        if let Item::Samples(samples) = &item {
            if let Some(power) = samples.column("power") {
                return host.write(lines(samples.time(), power).as_bytes());
            }
        }
        Ok(())
    }

    fn finish(&mut self, summary: &str, host: &Host<'_>) -> Result<()> {
        let summary = Json::parse(summary).unwrap_or_default();
        let key = summary["content_key"].as_str().unwrap_or("unknown");
        let name = format!("@name@-{}.csv", key.get(..8).unwrap_or(key));
        host.reply(&Json::object([("file", name.into())]).to_string());
        Ok(())
    }
}

/// Seconds since 1970 and watts; nothing where nothing was measured.
fn lines(time: &[i64], power: &[f64]) -> String {
    let measured = time.iter().zip(power).filter(|(_, power)| !power.is_nan());
    measured.map(|(time, power)| format!("{},{power}\n", *time as f64 / 1e6)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_measured_is_left_out() {
        assert_eq!(lines(&[1_500_000, 2_000_000], &[180.0, f64::NAN]), "1.5,180\n");
    }

    #[test]
    fn the_folder_must_be_given() {
        let problems = pipeline_plugin::read_settings::<@Type@>("{}").unwrap_err();
        assert_eq!(problems[0].option, "folder");
    }
}
