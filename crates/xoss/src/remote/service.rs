use uuid::Uuid;

/// The service. Its last group ends in 2, those of the characteristics in 1 to 4: they can't be built
/// from one base.
pub const SERVICE: Uuid = Uuid::from_u128(0xADB4_01C0_B1C6_11ED_AFA1_0242_AC12_0002);

/// The 16 bits under which the service's data may be advertised: the document speaks of two octets
/// although the name has 128 bits.
const SHORT: u16 = 0x01C0;

/// The characteristics' names without their numbers.
const ZERO: u128 = 0xADB4_0000_B1C6_11ED_AFA1_0242_AC12_0000;

/// The characteristics of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RemoteCharacteristic {
    /// What the device is; read.
    Feature,
    /// How it does; read and notified.
    MachineStatus,
    /// Commands; written, answered by indications. Optional.
    ControlPoint,
    /// Data to show; written without response. Optional.
    DataPipeline,
}

impl RemoteCharacteristic {
    const ALL: [Self; 4] = [
        Self::Feature,
        Self::MachineStatus,
        Self::ControlPoint,
        Self::DataPipeline,
    ];

    /// Its full name, as printed in the document: the last digit follows the number.
    pub const fn uuid(self) -> Uuid {
        let number: u128 = match self {
            Self::Feature => 1,
            Self::MachineStatus => 2,
            Self::ControlPoint => 3,
            Self::DataPipeline => 4,
        };
        Uuid::from_u128(ZERO | number << 96 | number)
    }

    /// The characteristic of that name; one whose first group fits is taken too, since the others
    /// are printed inconsistently.
    pub fn from_uuid(uuid: Uuid) -> Option<Self> {
        let first = |uuid: Uuid| uuid.as_u128() >> 96;
        let exact = Self::ALL.into_iter().find(|it| it.uuid() == uuid);
        exact.or_else(|| {
            Self::ALL
                .into_iter()
                .find(|it| first(it.uuid()) == first(uuid))
        })
    }
}

/// Whether an advertised service or service data belong to a remote device.
pub fn is_advertised(uuid: Uuid) -> bool {
    uuid == SERVICE || uuid == crate::gatt::uuid16(SHORT)
}
