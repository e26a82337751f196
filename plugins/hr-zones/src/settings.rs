use pipeline_plugin::units::Beats;
use pipeline_plugin::{
    Athlete, Context, Error, Header, HrZones, Place, Plugin, Problem, Remedy, Result, Transform,
    TransformPlugin, ZoneMethod,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::timing::Timing;

/// How far apart the highest and the resting heart rate have to be, in bpm, so that zones of a
/// tenth of it are a beat wide.
const LEAST_RESERVE: f64 = 10.0;

/// The plugin `hr-zones`.
pub fn plugin() -> Plugin {
    Plugin::transform::<Zones>(
        "hr-zones",
        "set heart-rate zones, and the time in each for every lap and for all",
    )
}

/// Sets heart-rate zones and the time spent in each.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Zones {
    /// How the zones are computed.
    #[serde(default)]
    pub method: Method,
    /// Highest heart rate, instead of the athlete's `max-hr`. If neither is given, it is computed
    /// from the athlete's `birth-year`.
    pub max: Option<Beats>,
    /// Heart rate at rest, instead of the athlete's `resting-hr`.
    pub resting: Option<Beats>,
    /// Heart rate at the lactate threshold, instead of the athlete's `threshold-hr`.
    pub threshold: Option<Beats>,
    /// For `custom`: where zone 1 begins, and where each zone ends.
    #[schemars(extend("examples" = [["95 bpm", "114 bpm", "133 bpm", "152 bpm", "171 bpm", "190 bpm"]]))]
    pub bounds: Option<Vec<Beats>>,
}

/// How heart-rate zones are computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum Method {
    /// 50, 60, 70, 80, 90, 100 % of the highest heart rate.
    #[default]
    PercentMax,
    /// The same shares of the heart-rate reserve, from the heart rate at rest on.
    Hrr,
    /// 65, 80, 89, 95, 100, 115 % of the heart rate at the lactate threshold.
    Lthr,
    /// As `bounds` says.
    Custom,
}

impl Method {
    /// The name in pipeline files.
    pub fn name(self) -> &'static str {
        match self {
            Self::PercentMax => "percent-max",
            Self::Hrr => "hrr",
            Self::Lthr => "lthr",
            Self::Custom => "custom",
        }
    }
}

/// The athlete's heart rates, in bpm, with what the settings say instead.
#[derive(Clone, Copy, Debug)]
struct Rates {
    max: Option<f64>,
    resting: Option<f64>,
    threshold: Option<f64>,
}

impl Zones {
    fn rates(&self, athlete: &Athlete) -> Rates {
        let value = |here: Option<Beats>, there: Option<Beats>| here.or(there).map(Beats::value);
        Rates {
            max: value(self.max, athlete.max_hr),
            resting: value(self.resting, athlete.resting_hr),
            threshold: value(self.threshold, athlete.threshold_hr),
        }
    }

