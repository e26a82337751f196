//! The source: only the new rides, verified.

use std::collections::HashSet;
use std::time::Duration;

use pipeline_plugin::ble::Sighting;
use pipeline_plugin::{
    BadInput, Error, ErrorKind, Fate, InputKey, Level, Place, Plugin, Problem, Progress,
    ReaderPlugin, Result, SourceCx, SourceFuture, SourcePlugin, StreamOut,
};
use plugin_fit::FitReader;
use xoss::{
    Delivered, Download, Integrity, Job, ListedRide, Listing, Outcome, Refusal, RideName, RideState,
};

use crate::collected::Collected;
use crate::computer::Computer;
use crate::settings::Xoss;

/// The plugin `xoss`.
pub fn plugin() -> Plugin {
    Plugin::source::<Xoss>("xoss", "fetch new rides from a XOSS or CYCPLUS computer")
}

/// How often a lost connection is made anew without a ride having arrived in between.
const RECONNECTS: u32 = 3;

/// How long to wait before that: a computer needs a moment to notice.
const PAUSE: Duration = Duration::from_secs(2);

/// Names that are told one by one; a broken list can have a hundred thousand.
const TOLD: usize = 20;

/// Below this charge, in percent, a transfer may end early.
const LOW: u8 = 15;

impl SourcePlugin for Xoss {
    fn check(&self, place: &Place) -> Vec<Problem> {
        // What has no use behind whole files.
        FitReader::of(self.streams.into()).check(place)
    }

    /// The computer keeps its rides.
    fn journalled(&self) -> bool {
        false
    }

    fn happens_now(&self) -> bool {
        false
    }

    fn run<'a>(&'a self, out: &'a mut dyn StreamOut, cx: &'a SourceCx) -> SourceFuture<'a, ()> {
        Box::pin(async move {
            let seen = self.wanted().find(cx).await?;
            let mut sync = Syncing {
                settings: self,
                out,
                cx,
                done: HashSet::new(),
                undeleted: Vec::new(),
                told: false,
            };
            let mut losses = 0;
            loop {
                let before = sync.done.len();
                let error = match sync.connection(&seen).await {
                    Err(error) if error.kind() == ErrorKind::Device => error,
                    result => return result,
                };
                if sync.done.len() > before {
                    losses = 0;
                }
                losses += 1;
                if losses > RECONNECTS {
                    return Err(error);
                }
                cx.context()
                    .log(Level::Info, format!("{error}; connecting again"));
                cx.sleep(PAUSE).await?;
            }
        })
    }
}

/// One run of the source.
struct Syncing<'a> {
    settings: &'a Xoss,
    out: &'a mut dyn StreamOut,
    cx: &'a SourceCx,
    /// Rides that this run is through with.
    done: HashSet<RideName>,
    /// Rides that are delivered and to be deleted.
    undeleted: Vec<RideName>,
    /// What the computer is was told.
    told: bool,
}

