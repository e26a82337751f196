//! Looking for devices.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use btleplug::api::{BDAddr, Central as _, Peripheral as _, PeripheralProperties, ScanFilter};
use btleplug::platform::{Adapter, Peripheral};
use pipeline_plugin::ble::{Scan, Sighting};
use pipeline_plugin::{Result, SourceFuture};
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::time::{sleep, timeout};

use super::trouble::{Trouble, bus_error};
use super::worker::{Air, Worker, ended};
use super::{name, session};

/// How often to look who is there: names that come late have no event.
const LOOK: Duration = Duration::from_millis(250);

/// How long the service may take to list devices.
const ANSWER: Duration = Duration::from_secs(5);

/// A search that has found nothing new for so long is begun again: the service may have been
/// restarted, or another program may have ended it.
const STALE: Duration = Duration::from_secs(30);

/// The changes of a signal that are worth telling, in dB, and how often at most.
const SIGNAL_STEP: u16 = 3;
const SIGNAL_PAUSE: Duration = Duration::from_secs(1);

/// What comes from a search.
type Found = Result<Sighting>;

/// A search, as its user has it; it ends when this is dropped.
pub(super) struct Search {
    sightings: Receiver<Found>,
    worker: Arc<Worker>,
}

impl Search {
    pub(super) fn new(sightings: Receiver<Found>, worker: Arc<Worker>) -> Self {
        Self { sightings, worker }
    }
}

impl Scan for Search {
    fn next(&mut self, limit: Duration) -> SourceFuture<'_, Option<Sighting>> {
        let timer = self.worker.sleep(limit);
        Box::pin(async move {
            tokio::select! {
                biased;
                found = self.sightings.recv() => match found {
                    Some(found) => found.map(Some),
                    None => Err(ended()),
                },
                () = timer => Ok(None),
            }
        })
    }
}

/// Begins a search that ends when nobody listens any more.
pub(super) async fn begin(air: &Arc<Air>, found: Sender<Found>) -> Result<()> {
    let ready = session::session(air).await;
    let adapter = ready.map_err(|trouble| trouble.error())?.adapter;
    start(air, &adapter)
        .await
        .map_err(|trouble| trouble.error())?;
    let inside = air.clone();
    air.handle.spawn(async move {
        if let Err(trouble) = look(&inside, &adapter, &found).await {
            let _ = found.send(Err(trouble.error())).await;
        }
        stop(&inside, &adapter).await;
    });
    Ok(())
}

/// Switches the adapter to searching. That is asked for also while a search of ours is under way: if
/// the service was restarted meanwhile, that one is dead and does not know it.
pub(super) async fn start(air: &Air, adapter: &Adapter) -> Result<(), Trouble> {
    let mut searches = air.searches.lock().await;
    start_adapter(adapter).await?;
    *searches += 1;
    Ok(())
}

async fn start_adapter(adapter: &Adapter) -> Result<(), Trouble> {
    // No filter: those of other programs are joined with it, so it decides nothing, and devices
    // that advertise no service would be missed.
    match timeout(ANSWER, adapter.start_scan(ScanFilter::default())).await {
        Ok(Ok(())) => Ok(()),
        // A search that was begun before the service forgot to say so.
        Ok(Err(cause)) if is_in_progress(&cause) => Ok(()),
        Ok(Err(cause)) => Err(Trouble::of(&cause)),
        Err(_) => Err(Trouble::Silent),
    }
}

fn is_in_progress(cause: &btleplug::Error) -> bool {
    bus_error(cause) == Some("org.bluez.Error.InProgress")
}

/// Ends the search when it was the last one. That it can't be ended is no matter: the service ends
/// it when it loses us.
pub(super) async fn stop(air: &Air, adapter: &Adapter) {
    let mut searches = air.searches.lock().await;
    *searches = searches.saturating_sub(1);
    if *searches == 0 {
        let _ = timeout(ANSWER, adapter.stop_scan()).await;
    }
}

/// Looks again and again, until nobody listens.
async fn look(air: &Arc<Air>, adapter: &Adapter, found: &Sender<Found>) -> Result<(), Trouble> {
    let mut told: HashMap<String, (Sighting, Instant)> = HashMap::new();
    let mut news = Instant::now();
    loop {
        for peripheral in listed(air, adapter).await? {
            let Some(sighting) = sight(&peripheral).await else {
                continue;
            };
            if !is_news(told.get(&sighting.id), &sighting) {
                continue;
            }
            news = Instant::now();
            told.insert(sighting.id.clone(), (sighting.clone(), news));
            if found.send(Ok(sighting)).await.is_err() {
                return Ok(());
            }
        }
        if news.elapsed() > STALE {
            news = Instant::now();
            let _held = air.searches.lock().await;
            let _ = timeout(ANSWER, adapter.stop_scan()).await;
            start_adapter(adapter).await?;
        }
        tokio::select! {
            biased;
            () = found.closed() => return Ok(()),
            () = sleep(LOOK) => {}
        }
    }
}

