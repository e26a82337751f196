use super::bytes::Bytes;
use super::key::{Combine, Field, Key};
use super::navigation::{Guidance, LARGE, Route};
use super::{RemoteError, dynamic};

const WORKOUT: u8 = 0;
const NAVIGATION: u8 = 1;
const OVERLAY: u8 = 2;
const DYNAMIC_WORKOUT: u8 = 3;
const DYNAMIC_NAVIGATION: u8 = 4;
const NOTIFICATION: u8 = 5;

const COMBINE_1: u8 = 200;
const COMBINE_2: u8 = 201;
/// Where the third combination was probably meant to be.
const COMBINE_3_MEANT: u8 = 202;
/// Where it is printed.
const COMBINE_3: u8 = 203;

/// Something to show, for [`RemoteCharacteristic::DataPipeline`](super::RemoteCharacteristic).
#[derive(Clone, Debug, PartialEq)]
pub enum Packet {
    /// Type 0 with one key.
    Workout(Field),
    /// Type 0 with a combination: its values in their order, `NaN` where there is none.
    Combine(Combine, Vec<Field>),
    /// Type 1, small.
    Guidance(Guidance),
    /// Type 1, large.
    Route(Route),
    /// Type 2: show a value in a style.
    Overlay {
        /// Which value.
        key: Key,
        /// Which style; their meaning isn't known.
        style: u8,
    },
    /// Type 3: any values.
    DynamicWorkout(Vec<Field>),
    /// Type 4: what is known of the route.
    DynamicRoute(Route),
    /// Type 5. Only the channel is in the document; that the text follows is a guess.
    Notification {
        /// Where it comes from.
        channel: Channel,
        /// What it says.
        text: String,
    },
}

/// Where a notification comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// 0.
    Phone,
    /// 1.
    Sms,
    /// 2.
    WeChat,
    /// 3 is "undefined"; the others are not in the document.
    Other(u8),
}

/// How to write what the document leaves open, and how much fits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Encoding {
    /// Bytes in one write: the MTU less three.
    pub payload: usize,
    /// Whether a length in dynamic data counts the key.
    pub length_counts_key: bool,
    /// Whether the third combination has the key 202 instead of 203.
    pub combine_3_is_202: bool,
    /// What metres an hour are multiplied with: 1, or 100 as printed.
    pub vam_scale: f64,
}

impl Default for Encoding {
    fn default() -> Self {
        Self {
            payload: 20,
            length_counts_key: false,
            combine_3_is_202: false,
            vam_scale: 1.0,
        }
    }
}

impl Packet {
    /// Reads a packet, as a device does. Lengths in dynamic data, both keys of the third combination
    /// and different widths are taken as they come.
    ///
    /// # Errors
    ///
    /// When it is too short, its lengths don't add up, its key isn't known or its text isn't UTF-8.
    pub fn decode(value: &[u8], encoding: &Encoding) -> Result<Self, RemoteError> {
        let mut bytes = Bytes::new("the packet", value);
        let kind = bytes.u8()?;
        match kind {
            WORKOUT => decode_workout(bytes, encoding),
            NAVIGATION => match bytes.rest() {
                [LARGE, data @ ..] => Route::decode(data).map(Self::Route),
                data => Guidance::decode(data).map(Self::Guidance),
            },
            OVERLAY => {
                let [key, style] = bytes.array()?;
                Ok(Self::Overlay {
                    key: Key(key),
                    style,
                })
            }
            DYNAMIC_WORKOUT => {
                dynamic::decode_workout(bytes.rest(), encoding).map(Self::DynamicWorkout)
            }
            DYNAMIC_NAVIGATION => dynamic::decode_route(bytes.rest()).map(Self::DynamicRoute),
            NOTIFICATION => {
                let channel = Channel::from_number(bytes.u8()?);
                let text = Bytes::text("a notification", bytes.rest())?;
                Ok(Self::Notification { channel, text })
            }
            _ => Err(RemoteError::Key(kind)),
        }
    }