    /// What the method needs and nobody says.
    fn missing(&self, athlete: &Athlete) -> Vec<Problem> {
        let rates = self.rates(athlete);
        let max = (
            "max",
            rates.max.is_some() || athlete.birth_year.is_some(),
            "set `max` here, or `max-hr` or `birth-year` under `athlete:`",
            &["max-hr", "birth-year"][..],
        );
        let resting = (
            "resting",
            rates.resting.is_some(),
            "set `resting` here, or `resting-hr` under `athlete:`",
            &["resting-hr"][..],
        );
        let threshold = (
            "threshold",
            rates.threshold.is_some(),
            "set `threshold` here, or `threshold-hr` under `athlete:`",
            &["threshold-hr"][..],
        );
        let custom = (
            "bounds",
            self.bounds.is_some(),
            "write for example `bounds: [95 bpm, 114 bpm, 133 bpm, 152 bpm, 171 bpm, 190 bpm]`",
            &[][..],
        );
        let needed = match self.method {
            Method::PercentMax => vec![max],
            Method::Hrr => vec![max, resting],
            Method::Lthr => vec![threshold],
            Method::Custom => vec![custom],
        };
        let missing = needed.into_iter().filter(|(_, known, ..)| !known);
        let problem = |(name, _, help, of_athlete): (&'static str, _, _, &[&'static str])| {
            let method = self.method.name();
            let message = format!("`hr-zones` needs `{name}` for `{method}`");
            Problem::at("method", message)
                .with_help(help)
                .with_remedies([Remedy::Option(name)])
                .with_remedies(of_athlete.iter().map(|name| Remedy::Athlete(name)))
        };
        missing.map(problem).collect()
    }

    /// What is wrong with the values.
    fn wrong(&self, athlete: &Athlete) -> Vec<Problem> {
        let rates = self.rates(athlete);
        let known = [
            ("max", rates.max),
            ("resting", rates.resting),
            ("threshold", rates.threshold),
        ];
        let known = known
            .into_iter()
            .filter_map(|(name, rate)| Some((name, rate?)));
        let bounds = self.bounds.iter().flatten();
        let bounds = bounds.map(|bound| ("bounds", bound.value()));
        let mut problems: Vec<Problem> = known
            .chain(bounds)
            .filter(|(_, rate)| !(20.0..=250.0).contains(rate))
            .map(|(name, rate)| {
                Problem::at(name, format!("{rate} bpm is no plausible heart rate"))
                    .with_help("write one from 20 bpm to 250 bpm")
            })
            .collect();
        if let (Method::Hrr, Some(max), Some(resting)) = (self.method, rates.max, rates.resting)
            && max < resting + LEAST_RESERVE
        {
            let message = format!(
                "a heart rate of {max} bpm at most and {resting} bpm at rest leaves no zones"
            );
            problems.push(Problem::at("method", message).with_help("check both"));
        }
        problems.extend(self.wrong_bounds());
        problems
    }

    fn wrong_bounds(&self) -> Option<Problem> {
        let bounds = self.bounds.as_deref()?;
        let rising = bounds
            .windows(2)
            .all(|pair| matches!(pair, [low, high] if low.value() < high.value()));
        let (message, help) = if self.method != Method::Custom {
            let method = self.method.name();
            (
                format!("`bounds` has no use with `{method}`"),
                "write `method: custom`, or leave `bounds` away",
            )
        } else if bounds.len() < 2 {
            (
                "`bounds` makes no zone".to_owned(),
                "write where zone 1 begins and where it ends, at least",
            )
        } else if !rising {
            (
                "`bounds` does not rise from one to the next".to_owned(),
                "write the lowest first, and each once",
            )
        } else {
            return None;
        };
        Some(Problem::at("bounds", message).with_help(help))
    }

    /// The zones of a stream; `None` if something is missing.
    fn zones(&self, header: &Header, cx: &Context) -> Option<HrZones> {
        let mut rates = self.rates(&header.athlete);
        if rates.max.is_none() && matches!(self.method, Method::PercentMax | Method::Hrr) {
            let age = header.athlete.age(header.start)?;
            let max = bounds::max_at(age);
            cx.warn(format!(
                "took {max} bpm as the highest heart rate, from the age of {age} years \
                 (208 - 0.7 * age); set `max` for better zones"
            ));
            rates.max = Some(max);
        }
        let (method, bounds) = match self.method {
            Method::PercentMax => (ZoneMethod::PercentMaxHr, bounds::percent_max(rates.max?)),
            Method::Hrr => (
                ZoneMethod::PercentHrr,
                bounds::reserve(rates.max?, rates.resting?),
            ),
            Method::Lthr => (ZoneMethod::PercentLthr, bounds::threshold(rates.threshold?)),
            Method::Custom => {
                let bounds = self.bounds.iter().flatten().map(|bound| bound.value());
                (ZoneMethod::Custom, bounds.collect())
            }
        };
        Some(HrZones {
            method,
            bounds,
            max: rates.max,
            resting: rates.resting,
            threshold: rates.threshold,
        })
    }
}

impl TransformPlugin for Zones {
    fn check(&self, place: &Place) -> Vec<Problem> {
        let mut problems = self.missing(&place.athlete);
        problems.extend(self.wrong(&place.athlete));
        if place.after.iter().any(|stage| stage == "laps") {
            problems.push(
                Problem::new(
                    "`hr-zones` stands before `laps`: the new laps would have no times in zones",
                )
                .with_help("move `hr-zones` after `laps`"),
            );
        }
        problems
    }

    fn open(&self, header: &mut Header, cx: &Context) -> Result<Box<dyn Transform>> {
        let problems = [self.missing(&header.athlete), self.wrong(&header.athlete)];
        if let Some(problem) = problems.into_iter().flatten().next() {
            let error = Error::skip(problem.message);
            return Err(match problem.help {
                Some(help) => error.with_help(help),
                None => error,
            });
        }
        let Some(zones) = self.zones(header, cx) else {
            let year = header.start.year();
            return Err(Error::skip(format!(
                "the activity is of {year}, before the athlete was born"
            ))
            .with_help("check `birth-year`, or the clock of the recorder"));
        };
        header.zones = Some(zones.clone());
        let timing = Timing::new(header, zones, cx);
        Ok(Box::new(timing))
    }
}
