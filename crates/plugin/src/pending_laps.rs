use crate::{Event, Item, Lap, Output, Result};

/// Laps that wait for the sample after them.
///
/// A lap ends between two samples and comes before the second. A transform that adds to laps
/// what it sums up over time knows the stretch around that end only when the second sample is
/// there. It holds the lap back until then, and what follows the lap too, so that the order of
/// the items stays. Facts about the whole stream ([`Event::Meta`]) need no order and don't wait.
///
/// ```
/// use pipeline_plugin::{Item, PendingLaps};
///
/// let lap = r#"{"lap":{"start":"2026-01-01T00:00:00Z","end":"2026-01-01T00:02:00Z",
///     "trigger":"distance","totals":{}}}"#;
/// let lap: Item = serde_json::from_str(lap).unwrap();
/// let mut sent: Vec<Item> = Vec::new();
/// let mut laps = PendingLaps::default();
/// laps.pass(lap, &mut sent)?;
/// assert!(sent.is_empty() && !laps.is_empty());
/// // The next sample is there:
/// laps.settle(|lap| lap.totals.calories = 30.0, &mut sent)?;
/// assert!(sent.len() == 1 && laps.is_empty());
/// # Ok::<(), pipeline_plugin::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct PendingLaps {
    held: Vec<Item>,
}

impl PendingLaps {
    /// Takes an item that is no samples: a lap waits, and whatever comes after a waiting lap;
    /// the rest is sent on at once.
    ///
    /// # Errors
    ///
    /// What `out` says.
    pub fn pass(&mut self, item: Item, out: &mut dyn Output) -> Result<()> {
        let waits = match &item {
            Item::Lap(_) => true,
            Item::Event(Event::Meta(_)) => false,
            _ => !self.held.is_empty(),
        };
        if !waits {
            return out.send(item);
        }
        self.held.push(item);
        Ok(())
    }

    /// Whether no lap waits.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// The next sample, or the end of the stream, is there: completes every lap and sends all
    /// that waited, in order.
    ///
    /// # Errors
    ///
    /// What `out` says.
    pub fn settle(
        &mut self,
        mut complete: impl FnMut(&mut Lap),
        out: &mut dyn Output,
    ) -> Result<()> {
        for mut item in self.held.drain(..) {
            if let Item::Lap(lap) = &mut item {
                complete(lap);
            }
            out.send(item)?;
        }
        Ok(())
    }
}
