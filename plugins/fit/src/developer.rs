//! Quantities that FIT's record message has no field for, as developer fields.
//!
//! Those that were developer fields in another file come back as the same: under their name, units,
//! base type and number, of their application. Others are this program's: the public convention for
//! rowing ([`rowing`]), or a field with the column's name.

use std::io::{Seek, Write};

use fit::profile::{self, developer_data_id};
use fit::{BaseType, DeveloperField as FitField, Encoder, Shape, Value};
use pipeline_plugin::{DeveloperField, Field, Result};

use crate::activity::cannot;
use crate::rowing::{self, HANDLE_FORCE, HANDLE_FORCE_CURVE};

/// Identifies these developer fields; never changes.
pub(crate) const APPLICATION: [u8; 16] = [
    0x7a, 0x1f, 0x52, 0x0c, 0x9b, 0x3e, 0x4d, 0x61, 0xa8, 0x47, 0x0d, 0xe2, 0x5b, 0x94, 0x6c, 0x13,
];

/// The version of the set of fields.
const APPLICATION_VERSION: u32 = 1;

/// Numbers from here on are given to fields that the convention does not know.
pub(crate) const FIRST_OWN: u8 = 128;

/// The field of the session that says how its calories came about.
pub(crate) const CALORIES_METHOD: FitField<'static> =
    FitField::new(120, BaseType::String, "CaloriesMethod", "");

/// A developer field with the factor from the column's unit to the field's.
#[derive(Clone, Debug)]
pub(crate) struct Developer {
    /// The developer data index of its application.
    index: u8,
    number: u8,
    base: BaseType,
    name: String,
    units: String,
    scale: f64,
    native: Option<u8>,
    /// From the column's unit to the field's unit before scaling.
    pub(crate) factor: f64,
}

/// The developer fields of a file: each column has one, however often columns change.
#[derive(Debug, Default)]
pub(crate) struct Developers {
    /// What columns were in the file that they come from.
    said: Vec<DeveloperField>,
    applications: Vec<Application>,
    known: Vec<(String, Developer)>,
    /// Fields that haven't been described yet.
    new: Vec<Developer>,
    /// How many the convention does not know.
    own: u8,
}

/// An application of the file; its place is its developer data index.
#[derive(Debug)]
struct Application {
    /// Its identifier, as [`DeveloperField::application`]; `None` for this program.
    id: Option<String>,
    /// Numbers and names of its fields.
    fields: Vec<(u8, String)>,
    described: bool,
}

impl Developer {
    /// The field with so many elements.
    pub(crate) fn as_field(&self, count: u8) -> FitField<'_> {
        let field = FitField::new(self.number, self.base, &self.name, &self.units);
        FitField {
            developer: self.index,
            native: self.native.map(|field| (profile::RECORD.number, field)),
            ..field.scaled(self.scale).array(count)
        }
    }

    /// Its developer data index and number.
    pub(crate) fn place(&self) -> (u8, u8) {
        (self.index, self.number)
    }

    /// Whether it is the same field of the file.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.place() == other.place()
    }

    /// The most elements that fit into a field.
    pub(crate) fn most(&self) -> usize {
        usize::from(u8::MAX / self.base.size())
    }
}

impl Developers {
    pub(crate) fn new(said: &[DeveloperField]) -> Self {
        Self {
            said: said.to_vec(),
            ..Self::default()
        }
    }

    /// What a column was in the file that it comes from.
    pub(crate) fn said(&self, column: &str) -> Option<&DeveloperField> {
        self.said.iter().find(|said| said.column == column)
    }

    /// Which element of its field in that file a column is, from 0.
    pub(crate) fn element(&self, column: &Field) -> usize {
        let Some(said) = self.said(column.name()) else {
            return 0;
        };
        let same = |it: &&DeveloperField| {
            (it.number, &it.name, &it.application) == (said.number, &said.name, &said.application)
        };
        match self.said.iter().filter(same).count() {
            1 => 0,
            _ => element_of(column.name()).map_or(0, |(_, element)| element),
        }
    }

    /// The field for a column.
    pub(crate) fn of(&mut self, column: &Field) -> Developer {
        self.known(column.name(), |all| {
            match all.said(column.name()).cloned() {
                Some(said) => all.as_before(column, said),
                None => all.own(column),
            }
        })
    }

    /// The field for a curve.
    pub(crate) fn of_curve(&mut self, field: &str) -> Developer {
        self.known(field, |all| match all.said(field).cloned() {
            Some(said) => all.as_before(&Field::new(field, ""), said),
            None => all.own_curve(field),
        })
    }

    fn known(&mut self, column: &str, new: impl FnOnce(&mut Self) -> Developer) -> Developer {
        if let Some((_, known)) = self.known.iter().find(|(known, _)| known == column) {
            return known.clone();
        }
        let developer = new(self);
        // Elements of an array have columns of their own.
        let is_new = self
            .known
            .iter()
            .all(|(_, known)| !known.is_same(&developer));
        self.new.extend(is_new.then(|| developer.clone()));
        self.known.push((column.to_owned(), developer.clone()));
        developer
    }

