use super::RemoteError;
use super::bytes::{Bytes, cut};

const DISTANCE: u8 = 1;
const CLIMB: u8 = 1 << 1;
const TIME: u8 = 1 << 2;
const POSITION: u8 = 1 << 3;
const MANEUVER: u8 = 1 << 4;
const DESTINATION: u8 = 1 << 5;
const REACHED: u8 = 1 << 6;
const STREET: u8 = 1 << 7;
/// All flags: the packet is a large one.
pub(super) const LARGE: u8 = 0xFF;

/// Bytes of a street's name in a small packet, so that it fits at an MTU of 23.
const SMALL_NAME: usize = 18;
/// Bytes of a street's name in a large packet and in dynamic data.
pub(super) const NAME: usize = 64;

/// Where to go, in a small packet; send up to three: to the destination, to the next step, and the
/// street's name.
///
/// | bytes | what | if bit |
/// |---|---|---|
/// | 1 | flags; 3: position is known, 5: to the destination instead of the next step, 6: reached | |
/// | 4 | distance, in metres | 0 |
/// | 4 | climb that is left, in metres | 1 |
/// | 4 | time, in seconds | 2 |
/// | 1 | maneuver | 4 |
/// | … | name of the street, UTF-8 | 7 |
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guidance {
    /// In metres.
    pub distance: Option<u32>,
    /// In metres; the unit isn't printed.
    pub climb: Option<u32>,
    /// In seconds.
    pub time: Option<u32>,
    /// What to do there.
    pub maneuver: Option<Maneuver>,
    /// UTF-8, cut to 18 bytes.
    pub street: Option<String>,
    /// Whether it is known where we are.
    pub position_known: bool,
    /// Whether this is about the destination instead of the next step.
    pub to_destination: bool,
    /// Whether it has been reached.
    pub reached: bool,
}

impl Guidance {
    pub(super) fn decode(data: &[u8]) -> Result<Self, RemoteError> {
        const WHAT: &str = "navigation data";
        let mut bytes = Bytes::new(WHAT, data);
        let flags = bytes.u8()?;
        let has = |bit| flags & bit != 0;
        let mut number = |bit| has(bit).then(|| bytes.u32()).transpose();
        let (distance, climb, time) = (number(DISTANCE)?, number(CLIMB)?, number(TIME)?);
        let maneuver = has(MANEUVER).then(|| bytes.u8()).transpose()?;
        let street = has(STREET).then(|| Bytes::text(WHAT, bytes.rest()));
        Ok(Self {
            distance,
            climb,
            time,
            maneuver: maneuver.map(Maneuver::from_number),
            street: street.transpose()?,
            position_known: has(POSITION),
            to_destination: has(DESTINATION),
            reached: has(REACHED),
        })
    }

    pub(super) fn encode(&self, room: usize) -> Result<Vec<u8>, RemoteError> {
        let bit = |set: bool, bit: u8| if set { bit } else { 0 };
        let flags = bit(self.distance.is_some(), DISTANCE)
            | bit(self.climb.is_some(), CLIMB)
            | bit(self.time.is_some(), TIME)
            | bit(self.position_known, POSITION)
            | bit(self.maneuver.is_some(), MANEUVER)
            | bit(self.to_destination, DESTINATION)
            | bit(self.reached, REACHED)
            | bit(self.street.is_some(), STREET);
        if flags == LARGE {
            return Err(RemoteError::AllFlags);
        }
        let mut data = vec![flags];
        for number in [self.distance, self.climb, self.time].into_iter().flatten() {
            data.extend(number.to_le_bytes());
        }
        data.extend(self.maneuver.map(Maneuver::number));
        if let Some(street) = &self.street {
            let room = room.saturating_sub(data.len()).min(SMALL_NAME);
            data.extend(cut(street, room).bytes());
        }
        Ok(data)
    }
}

/// Where to go, all of it: in a large packet, which has every value, or as dynamic data, which have
/// those that there are.
///
/// A large packet has 33 bytes and the name behind its type, so that an MTU of 37 is needed, of 101
/// for a name of 64 bytes; the name is shortened to what fits. What isn't known is 0 in it: the
/// document says nothing of that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// How it goes.
    pub state: Option<RouteState>,
    /// To the next step, in metres.
    pub next_distance: Option<u32>,
    /// To the next step, in seconds.
    pub next_time: Option<u32>,
    /// To the destination, in metres.
    pub destination_distance: Option<u32>,
    /// To the destination, in seconds.
    pub destination_time: Option<u32>,
    /// Climb that is left of the slope, in metres.
    pub slope_climb: Option<u32>,
    /// Way that is left to its top, in metres.
    pub slope_distance: Option<u32>,
    /// Time that is left to its top, in seconds.
    pub slope_time: Option<u32>,
    /// 1 to 4, 5 for *hors catégorie*.
    pub slope_class: Option<u8>,
    /// What to do at the next step.
    pub maneuver: Option<Maneuver>,
    /// UTF-8, cut to 64 bytes.
    pub street: Option<String>,
}

