//! A finished stream at its sinks: whether it is there, and what the totals say of it.

use std::collections::HashSet;
use std::path::PathBuf;

use pipeline_plugin::{Delivered, Error, Result, Summary};

use super::{Completed, Courier};
use crate::chain::Made;
use crate::ledger::Publishing;
use crate::publish::{Published, publish};
use crate::report::{Delivery, DeliveryStatus, StreamReport};

impl Courier<'_> {
    /// Delivers a stream to its sinks; `failed` is why its files are not durable.
    pub(super) fn stream(
        &mut self,
        completed: Completed,
        failed: Option<&Error>,
        ledger: Option<&Publishing<'_>>,
        folders: &mut HashSet<PathBuf>,
    ) -> StreamReport {
        let input = self.name(&completed);
        let mut deliveries = Vec::with_capacity(completed.outcomes.len());
        let mut described = None;
        for outcome in completed.outcomes {
            let destination = &self.destinations[outcome.sink];
            let sink = destination.sink.clone();
            let parts = self.one(
                &outcome.summary,
                outcome.result,
                outcome.sink,
                failed,
                ledger,
                &input,
            );
            let status = match parts {
                Ok(status) => status,
                Err(error) => DeliveryStatus::Failed(error),
            };
            if let DeliveryStatus::Delivered(path) = &status {
                folders.extend(path.parent().map(PathBuf::from));
            }
            described.get_or_insert((outcome.header, outcome.summary));
            deliveries.push(Delivery { sink, status });
        }
        self.count(completed.input, &deliveries);
        let (header, summary) = described.unwrap_or_default();
        let took = completed.started.elapsed();
        StreamReport {
            input,
            header,
            summary,
            deliveries,
            took,
        }
    }

    /// What a stream is called: as the file that it was read from, or as its source calls it.
    fn name(&self, completed: &Completed) -> String {
        let is_live = completed.live;
        let own = completed
            .outcomes
            .first()
            .map(|outcome| &outcome.header.name);
        match own.filter(|own| is_live && !own.is_empty()) {
            Some(own) => own.clone(),
            None => self.names[completed.input].clone(),
        }
    }

    /// One stream at one sink.
    fn one(
        &self,
        summary: &Summary,
        made: Result<Made>,
        sink: usize,
        failed: Option<&Error>,
        ledger: Option<&Publishing<'_>>,
        input: &str,
    ) -> Result<DeliveryStatus> {
        let destination = &self.destinations[sink].name;
        let content = &summary.content_key;
        let made = made?;
        let known = match ledger {
            Some(ledger) if !self.again => ledger.delivered(content, destination)?,
            _ => None,
        };
        if let Some(path) = known {
            return Ok(DeliveryStatus::Already(path));
        }
        let file = match made {
            Made::Nothing(path) => return Ok(DeliveryStatus::Would(path)),
            Made::Output(Delivered::Done(place)) => {
                let path = PathBuf::from(place);
                if let Some(ledger) = ledger {
                    ledger.note_delivery(content, destination, &path, input)?;
                }
                return Ok(DeliveryStatus::Delivered(path));
            }
            Made::Output(Delivered::File(file)) => file,
        };
        if let Some(error) = failed {
            return Err(Error::new(error.kind(), error.with_causes()));
        }
        let identifies = !self.again && file.name().contains(&content.short());
        let status = match publish(file, identifies)? {
            Published::New(path) | Published::Renamed(path) => DeliveryStatus::Delivered(path),
            Published::Already(path) => DeliveryStatus::Already(path),
        };
        if let (Some(ledger), DeliveryStatus::Delivered(path) | DeliveryStatus::Already(path)) =
            (ledger, &status)
        {
            ledger.note_delivery(content, destination, path, input)?;
        }
        Ok(status)
    }

    fn count(&mut self, input: usize, deliveries: &[Delivery]) {
        let mut failures = 0;
        for delivery in deliveries {
            if let DeliveryStatus::Failed(error) = &delivery.status {
                failures += 1;
                self.totals.note(error.kind());
            }
        }
        let new = |status: &DeliveryStatus| {
            matches!(
                status,
                DeliveryStatus::Delivered(_) | DeliveryStatus::Would(_)
            )
        };
        if failures > 0 {
            self.incomplete.insert(input);
        }
        if failures > 0 && failures < deliveries.len() {
            self.totals.partly += 1;
        } else if failures > 0 {
            self.totals.undelivered += 1;
        } else if deliveries.iter().any(|delivery| new(&delivery.status)) {
            self.totals.delivered += 1;
        } else {
            self.totals.already += 1;
        }
    }
}