impl Syncing<'_> {
    /// One connection, to the end of the list.
    async fn connection(&mut self, seen: &Sighting) -> Result<()> {
        let mut computer = Computer::connect(self.cx, seen, &self.settings.wanted()).await?;
        let result = self.rides(&mut computer).await;
        computer.disconnect().await;
        result
    }

    async fn rides(&mut self, computer: &mut Computer) -> Result<()> {
        if self.settings.set_clock && !self.told {
            self.set_clock(computer).await?;
        }
        let room = computer.ask(self.cx, Job::Storage).await?;
        let Outcome::Listed(listing) = computer.ask(self.cx, Job::List).await? else {
            let text = format!("`{}` does not give its list of rides", computer.title());
            return Err(Error::new(ErrorKind::Device, text));
        };
        let serial = serial(computer, &listing);
        let mut new = Vec::new();
        for ride in &listing.rides {
            if self.is_new(&serial, ride)? {
                new.push(ride);
            }
        }
        if !self.told {
            self.told = true;
            self.tell(computer, &room, &listing, new.len());
        }
        let is_there = |name: &RideName| listing.rides.iter().any(|ride| ride.name == *name);
        self.undeleted.retain(is_there);
        self.delete(computer).await?;
        // Names are times: the oldest first.
        new.sort_by(|a, b| a.name.cmp(&b.name));
        let count = new.len();
        for (index, ride) in new.into_iter().enumerate() {
            let fetched = self.ride(computer, &serial, ride).await;
            if matches!(&fetched, Err(error) if error.kind() == ErrorKind::Cancelled) {
                let left = count - index;
                let text = format!("{left} of {count} new rides left for the next run");
                self.cx.context().log(Level::Info, text);
            }
            fetched?;
            self.done.insert(ride.name.clone());
        }
        Ok(())
    }

    async fn set_clock(&mut self, computer: &mut Computer) -> Result<()> {
        let seconds = self.cx.now().micros() / 1_000_000;
        let Ok(seconds) = u32::try_from(seconds) else {
            return Ok(());
        };
        if let Outcome::Refused(refusal) = computer.ask(self.cx, Job::SetClock(seconds)).await? {
            let text = format!("the clock of `{}` is not set: {refusal}", computer.title());
            self.cx.context().warn(text);
        }
        Ok(())
    }

    /// Tells what the computer is, and what is on it.
    fn tell(&self, computer: &Computer, room: &Outcome, listing: &Listing, new: usize) {
        let context = self.cx.context();
        let info = computer.info();
        let mut facts = Vec::new();
        facts.extend(info.firmware.iter().map(|it| format!("firmware {it}")));
        facts.extend(info.battery.iter().map(|it| format!("battery {it} %")));
        if let Outcome::Storage(room) = room {
            facts.push(format!("{} of {} KB free", room.free, room.total));
        }
        facts.push(match listing.rides.len() {
            0 => "no rides".to_owned(),
            1 => format!("1 ride, {}", if new == 1 { "new" } else { "not new" }),
            rides if new == rides => format!("{rides} rides, all new"),
            rides if new == 0 => format!("{rides} rides, none new"),
            rides => format!("{rides} rides, {new} new"),
        });
        let text = format!("`{}`: {}", computer.title(), facts.join(", "));
        context.log(Level::Info, text);
        if let Some(charge) = info.battery.filter(|charge| *charge < LOW) {
            context.warn(format!(
                "the battery of `{}` is at {charge} %",
                computer.title()
            ));
        }
        for refused in listing.refused.iter().take(TOLD) {
            context.warn(format!("left out: {refused}"));
        }
        if let Some(more @ 1..) = listing.refused.len().checked_sub(TOLD) {
            context.warn(format!("left out: {more} more entries of the list"));
        }
    }

    /// Whether a ride is to be fetched.
    fn is_new(&mut self, serial: &str, ride: &ListedRide) -> Result<bool> {
        if self.done.contains(&ride.name) {
            return Ok(false);
        }
        let context = self.cx.context();
        if !ride.state.is_complete() {
            let what = match ride.state {
                RideState::Recording => "is being recorded",
                _ => "is being fetched by somebody else",
            };
            context.log(Level::Info, format!("{} {what}; left for later", ride.name));
            return Ok(false);
        }
        let is_wanted = self.cx.wants(&key(serial, ride), ride.name.as_str())?;
        if !is_wanted {
            self.done.insert(ride.name.clone());
        }
        Ok(is_wanted)
    }

    /// Fetches a ride, checks it, passes it on, and notes it. What is wrong with one ride alone is
    /// reported, and is no error here.
    async fn ride(
        &mut self,
        computer: &mut Computer,
        serial: &str,
        ride: &ListedRide,
    ) -> Result<()> {
        let cx = self.cx;
        let context = cx.context();
        let name = ride.name.to_string();
        let mut tell = |bytes, size| context.progress(Progress::bytes(&name, bytes, Some(size)));
        let job = Job::Download(ride.name.clone());
        let outcome = match computer.run(cx, job, &mut tell).await {
            Ok(outcome) => outcome,
            Err(trouble) if trouble.is_of_the_file() => {
                let error = trouble.into_error(computer.title());
                return self.give_up(ride, error.with_kind(ErrorKind::Skip)).await;
            }
            Err(trouble) => return Err(trouble.into_error(computer.title())),
        };
        match outcome {
            Outcome::Downloaded(download) => self.judge(computer, serial, ride, download).await,
            Outcome::Refused(Refusal::FileBusy(_)) => {
                context.log(
                    Level::Info,
                    format!("{name} is being recorded; left for later"),
                );
                Ok(())
            }
            Outcome::Refused(refusal @ Refusal::Busy) => {
                let text = format!("`{}`: {refusal}", computer.title());
                Err(Error::new(ErrorKind::Device, text))
            }
            Outcome::Refused(refusal) => {
                let error = Error::skip(format!("{name} can't be fetched: {refusal}"));
                self.give_up(ride, error).await
            }
            _ => Ok(()),
        }
    }

    /// Reports a ride that is to be tried again the next time.
    async fn give_up(&mut self, ride: &ListedRide, error: Error) -> Result<()> {
        let bad = BadInput::new(ride.name.as_str(), error);
        self.cx.give_up(bad).await
    }

    /// A ride has come as the computer sent it: is it what the list promised, and sound?
    async fn judge(
        &mut self,
        computer: &mut Computer,
        serial: &str,
        ride: &ListedRide,
        download: Download,
    ) -> Result<()> {
        let size = download.content.len() as u64;
        if let Some(listed) = ride.size.filter(|listed| *listed != size) {
            let text = format!(
                "`{}` lists {} with {listed} bytes and sent {size}",
                computer.title(),
                ride.name
            );
            return self.give_up(ride, Error::skip(text)).await;
        }
        let name = ride.name.as_str();
        let streams = match download.integrity {
            Integrity::Broken(problem) => Err(Error::skip(problem.to_string())),
            Integrity::Sound => {
                let reader = FitReader::of(self.settings.streams.into());
                Collected::of(&reader, name, &download.content, self.cx.context())
            }
        };
        let streams = match streams {
            Ok(streams) => streams,
            Err(error) if error.kind() != ErrorKind::Skip => return Err(error),
            Err(error) => {
                let bad = BadInput {
                    key: Some(key(serial, ride)),
                    bytes: Some(download.content),
                    ..BadInput::new(name, error)
                };
                return self.cx.give_up(bad).await;
            }
        };
        drop(download);
        let fate = match streams.pass_on(self.out).await {
            Ok(fate) => fate,
            // A transform can't use it; the next ride may be better.
            Err(error) if error.kind() == ErrorKind::Skip => {
                return self.give_up(ride, error).await;
            }
            Err(error) => return Err(error),
        };
        let is_noted = self.cx.note_delivered(&key(serial, ride), name).await?;
        self.done.insert(ride.name.clone());
        // Both say that the courier has made it durable at every sink.
        let is_delivered = is_noted && fate == Fate::Delivered;
        if is_delivered && self.settings.delete_after_delivery {
            self.undeleted.push(ride.name.clone());
            self.delete(computer).await?;
        }
        Ok(())
    }

    /// Deletes the rides that were verified, delivered and noted. What is left when the link is lost
    /// is deleted over the next one.
    async fn delete(&mut self, computer: &mut Computer) -> Result<()> {
        while let Some(ride) = self.undeleted.last() {
            let job = Job::Delete(Delivered::stated(ride.clone()));
            let title = computer.title().to_owned();
            let context = self.cx.context();
            if let Outcome::Refused(refusal) = computer.ask(self.cx, job).await? {
                context.warn(format!("{ride} stays on `{title}`: {refusal}"));
            } else {
                context.log(Level::Info, format!("{ride} is deleted from `{title}`"));
            }
            self.undeleted.pop();
        }
        Ok(())
    }
}

/// What a ride is known by.
fn key(serial: &str, ride: &ListedRide) -> InputKey {
    let size = ride
        .size
        .map_or_else(|| "?".to_owned(), |size| size.to_string());
    InputKey::new(["xoss", serial, ride.name.as_str(), &size])
}

/// What tells computers apart: the serial number that it says over Bluetooth or in its list of
/// rides, else its address.
fn serial(computer: &Computer, listing: &Listing) -> String {
    let own = computer.info().serial.clone();
    own.or_else(|| listing.header.serial.clone())
        .unwrap_or_else(|| computer.address().to_owned())
}
