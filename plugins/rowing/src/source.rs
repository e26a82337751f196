use std::pin::pin;

use gatt::Uuid;
use pipeline_plugin::ble::{Connection, LinkEvent, Sighting};
use pipeline_plugin::{ErrorKind, First, Result, SourceCx, StreamOut, first};

use crate::Rowing;
use crate::belt::Belt;
use crate::reach::{Linked, Reach};
use crate::row::{Row, say};

/// Records one row after another until the run is to stop.
pub(crate) async fn run(settings: &Rowing, out: &mut dyn StreamOut, cx: &SourceCx) -> Result<()> {
    let mut row = Row::new(settings, cx);
    let result = watch(settings, out, cx, &mut row).await;
    // Whatever ended it, what was rowed is kept.
    let kept = row.end(cx.now(), out).await;
    match result {
        Err(error) if error.kind() == ErrorKind::Cancelled => kept,
        Err(error) => Err(error),
        Ok(()) => kept,
    }
}

async fn watch(
    settings: &Rowing,
    out: &mut dyn StreamOut,
    cx: &SourceCx,
    row: &mut Row<'_>,
) -> Result<()> {
    let mut reach = Reach::new(settings, cx);
    let mut belt = Belt::new(&settings.heart_rate, cx);
    let mut before: Option<Sighting> = None;
    loop {
        if row.machine().is_none() {
            before = None;
            say(cx, "waiting for the rower: pull the handle to wake it");
        }
        let again = before.as_ref();
        let Some(linked) = wait(&mut reach, again, &mut belt, row, out, cx).await? else {
            continue;
        };
        let Linked {
            connection,
            machine,
            sighting,
            early,
            time,
        } = linked;
        let mut connection = connection;
        let title = &machine.title;
        let words = if again.is_some() { "again " } else { "" };
        let battery = machine.battery.filter(|percent| *percent <= LOW_BATTERY);
        let battery = battery.map_or(String::new(), |percent| {
            format!("; its battery is at {percent} %")
        });
        say(cx, format!("connected {words}to `{title}`{battery}"));
        row.connected(time, machine, out).await?;
        belt.seek(&sighting);
        let mut followed = Ok(true);
        for event in early {
            followed = take(event, row, out).await;
        }
        if let Ok(true) = followed {
            followed = follow(&mut connection, &mut belt, row, out, cx).await;
        }
        if followed.is_err() {
            reach.restore(&mut connection).await;
        }
        followed?;
        if row.machine().is_some() {
            let title = sighting.title();
            say(
                cx,
                format!("`{title}` is out of reach; looking for it, the row goes on"),
            );
        }
        before = Some(sighting);
    }
}

/// A battery that is worth a word, in percent.
const LOW_BATTERY: u8 = 15;

/// Waits for a link; `None` when the activity that it would have gone on with is over.
async fn wait(
    reach: &mut Reach<'_>,
    again: Option<&Sighting>,
    belt: &mut Belt<'_>,
    row: &mut Row<'_>,
    out: &mut dyn StreamOut,
    cx: &SourceCx,
) -> Result<Option<Linked>> {
    let mut reaching = pin!(reach.rower(again));
    loop {
        let next = first(reaching.as_mut(), belt.heard());
        match first(cx.sleep(row.patience()), next).await {
            First::Other(First::Other(heard)) => row.heard(heard, out).await?,
            First::Other(First::One(linked)) => return linked.map(Some),
            First::One(slept) => {
                slept?;
                row.advance(cx.now(), out).await?;
                if again.is_some() && row.machine().is_none() {
                    return Ok(None);
                }
            }
        }
    }
}

/// Takes what comes until the link is lost.
async fn follow(
    connection: &mut Connection,
    belt: &mut Belt<'_>,
    row: &mut Row<'_>,
    out: &mut dyn StreamOut,
    cx: &SourceCx,
) -> Result<bool> {
    loop {
        let next = connection.next(row.patience());
        match first(next, belt.heard()).await {
            First::Other(heard) => row.heard(heard, out).await?,
            First::One(event) => match event? {
                None => row.advance(cx.now(), out).await?,
                Some(event) => {
                    if !take(event, row, out).await? {
                        return Ok(false);
                    }
                }
            },
        }
        row.settle(out).await?;
        if let Some(name) = row.take_silent() {
            meanwhile(revive(connection, name), belt, row, out).await?;
        }
    }
}

/// Takes what came; whether the link is still there.
async fn take(event: LinkEvent, row: &mut Row<'_>, out: &mut dyn StreamOut) -> Result<bool> {
    match event {
        LinkEvent::Lost { time } => row.lost(time, out).await.map(|()| false),
        LinkEvent::Value {
            time,
            characteristic,
            value,
        } => {
            row.value(time, characteristic, &value, out).await?;
            Ok(true)
        }
    }
}

/// Subscribes again to what the rower has ceased to send. If the link is lost, that comes as an
/// event.
async fn revive(connection: &mut Connection, name: Uuid) {
    let _ = connection.unsubscribe(name).await;
    let _ = connection.subscribe(name).await;
}

/// Listens to the belt while something else is done.
async fn meanwhile<T>(
    work: impl Future<Output = T>,
    belt: &mut Belt<'_>,
    row: &mut Row<'_>,
    out: &mut dyn StreamOut,
) -> Result<T> {
    let mut work = pin!(work);
    loop {
        match first(work.as_mut(), belt.heard()).await {
            First::Other(heard) => row.heard(heard, out).await?,
            First::One(value) => return Ok(value),
        }
    }
}