    /// The bytes to write, without response. Names and texts are shortened to what fits.
    ///
    /// # Errors
    ///
    /// When it doesn't fit all the same, a key isn't known, or a single value wasn't measured.
    pub fn encode(&self, encoding: &Encoding) -> Result<Vec<u8>, RemoteError> {
        let room = encoding.payload.saturating_sub(1);
        let (kind, data) = match self {
            Self::Workout(field) => {
                let info = field.key.info().ok_or(RemoteError::Key(field.key.0))?;
                let mut data = vec![field.key.0];
                data.extend(field.encode(info.width, encoding.vam_scale)?);
                (WORKOUT, data)
            }
            Self::Combine(combine, fields) => {
                (WORKOUT, encode_combine(*combine, fields, encoding)?)
            }
            Self::Guidance(guidance) => (NAVIGATION, guidance.encode(room)?),
            Self::Route(route) => (NAVIGATION, route.encode(room)),
            Self::Overlay { key, style } => (OVERLAY, vec![key.0, *style]),
            Self::DynamicWorkout(fields) => {
                (DYNAMIC_WORKOUT, dynamic::encode_workout(fields, encoding)?)
            }
            Self::DynamicRoute(route) => {
                (DYNAMIC_NAVIGATION, dynamic::encode_route(route, encoding))
            }
            Self::Notification { channel, text } => {
                let mut data = vec![channel.number()];
                data.extend(super::bytes::cut(text, room.saturating_sub(1)).bytes());
                (NOTIFICATION, data)
            }
        };
        let mut value = vec![kind];
        value.extend(data);
        if value.len() > encoding.payload {
            return Err(RemoteError::Long {
                length: value.len(),
                payload: encoding.payload,
            });
        }
        Ok(value)
    }

    /// As many packets of dynamic workout data as are needed for these values; what wasn't measured
    /// is left out.
    pub fn dynamic(fields: &[Field], encoding: &Encoding) -> Vec<Self> {
        let mut packets = Vec::new();
        let (mut part, mut length) = (Vec::new(), 1);
        for field in fields.iter().filter(|field| !field.value.is_nan()) {
            let Some(info) = field.key.info() else {
                continue;
            };
            let item = 2 + info.width.max(info.dynamic);
            if length + item > encoding.payload && !part.is_empty() {
                packets.push(Self::DynamicWorkout(std::mem::take(&mut part)));
                length = 1;
            }
            part.push(*field);
            length += item;
        }
        if !part.is_empty() {
            packets.push(Self::DynamicWorkout(part));
        }
        packets
    }
}

fn decode_workout(mut bytes: Bytes<'_>, encoding: &Encoding) -> Result<Packet, RemoteError> {
    let key = bytes.u8()?;
    let combine = match key {
        COMBINE_1 => Combine::One,
        COMBINE_2 => Combine::Two,
        COMBINE_3 | COMBINE_3_MEANT => Combine::Three,
        _ => {
            let field = Field::decode(Key(key), bytes.rest(), encoding.vam_scale)?;
            return Ok(Packet::Workout(field));
        }
    };
    let mut fields = Vec::new();
    for &(key, width) in combine.layout() {
        let value = bytes.slice(width)?;
        // "0xFF" and "0xFFFF" are printed for the wider ones, which would be values: 255 m.
        let absent = value.iter().all(|byte| *byte == u8::MAX);
        fields.push(if absent {
            Field::new(key, f64::NAN)
        } else {
            Field::decode(key, value, encoding.vam_scale)?
        });
    }
    Ok(Packet::Combine(combine, fields))
}

/// Takes the combination's values from the fields, wherever they stand.
fn encode_combine(
    combine: Combine,
    fields: &[Field],
    encoding: &Encoding,
) -> Result<Vec<u8>, RemoteError> {
    let mut data = vec![match combine {
        Combine::One => COMBINE_1,
        Combine::Two => COMBINE_2,
        Combine::Three if encoding.combine_3_is_202 => COMBINE_3_MEANT,
        Combine::Three => COMBINE_3,
    }];
    for &(key, width) in combine.layout() {
        let field = fields
            .iter()
            .find(|field| field.key == key && !field.value.is_nan());
        match field {
            Some(field) => data.extend(field.encode(width, encoding.vam_scale)?),
            None => data.extend(std::iter::repeat_n(u8::MAX, width)),
        }
    }
    Ok(data)
}

impl Channel {
    fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Phone,
            1 => Self::Sms,
            2 => Self::WeChat,
            other => Self::Other(other),
        }
    }

    fn number(self) -> u8 {
        match self {
            Self::Phone => 0,
            Self::Sms => 1,
            Self::WeChat => 2,
            Self::Other(number) => number,
        }
    }
}
