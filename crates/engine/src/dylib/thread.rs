//! A host that is lent to a thread of a plugin: a sink talks to a device there.

use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::sync::Arc;

use pipeline_plugin::abi::c;
use pipeline_plugin::{Cancel, Context, Error, Result, Said, SourceCx};
use tokio::runtime::Runtime;

use super::call::{Call, Lend};
use super::loaded::Loaded;
use super::radio::{Given, Radio, RadioWish};
use crate::clock::HostClock;
use crate::live::event_loop;

/// What is lent. The call comes first: a pointer to this is one to the call, and to its table.
#[repr(C)]
pub(super) struct ThreadHost {
    call: ManuallyDrop<Call<'static>>,
    /// What the call borrows: freed after it.
    context: NonNull<Context>,
}

impl ThreadHost {
    /// Lends the Bluetooth of a stage, until the stream has `ended`.
    ///
    /// # Errors
    ///
    /// When there is none to lend.
    pub(super) fn new(
        plugin: &'static Loaded,
        stage: &Context,
        ended: &Cancel,
    ) -> Result<Box<Self>> {
        let ble = stage.ble()?.until(ended.clone());
        let tell = stage.clone();
        let context = Context::telling(stage.stage(), ended.clone(), move |told| match told.said {
            Said::Log(level, message) => tell.log(level, message),
            Said::Progress(progress) => tell.progress(progress),
        });
        let context = context.with_state(stage.state().store());
        let clock = Arc::new(HostClock::default());
        let air = Air {
            radio: Radio::apart(),
            cx: SourceCx::new(context.clone(), clock).with_ble_of(ble),
            runtime: Some(event_loop()?),
        };
        let context = NonNull::from(Box::leak(Box::new(context)));
        // SAFETY: it stays where it is until this is dropped, which drops the call first.
        let borrowed = unsafe { context.as_ref() };
        let call = Call::new(plugin, borrowed, Lend::Thread(Box::new(air)));
        let call = ManuallyDrop::new(call);
        Ok(Box::new(Self { call, context }))
    }

    /// The table for the plugin, which hands it back when it is done.
    pub(super) fn into_table(self: Box<Self>) -> *const c::Host {
        Box::into_raw(self).cast()
    }

    /// What the plugin hands back.
    ///
    /// # Safety
    ///
    /// `table` came from [`into_table`](Self::into_table), and nobody uses it any more.
    pub(super) unsafe fn of_table(table: *const c::Host) -> Box<Self> {
        // SAFETY: the caller's promise.
        unsafe { Box::from_raw(table.cast_mut().cast()) }
    }
}

impl Drop for ThreadHost {
    fn drop(&mut self) {
        // SAFETY: both are dropped here and nowhere else, what is borrowed after who borrows it; the
        // context came from a box.
        unsafe {
            ManuallyDrop::drop(&mut self.call);
            drop(Box::from_raw(self.context.as_ptr()));
        }
    }
}

/// Bluetooth on whatever thread asks for it.
pub(super) struct Air {
    radio: Radio,
    cx: SourceCx,
    /// There until this is dropped.
    runtime: Option<Runtime>,
}

impl Air {
    /// Does what the thread asks for.
    pub(super) fn fulfil(&mut self, wish: RadioWish) -> Result<Option<Given>> {
        let runtime = self.runtime.as_ref().ok_or_else(Error::cancelled)?;
        runtime.block_on(self.radio.fulfil(wish, &self.cx))
    }
}

impl Drop for Air {
    fn drop(&mut self) {
        // Nothing is left to wait for, whatever this thread is in.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
