//! What a person asks of a computer, one thing at a time: the commands of `pipeline xoss`.

use pipeline_plugin::{Error, Result, SourceCx};
use xoss::{
    Delivered, DeviceInfo, Document, FileName, GnssStatus, Job, Listing, Outcome, Refusal,
    RideName, Storage, SystemFile, gnss, update, validate,
};

use crate::computer::{Computer, Tell};

/// What a computer says of itself.
#[derive(Clone, Debug)]
pub struct About {
    /// What to call it.
    pub title: String,
    /// What the system calls it.
    pub address: String,
    /// What its Device Information and Battery services say.
    pub info: DeviceInfo,
    /// The model that it is taken for, as the word for settings.
    pub profile: &'static str,
    /// The MTU of the connection.
    pub mtu: usize,
    /// How much room there is, where it says so.
    pub storage: Option<Storage>,
    /// How old its satellite data are, where it knows any.
    pub gnss: Option<GnssStatus>,
    /// The ride that it records, where it says so.
    pub recording: Option<RideName>,
}

/// What was sent, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// The computer has it now, and could read it.
    Sent,
    /// It says the same already.
    Same,
}

impl Computer {
    /// What it says of itself.
    ///
    /// # Errors
    ///
    /// When it doesn't answer.
    pub async fn about(&mut self, cx: &SourceCx) -> Result<About> {
        let recording = match self.ask(cx, Job::Wake).await? {
            Outcome::Awake { recording } => recording,
            _ => None,
        };
        let storage = match self.ask(cx, Job::Storage).await? {
            Outcome::Storage(storage) => Some(storage),
            _ => None,
        };
        let gnss = match self.ask(cx, Job::Gnss).await? {
            Outcome::Gnss(gnss) => gnss,
            _ => None,
        };
        Ok(About {
            title: self.title().to_owned(),
            address: self.address().to_owned(),
            info: self.info().clone(),
            profile: self.profile().name,
            mtu: self.mtu(),
            storage,
            gnss,
            recording,
        })
    }

    /// Its list of rides.
    ///
    /// # Errors
    ///
    /// When it doesn't answer, or the list can't be read.
    pub async fn list(&mut self, cx: &SourceCx) -> Result<Listing> {
        match self.ask(cx, Job::List).await? {
            Outcome::Listed(listing) => Ok(listing),
            other => Err(self.no(&other, "the list of rides")),
        }
    }

    /// A file, whole. Whether a ride is sound in itself, [`xoss::Integrity::of_fit`] says.
    ///
    /// # Errors
    ///
    /// When there is no such file, or it doesn't come.
    pub async fn fetch(
        &mut self,
        cx: &SourceCx,
        file: &FileName,
        tell: &mut Tell<'_>,
    ) -> Result<Vec<u8>> {
        let job = match file {
            FileName::Ride(name) => Job::Download(name.clone()),
            FileName::System(file) => Job::Fetch(*file),
        };
        let outcome = self.run(cx, job, tell).await;
        match outcome.map_err(|trouble| trouble.into_error(self.title()))? {
            Outcome::Downloaded(download) => Ok(download.content),
            Outcome::Fetched { content, .. } => Ok(content),
            other => Err(self.no(&other, file.as_str())),
        }
    }

    /// Sends what `content` changes in a file of the computer: the values that differ, spelled and
    /// ordered as the computer has them, with everything else that is there. Satellite data are sent
    /// as they are.
    ///
    /// # Errors
    ///
    /// When the content is not what the computer could use, which is seen before anything is sent;
    /// when it doesn't take it.
    pub async fn put(
        &mut self,
        cx: &SourceCx,
        file: SystemFile,
        content: &[u8],
        tell: &mut Tell<'_>,
    ) -> Result<Put> {
        let content = match file {
            SystemFile::FileList | SystemFile::Workouts => {
                return Err(Error::skip(format!(
                    "`{}` is made by the computer and can't be sent",
                    file.as_str()
                )));
            }
            SystemFile::Gnss => {
                self.check_gnss(cx, content).await?;
                content.to_vec()
            }
            _ => match self.changed(cx, file, content, tell).await? {
                Some(content) => content,
                None => return Ok(Put::Same),
            },
        };
        let outcome = self.run(cx, Job::Send(file, content), tell).await;
        match outcome.map_err(|trouble| trouble.into_error(self.title()))? {
            Outcome::Sent(_) => Ok(Put::Sent),
            other => Err(self.no(&other, file.as_str())),
        }
    }

