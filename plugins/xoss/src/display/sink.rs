use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration as StdDuration;

use pipeline_plugin::ble::{Ble, DeviceName};
use pipeline_plugin::units::Duration;
use pipeline_plugin::{
    Cancel, Context, Delivered, Error, ErrorKind, Header, Item, Kind, Place, Plugin, Problem,
    Result, Sink, SinkPlugin, Summary, Timestamp, block_on,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use xoss::remote::RemoteMode;

use super::control::{Changes, Display, DisplayWanted};
use super::frame::Frame;

/// Shows a live row or ride on a display or glasses with the Bluetooth Remote Service.
///
/// From the vendor's document, not yet proven on hardware. Without a display, or when it is lost, the
/// row goes on.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct XossDisplay {
    /// Name of the display, in which `*` stands for anything, or its address; without it the first
    /// one that is seen.
    #[schemars(extend("examples" = ["XOSS GLASSES*"]))]
    device: Option<DeviceName>,
    /// How long to look for it.
    wait: Duration,
    /// How often new values are shown.
    every: Duration,
    /// How values are sent.
    form: Form,
}

/// How values are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Form {
    /// Each with its key and length: all of them.
    #[default]
    Dynamic,
    /// In combinations of fixed form: time, distance, speed, elevation, heart rate, cadence, power.
    Combined,
}

/// Seconds between two pictures.
const EVERY: f64 = 1.0;

/// Seconds to look for a display.
const WAIT: f64 = 30.0;

/// How long the end of a stream waits for the last picture.
const LAST: StdDuration = StdDuration::from_secs(3);

impl Default for XossDisplay {
    fn default() -> Self {
        Self {
            device: None,
            wait: Duration::new(WAIT),
            every: Duration::new(EVERY),
            form: Form::Dynamic,
        }
    }
}

/// The plugin `xoss-display`.
pub fn plugin() -> Plugin {
    let about = "show a live row or ride on XOSS glasses or displays (not yet proven on hardware)";
    Plugin::sink::<XossDisplay>("xoss-display", about, "")
}

impl SinkPlugin for XossDisplay {
    fn check(&self, _: &Place) -> Vec<Problem> {
        let is_short = self.every.value() < 0.1;
        let problem = is_short.then(|| {
            Problem::at("every", "a display can't be read that fast").with_help("write `1 s`")
        });
        problem.into_iter().collect()
    }

    fn destination(&self) -> String {
        let device = self.device.as_ref().map_or("any", DeviceName::as_str);
        format!("xoss-display:{device}")
    }

    fn open(&self, header: &Header, cx: &Context) -> Result<Box<dyn Sink>> {
        if header.kind != Kind::Activity {
            return Err(Error::skip(
                "a display shows activities, not files and logs",
            ));
        }
        // The end of the stream ends everything that waits for the display.
        let end = Cancel::default();
        let ble = cx.ble().map(|ble| ble.until(end.clone()));
        let wait = StdDuration::try_from_secs_f64(self.wait.value());
        let wanted = DisplayWanted {
            device: self.device.clone(),
            wait: wait.unwrap_or(LAST),
        };
        let slot = Arc::new(Slot::default());
        let (done, ended) = sync_channel(1);
        let (shared, form, context) = (Arc::clone(&slot), self.form, cx.clone());
        let work = move || {
            let result = ble.and_then(|ble| block_on(painted(&ble, &wanted, &shared, form)));
            if let Err(error) = &result
                && error.kind() != ErrorKind::Cancelled
            {
                context.warn(format!("nothing is shown: {}", error.with_causes()));
            }
            shared.lock().gone = true;
            let _ = done.send(result.ok());
        };
        thread::Builder::new()
            .name("display".to_owned())
            .spawn(work)
            .map_err(|error| Error::io("start a thread", error))?;
        Ok(Box::new(Showing {
            frame: Frame::new(header),
            every: self.every.value(),
            shown: None,
            slot,
            ended,
            end,
        }))
    }
}

/// A stream that is shown.
struct Showing {
    frame: Frame,
    /// Seconds.
    every: f64,
    shown: Option<Timestamp>,
    slot: Arc<Slot>,
    /// Told the display's name when its thread has ended.
    ended: Receiver<Option<String>>,
    /// Ends that thread at once.
    end: Cancel,
}

/// What the display's thread is to show next: only the newest picture counts.
#[derive(Debug, Default)]
struct Slot {
    state: Mutex<SlotState>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct SlotState {
    frame: Option<Frame>,
    ended: bool,
    /// Nobody shows anything any more.
    gone: bool,
}

impl Slot {
    fn lock(&self) -> MutexGuard<'_, SlotState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a picture; `None` when there will be none.
    fn wait(&self) -> Option<Frame> {
        let mut state = self.lock();
        loop {
            if let Some(frame) = state.frame.take() {
                return Some(frame);
            }
            if state.ended {
                return None;
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn show(&self, frame: Option<Frame>, ended: bool) {
        let mut state = self.lock();
        if !state.gone && frame.is_some() {
            state.frame = frame;
        }
        state.ended |= ended;
        self.changed.notify_one();
    }
}

/// Shows one picture after another until there are no more; the display's name.
async fn painted(ble: &Ble, wanted: &DisplayWanted, slot: &Slot, form: Form) -> Result<String> {
    let seen = wanted.find(ble).await?;
    let mut display = Display::connect(ble, &seen).await?;
    let on = Changes {
        mode: Some(RemoteMode::On),
        ..Changes::default()
    };
    display.set(&on).await?;
    // This thread has nothing else to do than to wait.
    while let Some(frame) = slot.wait() {
        for packet in frame.packets(form, &display.encoding()) {
            display.show(&packet).await?;
        }
    }
    let title = display.title().to_owned();
    display.disconnect().await;
    Ok(title)
}

impl Sink for Showing {
    fn write(&mut self, item: &Item) -> Result<()> {
        let at_once = self.frame.take(item);
        let now = self.frame.now();
        let due = |shown| now.seconds_since(shown) >= self.every;
        if at_once || self.shown.is_none_or(due) {
            self.shown = Some(now);
            self.slot.show(Some(self.frame.clone()), false);
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, _: &Summary) -> Result<Delivered> {
        self.frame.end();
        self.slot.show(Some(self.frame.clone()), true);
        let shown = self.ended.recv_timeout(LAST).ok().flatten();
        // A picture is nothing that could be delivered again.
        Ok(Delivered::Done(
            shown.unwrap_or_else(|| "no display".to_owned()),
        ))
    }
}

impl Drop for Showing {
    fn drop(&mut self) {
        self.slot.show(None, true);
        self.end.throw();
    }
}