/// What the service knows of. When it can't tell, or the adapter is off, that is the trouble.
pub(super) async fn listed(air: &Arc<Air>, adapter: &Adapter) -> Result<Vec<Peripheral>, Trouble> {
    let listed = timeout(ANSWER, adapter.peripherals()).await;
    let state = timeout(ANSWER, adapter.adapter_state()).await;
    let is_off = matches!(state, Ok(Ok(btleplug::api::CentralState::PoweredOff)));
    match listed {
        Ok(Ok(peripherals)) if !is_off => Ok(peripherals),
        Ok(Err(cause)) => Err(session::session(air)
            .await
            .err()
            .unwrap_or(Trouble::of(&cause))),
        // A missing adapter looks as if it were off.
        Ok(Ok(_)) => Err(session::session(air).await.err().unwrap_or(Trouble::Off)),
        Err(_) => Err(Trouble::Silent),
    }
}

/// Whether more is known than was told, or the signal has changed.
fn is_news(told: Option<&(Sighting, Instant)>, now: &Sighting) -> bool {
    let Some((before, when)) = told else {
        return true;
    };
    let same_but_signal = before.name == now.name
        && before.services == now.services
        && before.manufacturer_data == now.manufacturer_data;
    if !same_but_signal {
        return true;
    }
    let signal = match (before.rssi, now.rssi) {
        (Some(before), Some(now)) => before.abs_diff(now) >= SIGNAL_STEP,
        (before, now) => before.is_none() && now.is_some(),
    };
    signal && when.elapsed() >= SIGNAL_PAUSE
}

/// What the system calls a device: its address, or where that is secret something else.
pub(super) fn id(peripheral: &Peripheral) -> String {
    let address = peripheral.address();
    if address == BDAddr::default() {
        peripheral.id().to_string()
    } else {
        address.to_string()
    }
}

/// A device, if it is in range: others are only remembered.
async fn sight(peripheral: &Peripheral) -> Option<Sighting> {
    let properties = timeout(ANSWER, peripheral.properties()).await;
    let properties = properties.ok()?.ok()??;
    // One that is connected doesn't advertise.
    let is_connected = async {
        let connected = timeout(ANSWER, peripheral.is_connected()).await;
        matches!(connected, Ok(Ok(true)))
    };
    if properties.rssi.is_none() && !is_connected.await {
        return None;
    }
    Some(sighting(id(peripheral), properties))
}

fn sighting(id: String, properties: PeripheralProperties) -> Sighting {
    let address = properties.address.to_string().replace(':', "-");
    let sent = properties
        .advertisement_name
        // BlueZ makes up a name of the address where there is none.
        .or(properties.local_name.filter(|name| *name != address));
    let mut services = properties.services;
    services.sort_unstable();
    let mut manufacturer_data: Vec<_> = properties.manufacturer_data.into_iter().collect();
    manufacturer_data.sort_unstable();
    Sighting {
        id,
        name: sent.as_deref().and_then(name::shown),
        rssi: properties.rssi,
        services,
        manufacturer_data,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn belt() -> Sighting {
        Sighting {
            id: "C0:00:00:00:00:01".to_owned(),
            rssi: Some(-60),
            ..Sighting::default()
        }
    }

    #[test]
    fn a_late_name_is_news_and_a_trembling_signal_is_not() {
        let old = Instant::now().checked_sub(SIGNAL_PAUSE).unwrap();
        let told = (belt(), old);
        assert!(is_news(None, &belt()));
        assert!(!is_news(Some(&told), &belt()));
        let named = Sighting {
            name: Some("belt".to_owned()),
            ..belt()
        };
        assert!(is_news(Some(&told), &named));
        for (rssi, expected) in [(-62, false), (-57, true), (-63, true)] {
            let heard = Sighting {
                rssi: Some(rssi),
                ..belt()
            };
            assert_eq!(is_news(Some(&told), &heard), expected, "{rssi}");
            assert!(!is_news(Some(&(belt(), Instant::now())), &heard));
        }
    }

    #[test]
    fn a_name_made_of_the_address_is_none() {
        let properties = |name: &str| PeripheralProperties {
            address: "C0:00:00:00:00:01".parse().unwrap(),
            local_name: Some(name.to_owned()),
            ..PeripheralProperties::default()
        };
        let made = sighting(String::new(), properties("C0-00-00-00-00-01"));
        assert_eq!(made.name, None);
        let own = sighting(String::new(), properties("belt\u{7}"));
        assert_eq!(own.name.as_deref(), Some("belt\u{fffd}"));
    }
}