    /// The field that a column was before.
    fn as_before(&mut self, column: &Field, said: DeveloperField) -> Developer {
        let (factor, scale) = rowing::writing(column, &said.name, &said.units);
        let base = BaseType::ALL
            .into_iter()
            .find(|base| base.name() == said.base_type);
        Developer {
            index: self.application(Some(&said)),
            number: said.number,
            base: base
                .filter(|base| *base != BaseType::String)
                .unwrap_or(BaseType::Float32),
            name: said.name,
            units: said.units,
            scale,
            native: said.native,
            factor,
        }
    }

    /// A field of this program.
    fn own(&mut self, column: &Field) -> Developer {
        let index = self.application(None);
        let Some(known) = rowing::of_column(column) else {
            return Developer {
                index,
                number: self.own_number(),
                base: BaseType::Float32,
                name: column.name().to_owned(),
                units: column.unit().to_owned(),
                scale: 1.0,
                native: None,
                factor: 1.0,
            };
        };
        Developer {
            index,
            ..Developer::of_convention(known)
        }
    }

    fn own_curve(&mut self, field: &str) -> Developer {
        let index = self.application(None);
        let is_known = field == HANDLE_FORCE;
        let (number, base, name, units) = if is_known {
            (
                HANDLE_FORCE_CURVE,
                BaseType::Sint16,
                "HandleForceCurve".to_owned(),
                "N",
            )
        } else {
            (
                self.own_number(),
                BaseType::Float32,
                format!("{field}_curve"),
                "",
            )
        };
        let (units, scale, native, factor) = (units.to_owned(), 1.0, None, 1.0);
        Developer {
            index,
            number,
            base,
            name,
            units,
            scale,
            native,
            factor,
        }
    }

    fn own_number(&mut self) -> u8 {
        self.own = self.own.saturating_add(1);
        FIRST_OWN.saturating_add(self.own - 1)
    }

    /// The developer data index for a field of another application, or for those of this program.
    ///
    /// Applications without an identifier can't be told apart but by their fields.
    fn application(&mut self, said: Option<&DeveloperField>) -> u8 {
        let id = said.map(|said| &said.application);
        let is_free = |application: &Application| {
            said.is_none_or(|said| {
                let mut fields = application.fields.iter();
                fields.all(|(number, name)| *number != said.number || *name == said.name)
            })
        };
        let known = self.applications.iter_mut().enumerate();
        let mut known = known.filter(|(_, known)| known.id.as_ref() == id && is_free(known));
        let field = said.map(|said| (said.number, said.name.clone()));
        if let Some((index, application)) = known.next() {
            application.fields.extend(field);
            return u8::try_from(index).unwrap_or(u8::MAX);
        }
        let index = self.applications.len();
        self.applications.push(Application {
            id: id.cloned(),
            fields: field.into_iter().collect(),
            described: false,
        });
        u8::try_from(index).unwrap_or(u8::MAX)
    }

    /// Describes the fields that are new, and their applications.
    pub(crate) fn describe<W: Write + Seek>(&mut self, encoder: &mut Encoder<W>) -> Result<()> {
        for developer in std::mem::take(&mut self.new) {
            self.describe_application(developer.index, encoder)?;
            let field = developer.as_field(1);
            encoder.write_description(&field).map_err(cannot)?;
        }
        Ok(())
    }

    /// This program's developer data index, for a field of a message other than the record.
    pub(crate) fn ours<W: Write + Seek>(&mut self, encoder: &mut Encoder<W>) -> Result<u8> {
        let index = self.application(None);
        self.describe_application(index, encoder)?;
        Ok(index)
    }

    fn describe_application<W: Write + Seek>(
        &mut self,
        index: u8,
        encoder: &mut Encoder<W>,
    ) -> Result<()> {
        let application = self.applications.get_mut(usize::from(index));
        let Some(application) = application.filter(|application| !application.described) else {
            return Ok(());
        };
        application.described = true;
        let Some(id) = &application.id else {
            let written = encoder.write_application(index, &APPLICATION, APPLICATION_VERSION);
            return written.map_err(cannot);
        };
        let id = bytes(id);
        let (mut shape, mut values) = (Shape::of(profile::DEVELOPER_DATA_ID), Vec::new());
        if !id.is_empty() {
            shape = shape.array(developer_data_id::APPLICATION_ID, id.len());
            values.push(Value::from(id.as_slice()));
        }
        shape = shape.field(developer_data_id::DEVELOPER_DATA_INDEX);
        values.push(index.into());
        let shape = shape.build().map_err(cannot)?;
        encoder.write_values(&shape, &values).map_err(cannot)
    }
}

impl Developer {
    fn of_convention(known: &rowing::Convention) -> Self {
        let is_scaled = known.scale > 1.0;
        Self {
            index: 0,
            number: known.number,
            base: known.base,
            name: known.name.to_owned(),
            units: if is_scaled {
                format!("{}*{}", known.unit, known.scale)
            } else {
                known.unit.to_owned()
            },
            scale: known.scale,
            native: None,
            factor: known.factor,
        }
    }
}

/// The bytes of hexadecimal digits; none if they are no such.
fn bytes(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2).map(|pair| {
        let pair = str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    pairs.take(255).collect::<Option<_>>().unwrap_or_default()
}

/// The name of an array and which of its elements a column is, from 0: `speed_1s_3` is the element
/// 2 of `speed_1s`.
pub(crate) fn element_of(column: &str) -> Option<(&str, usize)> {
    let (name, number) = column.rsplit_once('_')?;
    let number = number.parse::<u8>().ok().filter(|number| *number > 0)?;
    Some((name, usize::from(number) - 1))
}
