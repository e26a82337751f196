use pipeline_plugin::units::Mass;
use pipeline_plugin::{
    Athlete, Context, Error, Header, Place, Plugin, Problem, Remedy, Result, Sex, Timestamp,
    Transform, TransformPlugin,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::counting::Counting;
use crate::rate::Rate;
use crate::sharing::Sharing;

/// The plugin `calories`.
pub fn plugin() -> Plugin {
    Plugin::transform::<Calories>("calories", "compute the calories of each lap and of all")
}

/// Computes calories.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Calories {
    /// How calories are computed: from power (`concept2`, the better choice where there is
    /// power), from heart rate (`keytel`), from time alone (`met`), or as the file says.
    #[serde(default)]
    pub formula: Formula,
    /// Body weight, instead of the athlete's.
    pub weight: Option<Mass>,
    /// Sex, instead of the athlete's.
    pub sex: Option<Sex>,
    /// Year of birth, instead of the athlete's.
    #[schemars(range(min = 1900, max = 2100), extend("examples" = [1984]))]
    pub birth_year: Option<u16>,
    /// Maximal oxygen uptake in ml/kg/min, instead of the athlete's.
    #[schemars(range(min = 5, max = 100), extend("examples" = [45]))]
    pub vo2max: Option<f64>,
    /// For `met`: how many times the rate at rest. Rowing machine: 4.8 easy, 7 at 100 W, 8.5 at
    /// 150 W, 12 at 200 W.
    #[serde(default = "vigorous")]
    #[schemars(range(min = 0.5, max = 30))]
    pub met: f64,
}

/// Rowing at 100 W (Compendium of Physical Activities, 2011).
fn vigorous() -> f64 {
    7.0
}

/// How calories are computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum Formula {
    /// From power, as Concept2's monitors show it.
    #[default]
    Concept2,
    /// From power and weight, as Concept2 corrects it.
    Concept2Weight,
    /// From heart rate, sex, weight and age.
    Keytel,
    /// From heart rate, sex, weight, age and VO2max.
    KeytelVo2max,
    /// From weight and time.
    Met,
    /// What the recorder says.
    File,
}

impl Formula {
    /// The name in pipeline files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Concept2 => "concept2",
            Self::Concept2Weight => "concept2-weight",
            Self::Keytel => "keytel",
            Self::KeytelVo2max => "keytel-vo2max",
            Self::Met => "met",
            Self::File => "file",
        }
    }

    /// The options that it needs, by their names here and under `athlete:`.
    fn needs(self) -> &'static [&'static str] {
        match self {
            Self::Concept2 | Self::File => &[],
            Self::Concept2Weight | Self::Met => &["weight"],
            Self::Keytel => &["weight", "sex", "birth-year"],
            Self::KeytelVo2max => &["weight", "sex", "birth-year", "vo2max"],
        }
    }
}

impl Calories {
    /// The athlete, with what is set here.
    fn athlete(&self, athlete: &Athlete) -> Athlete {
        Athlete {
            weight: self.weight.or(athlete.weight),
            sex: self.sex.or(athlete.sex),
            birth_year: self.birth_year.or(athlete.birth_year),
            vo2max: self.vo2max.or(athlete.vo2max),
            ..Athlete::default()
        }
    }

