//! Developer fields: fields that a file describes itself.

use crate::base::BaseType;
use crate::error::Error;
use crate::profile::{self, developer_data_id, field_description};
use crate::shape::{Shape, text_size};
use crate::value::Value;

/// A field that the file describes itself (protocol 2.0).
///
/// Most readers show the raw number and don't apply `scale`: write the factor into `units`, or choose
/// a base type that needs none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DeveloperField<'a> {
    /// The developer data index of the application that the field belongs to.
    pub developer: u8,
    /// The field's number within its application.
    pub number: u8,
    /// How one element is stored.
    pub base: BaseType,
    /// Elements.
    pub count: u8,
    /// Raw steps per unit.
    pub scale: f64,
    /// Added to the physical value before scaling, in its unit.
    pub offset: f64,
    /// The name that readers show.
    pub name: &'a str,
    /// The unit that readers show; empty if there is none.
    pub units: &'a str,
    /// The message and the field of the profile that mean the same.
    pub native: Option<(u16, u8)>,
}

impl<'a> DeveloperField<'a> {
    /// A field with a single number that is stored as it is.
    pub const fn new(number: u8, base: BaseType, name: &'a str, units: &'a str) -> Self {
        Self {
            developer: 0,
            number,
            base,
            count: 1,
            scale: 1.0,
            offset: 0.0,
            name,
            units,
            native: None,
        }
    }

    /// The same field with a scale: `raw = round(physical * scale)`.
    #[must_use]
    pub const fn scaled(self, scale: f64) -> Self {
        Self { scale, ..self }
    }

    /// The same field with several elements.
    #[must_use]
    pub const fn array(self, count: u8) -> Self {
        Self { count, ..self }
    }

    /// The `field_description` message of this field: its shape and its values.
    pub(crate) fn description(&self) -> Result<(Shape, Vec<Value<'a>>), Error> {
        let mut shape = Shape::of(profile::FIELD_DESCRIPTION)
            .field(field_description::DEVELOPER_DATA_INDEX)
            .field(field_description::FIELD_DEFINITION_NUMBER)
            .field(field_description::FIT_BASE_TYPE_ID)
            .text(field_description::FIELD_NAME, text_size(self.name))
            .text(field_description::UNITS, text_size(self.units));
        let (base, name, units) = (self.base.code().into(), self.name.into(), self.units.into());
        let mut values = vec![self.developer.into(), self.number.into(), base, name, units];
        if let Some((message, field)) = self.native {
            shape = shape.field(field_description::NATIVE_MESG_NUM);
            shape = shape.field(field_description::NATIVE_FIELD_NUM);
            values.extend([message.into(), field.into()]);
        }
        Ok((shape.build()?, values))
    }
}

/// The `developer_data_id` message of an application: its shape and its values.
pub(crate) fn application(
    developer: u8,
    id: &[u8; 16],
    version: u32,
) -> Result<(Shape, [Value<'_>; 3]), Error> {
    let shape = Shape::of(profile::DEVELOPER_DATA_ID)
        .array(developer_data_id::APPLICATION_ID, id.len())
        .field(developer_data_id::DEVELOPER_DATA_INDEX)
        .field(developer_data_id::APPLICATION_VERSION)
        .build()?;
    Ok((
        shape,
        [id.as_slice().into(), developer.into(), version.into()],
    ))
}
