//! What the host lends a source.

use std::sync::Arc;
use std::time::Duration;

use crate::ble::{Ble, Central, DeviceName};
use crate::{
    BadInput, Clock, Commands, Context, Even, Hold, InputKey, Inputs, Level, Result, Timestamp,
};

/// What the host lends a source: time, Bluetooth, its memory of what was delivered, cancellation,
/// commands, and the [`Context`] of every stage.
#[derive(Clone, Debug)]
pub struct SourceCx {
    context: Context,
    clock: Arc<dyn Clock>,
    ble: Option<Ble>,
    inputs: Option<Arc<dyn Inputs>>,
}

impl SourceCx {
    /// A context with that clock, without Bluetooth.
    pub fn new(context: Context, clock: Arc<dyn Clock>) -> Self {
        Self {
            context,
            clock,
            ble: None,
            inputs: None,
        }
    }

    /// The same with Bluetooth; `wanted` is the device that was asked for on the command line.
    #[must_use]
    pub fn with_ble(mut self, central: Arc<dyn Central>, wanted: Option<DeviceName>) -> Self {
        let cancel = self.context.cancel().clone();
        self.ble = Some(Ble::new(central, wanted, cancel));
        self
    }

    /// The same with that Bluetooth.
    #[must_use]
    pub fn with_ble_of(mut self, ble: Ble) -> Self {
        self.ble = Some(ble);
        self
    }

    /// The same with a memory of what was delivered.
    #[must_use]
    pub fn with_inputs(mut self, inputs: Arc<dyn Inputs>) -> Self {
        self.inputs = Some(inputs);
        self
    }

    /// Whether an input is to be fetched. One that was delivered everywhere, or that an earlier run
    /// found to be bad, is not; the host reports it then, so ask once for each. Without a memory
    /// every input is wanted.
    ///
    /// # Errors
    ///
    /// When the ledger can't be read, or the run is over.
    pub fn wants(&self, key: &InputKey, name: &str) -> Result<bool> {
        match &self.inputs {
            Some(inputs) => inputs.wants(key, name),
            None => Ok(true),
        }
    }

    /// Notes that everything of an input has been sent and finished: all that was sent since the
    /// last note. Whether it has reached every sink; only then is it noted, and only then may a
    /// source delete it from its device.
    ///
    /// # Errors
    ///
    /// When the ledger can't be written, or the run is over.
    pub async fn note_delivered(&self, key: &InputKey, name: &str) -> Result<bool> {
        let _hold = self.clock.hold();
        match &self.inputs {
            Some(inputs) => inputs.note(key, name).await,
            None => Ok(false),
        }
    }

    /// Reports an input that can't be used; the run goes on, and its exit code says so.
    ///
    /// # Errors
    ///
    /// When its bytes can't be kept, or the run is over.
    pub async fn give_up(&self, bad: BadInput) -> Result<()> {
        let _hold = self.clock.hold();
        if let Some(inputs) = &self.inputs {
            return inputs.give_up(bad).await;
        }
        let text = format!("{}: {}", bad.name, bad.error.with_causes());
        self.context.log(Level::Error, text);
        Ok(())
    }

    /// The host's Bluetooth.
    ///
    /// # Errors
    ///
    /// When the host has none to lend.
    pub fn ble(&self) -> Result<&Ble> {
        self.ble.as_ref().ok_or_else(Ble::missing)
    }

    /// The time now, by the host's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Says that something else than time is waited for until the answer is dropped: another
    /// thread. A virtual clock stands still meanwhile.
    pub fn hold(&self) -> Hold {
        self.clock.hold()
    }

    /// Says that the times of what is being recorded have to fit together until the answer is
    /// dropped. The host does so by itself from the opening of an activity to its end; a source that
    /// holds an activity back at first says so earlier.
    pub fn even_time(&self) -> Even {
        self.clock.evenly()
    }

    /// Waits, or returns [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) when the run is
    /// to stop.
    ///
    /// # Errors
    ///
    /// Only the cancellation.
    pub async fn sleep(&self, duration: Duration) -> Result<()> {
        let sleep = self.clock.sleep(duration);
        let cancel = self.context.cancel();
        let wait = async {
            sleep.await;
            Ok(())
        };
        cancel.or(wait).await
    }

    /// Words, progress, state and cancellation.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// What sinks ask of this source; only if it
    /// [`takes_commands`](crate::SourcePlugin::takes_commands).
    pub fn commands(&self) -> Commands {
        self.context.commands()
    }
}
