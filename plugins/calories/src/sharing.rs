use std::collections::VecDeque;

use pipeline_plugin::{Context, Item, Lap, Output, Result, Summary, Transform};

use crate::counting::Counting;

/// Shares the recorder's calories out to the laps of one stream.
pub(crate) struct Sharing {
    cx: Context,
    /// Tells how much of the whole each lap is.
    counting: Counting,
    laps: Laps,
}

/// The laps as they come out of the counting.
#[derive(Default)]
struct Laps {
    /// The calories that the laps under way had of their own; `NaN` for none.
    own: VecDeque<f64>,
    /// The sum of those that had any.
    own_sum: Option<f64>,
    /// Laps from the first without calories of its own on: with that mark, and with what was
    /// counted in place of them.
    held: Vec<(bool, Box<Lap>)>,
}

/// Lets pass what need not wait for the end.
struct Sieve<'a> {
    laps: &'a mut Laps,
    out: &'a mut dyn Output,
}

impl Output for Sieve<'_> {
    fn send(&mut self, item: Item) -> Result<()> {
        let Item::Lap(mut lap) = item else {
            return self.out.send(item);
        };
        let own = self.laps.own.pop_front().unwrap_or(f64::NAN);
        let has_own = own.is_finite();
        if has_own {
            *self.laps.own_sum.get_or_insert(0.0) += own;
            lap.totals.calories = own;
        }
        if has_own && self.laps.held.is_empty() {
            return self.out.send(Item::Lap(lap));
        }
        self.laps.held.push((has_own, lap));
        Ok(())
    }
}

impl Sharing {
    pub(crate) fn new(counting: Counting, cx: &Context) -> Self {
        Self {
            cx: cx.clone(),
            counting,
            laps: Laps::default(),
        }
    }
}

impl Laps {
    /// Gives `rest` to the laps that have no calories of their own; `NaN` if it is not known.
    fn share(&mut self, rest: f64) {
        let mut laps: Vec<&mut Box<Lap>> = self
            .held
            .iter_mut()
            .filter_map(|(has_own, lap)| (!*has_own).then_some(lap))
            .collect();
        let sum = |of: fn(&Lap) -> f64| laps.iter().map(|lap| of(lap)).sum::<f64>();
        let (counted, time) = (sum(energy), sum(time_of));
        for lap in &mut laps {
            lap.totals.calories = match (counted > 0.0, time > 0.0) {
                (true, _) => rest * energy(lap) / counted,
                (false, true) => rest * time_of(lap) / time,
                (false, false) => f64::NAN,
            };
        }
    }
}

fn energy(lap: &Lap) -> f64 {
    lap.totals.calories.max(0.0)
}

fn time_of(lap: &Lap) -> f64 {
    if lap.totals.timer_time.is_nan() {
        (lap.end - lap.start).max(0.0)
    } else {
        lap.totals.timer_time
    }
}

impl Transform for Sharing {
    fn process(&mut self, item: Item, out: &mut dyn Output) -> Result<()> {
        if let Item::Lap(lap) = &item {
            self.laps.own.push_back(lap.totals.calories);
        }
        let laps = &mut self.laps;
        self.counting.process(item, &mut Sieve { laps, out })
    }

    fn finish(&mut self, summary: &mut Summary, out: &mut dyn Output) -> Result<()> {
        let laps = &mut self.laps;
        self.counting.settle_last(&mut Sieve { laps, out })?;
        let said = summary.meta.calories.filter(|total| total.is_finite());
        let own = self.laps.own_sum;
        // Without a total the laps without calories have none.
        let rest = said.map_or(f64::NAN, |total| (total - own.unwrap_or(0.0)).max(0.0));
        self.laps.share(rest);
        match said.or(own) {
            Some(total) => {
                summary.totals.calories = total;
                summary.calories_method = Some("file".to_owned());
            }
            None => self.cx.warn("the file says nothing about calories"),
        }
        self.laps
            .held
            .drain(..)
            .try_for_each(|(_, lap)| out.send(Item::Lap(lap)))
    }
}
