//! The names of the monitor's own services and characteristics.

/// Services.
pub mod service {
    use uuid::Uuid;

    /// Metrics of the stroke.
    pub const EXTENDED_METRICS: Uuid = Uuid::from_u128(0xa72a5762_803b_421d_a759_f0314153da97);
    /// Settings and their control point.
    pub const SETTINGS: Uuid = Uuid::from_u128(0x56892de1_7068_4b5a_acaa_473d97b02206);
    /// Updates of the firmware.
    pub const OTA: Uuid = Uuid::from_u128(0xed249319_32c3_4e9f_83d7_7bb5aa5d5d4b);
}

/// Characteristics.
pub mod characteristic {
    use uuid::Uuid;

    /// Notifies [`ExtendedMetrics`](crate::ExtendedMetrics).
    pub const EXTENDED_METRICS: Uuid = Uuid::from_u128(0x808a0d51_efae_4f0c_b2e0_48bc180d65c3);
    /// Notifies frames for [`HandleForces`](crate::HandleForces).
    pub const HANDLE_FORCES: Uuid = Uuid::from_u128(0x3d9c2760_cf91_41ee_87e9_fd99d5f129a4);
    /// Notifies [`DeltaTimes`](crate::DeltaTimes).
    pub const DELTA_TIMES: Uuid = Uuid::from_u128(0xae5d11ea_62f6_4789_b809_6fc93fee92b9);
    /// Holds and notifies [`Settings`](crate::Settings).
    pub const SETTINGS: Uuid = Uuid::from_u128(0x54e15528_73b5_4905_9481_89e5184a3364);
    /// Holds and notifies [`StrokeDetectionSettings`](crate::StrokeDetectionSettings); absent
    /// before 2025-07.
    pub const STROKE_DETECTION_SETTINGS: Uuid =
        Uuid::from_u128(0x5d9c04cd_dcec_4551_8169_8c81f14d9d9d);
    /// Takes [`Request`](crate::Request)s and indicates [`Response`](crate::Response)s.
    pub const SETTINGS_CONTROL_POINT: Uuid =
        Uuid::from_u128(0x51ba0a00_8853_477c_bf43_6a09c36aac9f);
    /// Takes what an [`Update`](crate::Update) sends.
    pub const OTA_RX: Uuid = Uuid::from_u128(0xfbac1540_698b_40ff_a34e_f39e5b78d1cf);
    /// Notifies what the monitor answers to an [`Update`](crate::Update).
    pub const OTA_TX: Uuid = Uuid::from_u128(0xb31126a7_a29b_450a_b0c2_c0516f46b699);
}
