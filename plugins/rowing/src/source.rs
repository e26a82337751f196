use std::pin::pin;

use pipeline_plugin::ble::{Connection, LinkEvent, Sighting};
use pipeline_plugin::{ErrorKind, Result, SourceCx, StreamOut};

use crate::Rowing;
use crate::belt::Belt;
use crate::race::{First, first};
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
            time,
        } = linked;
        let title = &machine.title;
        let words = if again.is_some() { "again " } else { "" };
        let battery = machine.battery.filter(|percent| *percent <= LOW_BATTERY);
        let battery = battery.map_or(String::new(), |percent| {
            format!("; its battery is at {percent} %")
        });
        say(cx, format!("connected {words}to `{title}`{battery}"));
        row.connected(time, machine, out).await?;
        belt.seek(&sighting);
        follow(connection, &mut belt, row, out, cx).await?;
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
        let next = first(belt.heard(), reaching.as_mut());
        match first(next, cx.sleep(row.patience())).await {
            First::One(First::One(heard)) => row.heard(heard, out).await?,
            First::One(First::Other(linked)) => return linked.map(Some),
            First::Other(slept) => {
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
    mut connection: Connection,
    belt: &mut Belt<'_>,
    row: &mut Row<'_>,
    out: &mut dyn StreamOut,
    cx: &SourceCx,
) -> Result<()> {
    loop {
        let next = connection.next(row.patience());
        match first(belt.heard(), next).await {
            First::One(heard) => row.heard(heard, out).await?,
            First::Other(event) => match event? {
                None => row.advance(cx.now(), out).await?,
                Some(LinkEvent::Lost { time }) => return row.lost(time, out).await,
                Some(LinkEvent::Value {
                    time,
                    characteristic,
                    value,
                }) => row.value(time, characteristic, &value, out).await?,
            },
        }
        row.revive(&mut connection).await;
    }
}
