//! The connection to the Bluetooth service, and the adapter.

use std::sync::Arc;
use std::time::Duration;

use btleplug::api::{Central as _, CentralEvent, CentralState, Manager as _};
use btleplug::platform::{Adapter as PlatformAdapter, Manager};
use futures_util::StreamExt;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use super::trouble::Trouble;
use super::worker::Air;

/// How long the service may take to answer a question about itself.
const ANSWER: Duration = Duration::from_secs(5);

/// An adapter that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    /// What the system calls it.
    pub name: String,
    /// Its address, where the system tells it.
    pub address: Option<String>,
}

/// A connection to the service, with the adapter that is used.
pub(super) struct Session {
    manager: Manager,
    adapter: PlatformAdapter,
    about: Adapter,
    watch: AbortHandle,
}

/// The adapter, ready for use.
pub(super) struct Ready {
    pub(super) adapter: PlatformAdapter,
    pub(super) about: Adapter,
}

/// The adapter, after a look whether all that it needs is there: the bus, the service, the
/// adapter itself, and that it is on.
pub(super) async fn session(air: &Arc<Air>) -> Result<Ready, Trouble> {
    let mut held = air.session.lock().await;
    let (manager, adapters) = match &*held {
        Some(session) => match adapters(&session.manager).await {
            Ok(adapters) => (session.manager.clone(), adapters),
            Err(trouble @ (Trouble::NoService | Trouble::Denied(_))) => return Err(trouble),
            // The bus itself may have gone; a new connection tells.
            Err(_) => {
                close(air, held.take());
                open().await?
            }
        },
        None => open().await?,
    };
    let (adapter, about, is_on) = choose(adapters).await?;
    if held.as_ref().is_none_or(|session| session.about != about) {
        close(air, held.take());
        let watch = watch(air, &adapter).await?;
        *held = Some(Session {
            manager,
            adapter,
            about,
            watch,
        });
    }
    match &*held {
        Some(_) if !is_on => Err(Trouble::Off),
        Some(session) => Ok(Ready {
            adapter: session.adapter.clone(),
            about: session.about.clone(),
        }),
        None => Err(Trouble::NoAdapter),
    }
}

/// Forgets a connection, with all devices that were reached by it.
fn close(air: &Air, session: Option<Session>) {
    let Some(session) = session else { return };
    session.watch.abort();
    for (_, device) in air.devices().drain() {
        device.forget(air.clock.now());
    }
}

async fn open() -> Result<(Manager, Vec<PlatformAdapter>), Trouble> {
    let manager = Manager::new().await.map_err(|cause| {
        match Trouble::of(&cause) {
            denied @ Trouble::Denied(_) => denied,
            // Whatever it is called, there is nobody to ask.
            _ if cfg!(target_os = "linux") => Trouble::NoBus(cause.to_string()),
            other => other,
        }
    })?;
    let adapters = adapters(&manager).await?;
    Ok((manager, adapters))
}

async fn adapters(manager: &Manager) -> Result<Vec<PlatformAdapter>, Trouble> {
    match timeout(ANSWER, manager.adapters()).await {
        Ok(Ok(adapters)) => Ok(adapters),
        Ok(Err(cause)) => Err(Trouble::of(&cause)),
        Err(_) => Err(Trouble::Silent),
    }
}

/// The first adapter that is on, or else the first; and whether it is on.
async fn choose(
    adapters: Vec<PlatformAdapter>,
) -> Result<(PlatformAdapter, Adapter, bool), Trouble> {
    let mut first = None;
    for adapter in adapters {
        let about = match timeout(ANSWER, adapter.adapter_info()).await {
            Ok(Ok(name)) => Adapter {
                name,
                address: address(&adapter).await,
            },
            Ok(Err(cause)) => return Err(Trouble::of(&cause)),
            Err(_) => return Err(Trouble::Silent),
        };
        let state = timeout(ANSWER, adapter.adapter_state()).await;
        // Systems that can't tell are believed to be on: what is done next says otherwise.
        let is_on = !matches!(state, Ok(Ok(CentralState::PoweredOff)));
        if is_on {
            return Ok((adapter, about, true));
        }
        first.get_or_insert((adapter, about, false));
    }
    first.ok_or(Trouble::NoAdapter)
}

async fn address(adapter: &PlatformAdapter) -> Option<String> {
    let address = timeout(ANSWER, adapter.adapter_address())
        .await
        .ok()?
        .ok()?;
    address.map(|address| address.to_string())
}

/// Tells devices that they may have been disconnected. They look for themselves: what happens is
/// told late when a search is under way, maybe after the next connection was made.
async fn watch(air: &Arc<Air>, adapter: &PlatformAdapter) -> Result<AbortHandle, Trouble> {
    let mut events = match timeout(ANSWER, adapter.events()).await {
        Ok(Ok(events)) => events,
        Ok(Err(cause)) => return Err(Trouble::of(&cause)),
        Err(_) => return Err(Trouble::Silent),
    };
    let air = air.clone();
    let task = air.handle.clone().spawn(async move {
        while let Some(event) = events.next().await {
            match event {
                CentralEvent::DeviceDisconnected(id) => {
                    air.devices()
                        .values()
                        .filter(|device| device.has_id(&id))
                        .for_each(|device| device.look());
                }
                CentralEvent::StateUpdate(CentralState::PoweredOff) => {
                    air.devices().values().for_each(|device| device.look());
                }
                _ => {}
            }
        }
    });
    Ok(task.abort_handle())
}
