use super::{Json, Problem};

/// What a settings struct must be: it reads itself from the pipeline file and describes itself.
///
/// [`settings!`](crate::settings!) writes it.
pub trait Settings: Sized + Send + Sync {
    /// The JSON Schema of the settings.
    fn schema() -> Json;

    /// Reads the settings from a JSON object.
    ///
    /// # Errors
    ///
    /// Every option that is wrong.
    fn read(settings: &Json) -> Result<Self, Vec<Problem>>;
}

/// Reads settings from JSON text.
///
/// # Errors
///
/// Every option that is wrong.
pub fn read_settings<S: Settings>(settings: &str) -> Result<S, Vec<Problem>> {
    let settings = Json::parse(settings).map_err(|error| vec![Problem::at("", error)])?;
    S::read(&settings)
}

/// A type that an option may have.
pub trait Setting: Sized {
    /// Its JSON Schema, as members of an object.
    fn schema() -> Vec<(String, Json)>;

    /// Reads a value.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    fn read(value: &Json) -> Result<Self, String>;

    /// The value as it would stand in the settings, to document a default.
    fn write(&self) -> Json;

    /// The value of an option that is not given; `None` if it must be.
    fn absent() -> Option<Self> {
        None
    }
}

/// Defines a settings struct: its options with their types, their defaults, and what they mean.
///
/// An underscore in a name is a hyphen in the pipeline file. An option without a default must be
/// given, unless its type is an `Option`.
///
/// ```
/// pipeline_plugin::settings! {
///     /// Smooths the power.
///     struct Smoothing {
///         /// Time over which to average.
///         window: Seconds = Seconds(3.0),
///         /// What to do at a gap.
///         at_gaps: Option<String>,
///     }
/// }
/// # use pipeline_plugin::abi::{Seconds, read_settings};
/// let smoothing: Smoothing = read_settings(r#"{"window": "5 s"}"#).unwrap();
/// assert_eq!(smoothing.window, Seconds(5.0));
/// assert_eq!(smoothing.at_gaps, None);
/// let problems = read_settings::<Smoothing>(r#"{"window": "5"}"#).err().unwrap();
/// assert_eq!(problems[0].option, "window");
/// ```
#[macro_export]
macro_rules! settings {
    ($(#[doc = $doc:literal])* $visible:vis struct $name:ident {
        $($(#[doc = $option_doc:literal])* $option:ident: $type:ty $(= $default:expr)?,)*
    }) => {
        $(#[doc = $doc])*
        #[derive(Debug)]
        $visible struct $name {
            $($(#[doc = $option_doc])* $option: $type,)*
        }

        impl $crate::abi::Settings for $name {
            fn schema() -> $crate::abi::Json {
                #[allow(unused_mut, clippy::allow_attributes, reason = "without options")]
                let mut object = $crate::abi::ObjectSchema::new(concat!("" $(, $doc)*));
                $({
                    let about = concat!("" $(, $option_doc)*);
                    let default: Option<$type> = $crate::settings!(@default $($default)?);
                    object.option::<$type>(stringify!($option), about, default);
                })*
                object.into_json()
            }

            fn read(
                settings: &$crate::abi::Json,
            ) -> ::std::result::Result<Self, Vec<$crate::abi::Problem>> {
                #[allow(unused_mut, clippy::allow_attributes, reason = "without options")]
                let mut reading = $crate::abi::Reading::new(settings);
                $(let $option = {
                    let default: Option<$type> = $crate::settings!(@default $($default)?);
                    reading.option::<$type>(stringify!($option), default)
                };)*
                reading.end()?;
                // All are there: what is missing was a problem.
                match ($($option,)*) {
                    ($(Some($option),)*) => Ok(Self { $($option),* }),
                    #[allow(unreachable_patterns, clippy::allow_attributes, reason = "as above")]
                    _ => Err(Vec::new()),
                }
            }
        }
    };
    (@default) => { None };
    (@default $default:expr) => { Some($default) };
}

/// Collects the schema of a settings struct.
#[derive(Debug)]
pub struct ObjectSchema {
    about: String,
    properties: Vec<(String, Json)>,
    required: Vec<Json>,
}

impl ObjectSchema {
    /// The schema of an object without options so far.
    pub fn new(about: &str) -> Self {
        Self {
            about: about.trim().to_owned(),
            properties: Vec::new(),
            required: Vec::new(),
        }
    }

    /// Adds an option.
    pub fn option<T: Setting>(&mut self, name: &str, about: &str, default: Option<T>) {
        let mut schema = T::schema();
        schema.insert(0, ("description".to_owned(), about.trim().into()));
        match default {
            Some(default) => schema.push(("default".to_owned(), default.write())),
            None if T::absent().is_none() => self.required.push(spelled(name).into()),
            None => {}
        }
        self.properties.push((spelled(name), Json::Object(schema)));
    }

    /// The whole schema.
    pub fn into_json(self) -> Json {
        Json::object([
            ("type", "object".into()),
            ("description", self.about.into()),
            ("properties", Json::Object(self.properties)),
            ("required", Json::Array(self.required)),
            ("additionalProperties", false.into()),
        ])
    }
}

/// Collects the options of a settings struct, and what is wrong with them.
#[derive(Debug)]
pub struct Reading<'a> {
    settings: &'a Json,
    known: Vec<String>,
    problems: Vec<Problem>,
}

impl<'a> Reading<'a> {
    /// Reads this object.
    pub fn new(settings: &'a Json) -> Self {
        Self {
            settings,
            known: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// The value of an option; `None` if it is wrong, which is noted.
    pub fn option<T: Setting>(&mut self, name: &str, default: Option<T>) -> Option<T> {
        let name = spelled(name);
        let result = match (self.settings.get(&name), default) {
            (Some(value), _) => T::read(value),
            (None, Some(default)) => Ok(default),
            (None, None) => T::absent().ok_or_else(|| "must be given".to_owned()),
        };
        let value = result.map_err(|message| self.problems.push(Problem::at(&name, message)));
        self.known.push(name);
        value.ok()
    }

    /// Whether everything was right.
    ///
    /// # Errors
    ///
    /// What was wrong, unknown options included.
    pub fn end(&mut self) -> Result<(), Vec<Problem>> {
        match self.settings {
            Json::Object(members) => {
                for (name, _) in members {
                    if !self.known.contains(name) {
                        self.problems.push(Problem::at(name, "unknown option"));
                    }
                }
            }
            _ => self
                .problems
                .push(Problem::at("", "settings are an object")),
        }
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(std::mem::take(&mut self.problems))
        }
    }
}

/// An option as pipeline files spell it.
fn spelled(name: &str) -> String {
    name.trim_start_matches("r#").replace('_', "-")
}

pub(super) fn typed(name: &str) -> Vec<(String, Json)> {
    vec![("type".to_owned(), name.into())]
}

impl Setting for f64 {
    fn schema() -> Vec<(String, Json)> {
        typed("number")
    }

    fn read(value: &Json) -> Result<Self, String> {
        value
            .as_f64()
            .ok_or_else(|| "a number is needed".to_owned())
    }

    fn write(&self) -> Json {
        Json::Number(*self)
    }
}

impl Setting for u32 {
    fn schema() -> Vec<(String, Json)> {
        let mut schema = typed("integer");
        schema.push(("minimum".to_owned(), Json::Number(0.0)));
        schema.push(("maximum".to_owned(), Json::Number(f64::from(u32::MAX))));
        schema
    }

    fn read(value: &Json) -> Result<Self, String> {
        let number = value
            .as_f64()
            .filter(|number| number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(number));
        #[allow(
            clippy::allow_attributes,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole and in range"
        )]
        number
            .map(|number| number as Self)
            .ok_or_else(|| format!("a whole number from 0 to {} is needed", u32::MAX))
    }

    fn write(&self) -> Json {
        Json::Number(f64::from(*self))
    }
}

impl Setting for bool {
    fn schema() -> Vec<(String, Json)> {
        typed("boolean")
    }

    fn read(value: &Json) -> Result<Self, String> {
        value
            .as_bool()
            .ok_or_else(|| "`true` or `false` is needed".to_owned())
    }

    fn write(&self) -> Json {
        Json::Bool(*self)
    }
}

impl Setting for String {
    fn schema() -> Vec<(String, Json)> {
        typed("string")
    }

    fn read(value: &Json) -> Result<Self, String> {
        let text = value.as_str().ok_or("a text is needed")?;
        Ok(text.to_owned())
    }

    fn write(&self) -> Json {
        self.as_str().into()
    }
}

impl<T: Setting> Setting for Option<T> {
    fn schema() -> Vec<(String, Json)> {
        let mut schema = T::schema();
        for (key, value) in &mut schema {
            if key == "type" {
                *value = Json::Array(vec![std::mem::take(value), "null".into()]);
            }
        }
        schema
    }

    fn read(value: &Json) -> Result<Self, String> {
        match value {
            Json::Null => Ok(None),
            value => T::read(value).map(Some),
        }
    }

    fn write(&self) -> Json {
        self.as_ref().map_or(Json::Null, T::write)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}
