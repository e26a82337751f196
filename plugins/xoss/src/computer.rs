//! A computer within reach, and the conversation with it.

use std::time::{Duration, Instant};

use pipeline_plugin::ble::{
    Connection, DeviceName, LinkEvent, Selector, Sighting, Write as WriteHow,
};
use pipeline_plugin::{Error, ErrorKind, Result, SourceCx, Timestamp};
use xoss::{Characteristic, DeviceInfo, Event, Job, Options, Outcome, Profile, Session, remote};

use crate::trouble::{Trouble, unpaired};

/// Which computer is meant, and how it is spoken to.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Its name, a pattern of it, or its address; `None`: the first one that is seen.
    pub device: Option<DeviceName>,
    /// How long to look for it.
    pub wait: Duration,
    /// Its model; `None`: what can be told from its name and its connection.
    pub profile: Option<Profile>,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            device: None,
            wait: Duration::from_secs(30),
            profile: None,
        }
    }
}

impl Wanted {
    /// Looks for the computer: the one of the command line, the one that is named here, or any of
    /// which the name is known.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Device`] when there is none; what the adapter says.
    pub async fn find(&self, cx: &SourceCx) -> Result<Sighting> {
        let ble = cx.ble()?;
        let selector = self.selector(ble.wanted());
        let until = cx.now() + self.wait.as_secs_f64();
        let mut search = ble.scan().await?;
        loop {
            let left = until.seconds_since(cx.now());
            let Ok(left) = Duration::try_from_secs_f64(left) else {
                break;
            };
            if left.is_zero() {
                break;
            }
            match search.next(left).await? {
                // Glasses of the same maker have names that begin alike.
                Some(seen)
                    if selector.matches(&seen)
                        && !seen.services.iter().any(|it| remote::is_advertised(*it)) =>
                {
                    return Ok(seen);
                }
                _ => {}
            }
        }
        Err(self.not_found(selector.name()))
    }

    fn selector(&self, asked: Option<&DeviceName>) -> Selector {
        let prefixes = Profile::ALL.iter().flat_map(|profile| profile.advertised);
        let any = prefixes.fold(Selector::default(), |selector, prefix| {
            selector.or_name(&format!("{prefix}*"))
        });
        match asked.or(self.device.as_ref()) {
            Some(name) => any.named(name.clone()),
            None => any,
        }
    }

    fn not_found(&self, name: Option<&DeviceName>) -> Error {
        let what = match name {
            Some(name) => format!("`{name}`"),
            None => "no XOSS or CYCPLUS computer".to_owned(),
        };
        let verb = if name.is_some() { "was not" } else { "was" };
        let seconds = self.wait.as_secs_f64();
        Error::new(
            ErrorKind::Device,
            format!("{what} {verb} seen within {seconds} s"),
        )
        .with_help(
            "switch it on, bring it near, and close the vendor's app: a computer talks to one at a time",
        )
    }
}

/// A connected computer.
#[derive(Debug)]
pub struct Computer {
    title: String,
    connection: Connection,
    session: Session,
    /// The same moment on both clocks.
    start: (Timestamp, Instant),
    info: DeviceInfo,
    profile: Profile,
    /// It did something, so it need not be paired first.
    trusts: bool,
    address: String,
}

/// What is told of a transfer: bytes that have come, and the file's size.
pub type Tell<'a> = dyn FnMut(u64, u64) + Send + 'a;

/// A job that is over tells so; this is only for the case that it doesn't.
const LOOK: Duration = Duration::from_secs(60);

impl Computer {
    /// Connects, reads what it says of itself, and gets ready to talk.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Device`] when the connection fails, [`ErrorKind::Resource`] when it has to be
    /// paired first, [`ErrorKind::Skip`] when it is something else.
    pub async fn connect(cx: &SourceCx, seen: &Sighting, wanted: &Wanted) -> Result<Self> {
        let title = seen.title().to_owned();
        let mut connection = cx.ble()?.connect(seen).await?;
        // The service alone says nothing: it has the name of one that many devices use.
        let all = [
            Characteristic::Command,
            Characteristic::FromDevice,
            Characteristic::ToDevice,
        ];
        if all
            .iter()
            .any(|it| connection.characteristic(it.uuid()).is_none())
        {
            let text = format!("`{title}` is no XOSS or CYCPLUS computer: it has no files to give");
            return Err(Error::skip(text).with_help("name the right one with `--device`"));
        }
        let mut info = DeviceInfo::default();
        for characteristic in DeviceInfo::CHARACTERISTICS {
            if let Some(value) = connection.read_if_there(characteristic).await? {
                info.set(characteristic, &value);
            }
        }
        for characteristic in [Characteristic::Command, Characteristic::FromDevice] {
            match connection.subscribe(characteristic.uuid()).await {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::Skip => {
                    return Err(unpaired(&title, &seen.id, error));
                }
                Err(error) => return Err(error),
            }
        }
        let profile = wanted
            .profile
            .unwrap_or_else(|| profile(&title, connection.mtu()));
        let options = Options {
            profile,
            payload: connection.payload(),
            ..Options::default()
        };
        Ok(Self {
            title,
            connection,
            session: Session::new(options),
            start: (cx.now(), Instant::now()),
            info,
            profile,
            trusts: false,
            address: seen.id.clone(),
        })
    }