impl Route {
    /// Reads what follows the flags of a large packet.
    pub(super) fn decode(data: &[u8]) -> Result<Self, RemoteError> {
        const WHAT: &str = "large navigation data";
        let mut bytes = Bytes::new(WHAT, data);
        let mut route = Self {
            state: Some(RouteState::from_number(bytes.u8()?)),
            ..Self::default()
        };
        for number in route.numbers_mut() {
            *number = Some(bytes.u32()?);
        }
        let [class, maneuver, length] = bytes.array()?;
        route.slope_class = Some(class);
        route.maneuver = Some(Maneuver::from_number(maneuver));
        let name = bytes.slice(length.into())?;
        route.street = Some(Bytes::text(WHAT, name)?);
        Ok(route)
    }

    /// Flags and all that follows, in at most so many bytes.
    pub(super) fn encode(&self, room: usize) -> Vec<u8> {
        let mut data = vec![LARGE, self.state.map_or(0, RouteState::number)];
        for number in self.numbers() {
            data.extend(number.unwrap_or(0).to_le_bytes());
        }
        data.push(self.slope_class.unwrap_or(0));
        data.push(self.maneuver.map_or(0, Maneuver::number));
        let room = room.saturating_sub(data.len() + 1).min(NAME);
        let name = cut(self.street.as_deref().unwrap_or_default(), room);
        data.extend(u8::try_from(name.len()));
        data.extend(name.bytes());
        data
    }

    /// The numbers of four bytes, in their order.
    pub(super) fn numbers(&self) -> [Option<u32>; 7] {
        [
            self.next_distance,
            self.next_time,
            self.destination_distance,
            self.destination_time,
            self.slope_climb,
            self.slope_distance,
            self.slope_time,
        ]
    }

    pub(super) fn numbers_mut(&mut self) -> [&mut Option<u32>; 7] {
        [
            &mut self.next_distance,
            &mut self.next_time,
            &mut self.destination_distance,
            &mut self.destination_time,
            &mut self.slope_climb,
            &mut self.slope_distance,
            &mut self.slope_time,
        ]
    }
}

/// What to do at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maneuver {
    /// 0.
    Straight,
    /// 1.
    SlightLeft,
    /// 2.
    Left,
    /// 3.
    SharpLeft,
    /// 4.
    SlightRight,
    /// 5.
    Right,
    /// 6.
    SharpRight,
    /// Not in the document.
    Other(u8),
}

impl Maneuver {
    pub(super) fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Straight,
            1 => Self::SlightLeft,
            2 => Self::Left,
            3 => Self::SharpLeft,
            4 => Self::SlightRight,
            5 => Self::Right,
            6 => Self::SharpRight,
            other => Self::Other(other),
        }
    }

    pub(super) fn number(self) -> u8 {
        match self {
            Self::Straight => 0,
            Self::SlightLeft => 1,
            Self::Left => 2,
            Self::SharpLeft => 3,
            Self::SlightRight => 4,
            Self::Right => 5,
            Self::SharpRight => 6,
            Self::Other(number) => number,
        }
    }
}

/// How a route goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteState {
    /// 1.
    Navigating,
    /// 2.
    OffRoute,
    /// 3.
    BackOnRoute,
    /// 4.
    Arrived,
    /// 5.
    Failed,
    /// 6: by the user.
    Ended,
    /// Not in the document.
    Other(u8),
}

impl RouteState {
    pub(super) fn from_number(number: u8) -> Self {
        match number {
            1 => Self::Navigating,
            2 => Self::OffRoute,
            3 => Self::BackOnRoute,
            4 => Self::Arrived,
            5 => Self::Failed,
            6 => Self::Ended,
            other => Self::Other(other),
        }
    }

    pub(super) fn number(self) -> u8 {
        match self {
            Self::Navigating => 1,
            Self::OffRoute => 2,
            Self::BackOnRoute => 3,
            Self::Arrived => 4,
            Self::Failed => 5,
            Self::Ended => 6,
            Self::Other(number) => number,
        }
    }
}