    /// The computer's file with the changes.
    async fn changed(
        &mut self,
        cx: &SourceCx,
        file: SystemFile,
        content: &[u8],
        tell: &mut Tell<'_>,
    ) -> Result<Option<Vec<u8>>> {
        let name = file.as_str();
        let wrong = |error: xoss::DocumentError| {
            Error::skip(format!("`{name}` can't be sent")).with_source(error)
        };
        let wanted = Document::parse(content).map_err(wrong)?;
        let now = self.fetch(cx, &FileName::System(file), tell).await?;
        let mut document = Document::parse(&now).map_err(|error| {
            let text = format!("`{name}` of `{}` can't be read", self.title());
            Error::skip(text).with_source(error)
        })?;
        let changed = update(&mut document, &wanted).map_err(wrong)?;
        validate(file, &document).map_err(wrong)?;
        let seconds = cx.now().micros() / 1_000_000;
        document.touch(u32::try_from(seconds).unwrap_or_default());
        Ok(changed.then(|| document.into_bytes()))
    }

    async fn check_gnss(&mut self, cx: &SourceCx, content: &[u8]) -> Result<()> {
        gnss::messages(content).map_err(|error| {
            Error::skip("these are no satellite data")
                .with_source(error)
                .with_help(
                    "NAV takes messages MGA-ANO of u-blox, as its AssistNow service gives them",
                )
        })?;
        match self.ask(cx, Job::Gnss).await? {
            Outcome::Gnss(Some(_)) => Ok(()),
            _ => Err(Error::skip(format!(
                "`{}` takes no satellite data",
                self.title()
            ))),
        }
    }

    /// Sets its clock, in seconds since 1970, UTC; whether it confirmed that.
    ///
    /// # Errors
    ///
    /// When it says no.
    pub async fn set_clock(&mut self, cx: &SourceCx, seconds: u32) -> Result<bool> {
        match self.ask(cx, Job::SetClock(seconds)).await? {
            Outcome::ClockSet { confirmed } => Ok(confirmed),
            other => Err(self.no(&other, "the clock")),
        }
    }

    /// Deletes a ride for good. Whoever calls this has asked the person, or has it safe elsewhere.
    ///
    /// # Errors
    ///
    /// When it says no.
    pub async fn delete(&mut self, cx: &SourceCx, ride: &RideName) -> Result<()> {
        let job = Job::Delete(Delivered::stated(ride.clone()));
        match self.ask(cx, job).await? {
            Outcome::Deleted(_) => Ok(()),
            other => Err(self.no(&other, ride.as_str())),
        }
    }

    /// Does a job without a transfer worth telling of.
    pub(crate) async fn ask(&mut self, cx: &SourceCx, job: Job) -> Result<Outcome> {
        let result = self.run(cx, job, &mut |_, _| ()).await;
        result.map_err(|trouble| trouble.into_error(self.title()))
    }

    /// The computer said no, or something else than was asked for.
    fn no(&self, outcome: &Outcome, what: &str) -> Error {
        let title = self.title();
        match outcome {
            Outcome::Refused(refusal @ Refusal::NoSuchFile(_)) => {
                let error = Error::skip(format!("`{title}`: {refusal}: `{what}`"));
                error
                    .with_help("`pipeline xoss ls` shows the rides; not every model has every file")
            }
            Outcome::Refused(refusal @ (Refusal::FileBusy(_) | Refusal::Busy)) => {
                let error = Error::skip(format!("`{title}`: {refusal}"));
                error.with_help("end the recording, or wait, and try again")
            }
            Outcome::Refused(refusal) => Error::skip(format!("`{title}`: {what}: {refusal}")),
            _ => Error::skip(format!("`{title}` did not say anything about {what}")),
        }
    }
}

/// The file of a computer that is called so: one of its own, or a ride.
///
/// # Errors
///
/// When it can't be asked for.
pub fn file_named(name: &str) -> Result<FileName> {
    let own = FILES.iter().find(|file| file.as_str() == name);
    if let Some(file) = own {
        return Ok(FileName::System(*file));
    }
    match name.parse::<RideName>() {
        Ok(ride) => Ok(FileName::Ride(ride)),
        Err(error) => {
            let all: Vec<_> = FILES.iter().map(|file| file.as_str()).collect();
            Err(Error::skip(error.to_string())
                .with_help(format!("besides rides there are {}", all.join(", "))))
        }
    }
}

/// The files that computers have beside rides.
const FILES: [SystemFile; 10] = [
    SystemFile::FileList,
    SystemFile::Workouts,
    SystemFile::Settings,
    SystemFile::OldSettings,
    SystemFile::UserProfile,
    SystemFile::GearProfile,
    SystemFile::Panels,
    SystemFile::OldPanels,
    SystemFile::RouteBooks,
    SystemFile::Gnss,
];