    /// What to call it.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What it says of itself.
    pub fn info(&self) -> &DeviceInfo {
        &self.info
    }

    /// The MTU of the connection.
    pub fn mtu(&self) -> usize {
        self.connection.mtu()
    }

    /// What the system calls it.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The model that it is taken for.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// Does a job to its end. When the run is to stop, so is the job, and the computer is left
    /// idle.
    ///
    /// # Errors
    ///
    /// What went wrong on either side.
    pub async fn run(
        &mut self,
        cx: &SourceCx,
        job: Job,
        tell: &mut Tell<'_>,
    ) -> Result<Outcome, Trouble> {
        let now = self.now(cx);
        self.session
            .start(now, job)
            .map_err(|error| Trouble::Host(Error::skip(error.to_string())))?;
        let mut stopping = false;
        loop {
            self.write_all().await?;
            while let Some(event) = self.session.poll_event() {
                match event {
                    Event::Progress { bytes, size } => tell(bytes, size),
                    Event::Restarted { cause, .. } => {
                        cx.context().log(
                            pipeline_plugin::Level::Info,
                            format!("a transfer is begun again: {cause}"),
                        );
                    }
                    Event::Finished(Err(xoss::Error::Stopped)) => {
                        return Err(Trouble::Host(Error::cancelled()));
                    }
                    Event::Finished(result) => return result.map_err(Trouble::Device),
                }
            }
            self.wait(cx, &mut stopping).await?;
        }
    }

    /// Lets the next thing happen.
    async fn wait(&mut self, cx: &SourceCx, stopping: &mut bool) -> Result<(), Trouble> {
        let until = self.session.poll_timeout();
        let now = self.now(cx);
        // The host's clock counts whole microseconds.
        let limit = until.map_or(LOOK, |until| {
            until.saturating_duration_since(now) + Duration::from_micros(1)
        });
        let happened = if *stopping {
            self.connection.next_to_the_end(limit).await
        } else {
            self.connection.next(limit).await
        };
        let now = self.now(cx);
        match happened {
            Ok(None) => self.session.handle_timeout(now),
            Ok(Some(LinkEvent::Lost { .. })) => self.session.handle_disconnected(),
            Ok(Some(LinkEvent::Value {
                characteristic,
                value,
                ..
            })) => {
                if let Some(from) = Characteristic::from_uuid(characteristic) {
                    self.trusts = true;
                    self.session.handle_notification(now, from, &value);
                }
            }
            Err(error) if error.kind() == ErrorKind::Cancelled && !*stopping => {
                *stopping = true;
                self.session.stop(now);
            }
            Err(error) => return Err(Trouble::Host(error)),
        }
        Ok(())
    }

    async fn write_all(&mut self) -> Result<(), Trouble> {
        while let Some(write) = self.session.poll_write() {
            let how = match write.characteristic {
                Characteristic::Command => WriteHow::Confirmed,
                _ => WriteHow::Quickly,
            };
            let to = write.characteristic.uuid();
            match self.connection.write(to, how, &write.bytes).await {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::Device => {
                    self.session.handle_disconnected();
                }
                Err(error) if error.kind() == ErrorKind::Skip && !self.trusts => {
                    return Err(Trouble::Host(unpaired(&self.title, &self.address, error)));
                }
                Err(error) => return Err(Trouble::Host(error)),
            }
        }
        Ok(())
    }

    /// The host's time as the conversation counts it.
    fn now(&self, cx: &SourceCx) -> Instant {
        let (host, ours) = self.start;
        let since = cx.now().seconds_since(host);
        ours + Duration::try_from_secs_f64(since).unwrap_or_default()
    }

    /// Ends the connection.
    pub async fn disconnect(self) {
        // It is over all the same.
        let _ = self.connection.disconnect().await;
    }
}

/// What can be told from a name and a connection: the first generation of G and G+ has the smallest
/// MTU of all.
fn profile(name: &str, mtu: usize) -> Profile {
    /// ATT's least.
    const SMALLEST: usize = 23;
    match Profile::for_name(name) {
        Some(profile) if profile != Profile::AUTO => profile,
        _ if mtu == SMALLEST => Profile::G_GEN1,
        _ => Profile::AUTO,
    }
}
