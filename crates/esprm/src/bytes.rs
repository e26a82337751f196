use crate::Error;

/// The first `N` bytes of a value.
pub(crate) fn head<const N: usize>(
    characteristic: &'static str,
    value: &[u8],
) -> Result<[u8; N], Error> {
    value.first_chunk().copied().ok_or(Error::Short {
        characteristic,
        length: value.len(),
        needed: N,
    })
}