    /// What the formula needs and nobody says.
    fn missing(&self, athlete: &Athlete) -> Vec<Problem> {
        let athlete = self.athlete(athlete);
        let is_known = |name: &str| match name {
            "weight" => athlete.weight.is_some(),
            "sex" => athlete.sex.is_some(),
            "birth-year" => athlete.birth_year.is_some(),
            _ => athlete.vo2max.is_some(),
        };
        let missing = self.formula.needs().iter().filter(|name| !is_known(name));
        let problem = |name: &&'static str| {
            let formula = self.formula.name();
            Problem::at(
                "formula",
                format!("`calories` needs `{name}` for `{formula}`"),
            )
            .with_help(format!("set `{name}` here or under `athlete:`"))
            .with_remedies([Remedy::Option(name), Remedy::Athlete(name)])
        };
        missing.map(problem).collect()
    }

    /// What is set here and the formula takes no notice of.
    fn unused(&self) -> Vec<Problem> {
        let given = [
            ("weight", self.weight.is_some()),
            ("sex", self.sex.is_some()),
            ("birth-year", self.birth_year.is_some()),
            ("vo2max", self.vo2max.is_some()),
        ];
        let needs = self.formula.needs();
        let unused = given
            .into_iter()
            .filter(|(name, is_given)| *is_given && !needs.contains(name));
        let problem = |(name, _): (&str, bool)| {
            let formula = self.formula.name();
            let help = match (self.formula, name) {
                (Formula::Concept2, "weight") => {
                    "write `formula: concept2-weight`, or leave `weight` away".to_owned()
                }
                _ => format!("write it under `athlete:`, or leave `{name}` away"),
            };
            Problem::at(name, format!("`{name}` has no use with `{formula}`")).with_help(help)
        };
        unused.map(problem).collect()
    }

    /// A weight that no person has; the schema bounds the plain numbers.
    fn implausible(&self, athlete: &Athlete) -> Option<Problem> {
        let weight = self.athlete(athlete).weight?;
        let plausible = (20.0..=400.0).contains(&weight.value());
        (!plausible).then(|| {
            Problem::at("weight", format!("{weight} is no plausible weight"))
                .with_help("write a weight from 20 kg to 400 kg")
        })
    }

    /// A wrong year shows in the age only: the recorder's clock may have been wrong, too.
    fn warn_of_age(&self, athlete: &Athlete, start: Timestamp, cx: &Context) {
        let needed = self.formula.needs().contains(&"birth-year");
        if let Some(age) = athlete.age(start)
            && needed
            && !(10..=100).contains(&age)
        {
            cx.warn(format!(
                "the athlete is {age} years old in {}: check `birth-year`, or the recorder's clock",
                start.year()
            ));
        }
    }

    /// The formula's rate, and how it is called in the summary.
    fn rate(&self, athlete: &Athlete, start: Timestamp) -> Option<(Rate, String)> {
        let athlete = self.athlete(athlete);
        let name = self.formula.name();
        let weight = || athlete.weight.map(Mass::value);
        let age = || athlete.age(start).map(f64::from);
        let sex = |sex| match sex {
            Sex::Female => "female",
            Sex::Male => "male",
        };
        Some(match self.formula {
            Formula::Concept2 | Formula::File => (Rate::CONCEPT2, name.to_owned()),
            Formula::Concept2Weight => {
                let kg = weight()?;
                (Rate::concept2_weight(kg), format!("{name}, {kg} kg"))
            }
            Formula::Keytel => {
                let (kg, of, years) = (weight()?, athlete.sex?, age()?);
                let method = format!("{name}, {kg} kg, {}, {years} y", sex(of));
                (Rate::keytel(of, kg, years), method)
            }
            Formula::KeytelVo2max => {
                let (kg, of, years, vo2max) = (weight()?, athlete.sex?, age()?, athlete.vo2max?);
                let method = format!(
                    "{name}, {kg} kg, {}, {years} y, {vo2max} ml/kg/min",
                    sex(of)
                );
                (Rate::keytel_vo2max(of, kg, years, vo2max), method)
            }
            Formula::Met => {
                let kg = weight()?;
                let method = format!("{name} {}, {kg} kg", self.met);
                (Rate::met(self.met, kg), method)
            }
        })
    }
}

impl TransformPlugin for Calories {
    fn check(&self, place: &Place) -> Vec<Problem> {
        let mut problems = self.missing(&place.athlete);
        problems.extend(self.unused());
        problems.extend(self.implausible(&place.athlete));
        let after = |name: &str| place.after.iter().any(|stage| stage == name);
        if after("laps") {
            problems.push(
                Problem::new("`calories` stands before `laps`: the new laps would have none")
                    .with_help("move `calories` after `laps`"),
            );
        }
        if self.formula == Formula::File && after("hr-zones") {
            problems.push(
                Problem::at(
                    "formula",
                    "`file` sends laps at the end only, too late for `hr-zones`",
                )
                .with_help("move `calories` after `hr-zones`"),
            );
        }
        problems
    }

    fn open(&self, header: &mut Header, cx: &Context) -> Result<Box<dyn Transform>> {
        let athlete = &header.athlete;
        if let Some(problem) = self.missing(athlete).into_iter().next() {
            let error = Error::skip(problem.message).with_remedies(problem.remedies);
            return Err(match problem.help {
                Some(help) => error.with_help(help),
                None => error,
            });
        }
        let Some((rate, method)) = self.rate(athlete, header.start) else {
            return Err(Error::skip(format!(
                "the activity is of {}, before the athlete was born",
                header.start.year()
            ))
            .with_help("check `birth-year`, or the clock of the recorder"));
        };
        self.warn_of_age(&self.athlete(athlete), header.start, cx);
        Ok(match self.formula {
            Formula::File => Box::new(Sharing::new(Counting::new(header, rate, method, cx), cx)),
            _ => Box::new(Counting::new(header, rate, method, cx)),
        })
    }
}
