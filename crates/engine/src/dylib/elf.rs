//! Whether a library is all there: the system's loader believes what stands in the first bytes, and
//! the program ends with a bus error when the rest is missing.

/// How long a library in the format ELF is by its own account, if its bytes are fewer. Only for the
/// byte order of most machines; nothing is said of anything else.
pub(super) fn missing(bytes: &[u8]) -> Option<u64> {
    let (wide, little) = match bytes.get(..6)? {
        [0x7F, b'E', b'L', b'F', class, order] => (*class == 2, *order == 1),
        _ => return None,
    };
    if !little {
        return None;
    }
    // Offsets of e_phoff, e_phentsize, p_offset and p_filesz (System V ABI, chapters 4 and 5).
    let (table, entry, offset, length) = if wide {
        (32, 54, 8, 32)
    } else {
        (28, 42, 4, 16)
    };
    let word = |at: usize| -> Option<u64> {
        if wide {
            let bytes = bytes.get(at..)?.first_chunk::<8>()?;
            Some(u64::from_le_bytes(*bytes))
        } else {
            let bytes = bytes.get(at..)?.first_chunk::<4>()?;
            Some(u32::from_le_bytes(*bytes).into())
        }
    };
    let half = |at: usize| -> Option<u64> {
        let bytes = bytes.get(at..)?.first_chunk::<2>()?;
        Some(u16::from_le_bytes(*bytes).into())
    };
    let have = bytes.len() as u64;
    let (table, size, count) = (word(table)?, half(entry)?, half(entry + 2)?);
    let ends = (0..count).map(|number| {
        let at = table.saturating_add(number * size);
        let end = |at: u64| -> Option<u64> {
            let at = usize::try_from(at).ok()?;
            Some(word(at.checked_add(offset)?)?.saturating_add(word(at.checked_add(length)?)?))
        };
        // A header that is not there ends behind the end itself.
        end(at).unwrap_or(at.saturating_add(size))
    });
    ends.max().filter(|end| *end > have)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_that_is_cut_short_is_known_by_its_first_bytes() {
        let exe = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        if !exe.starts_with(b"\x7FELF") {
            return;
        }
        assert_eq!(missing(&exe), None);
        // What is loaded ends before what debuggers read.
        let end = missing(&exe[..1000]).unwrap();
        let end = usize::try_from(end).unwrap();
        assert_eq!(missing(&exe[..end]), None);
        for length in [1000, 5000, end - 1] {
            assert_eq!(missing(&exe[..length]), Some(end as u64), "{length}");
        }
        // Not even the table is there that would say how long it is.
        for length in [64, 100] {
            assert!(missing(&exe[..length]) > Some(length as u64), "{length}");
        }
    }

    #[test]
    fn nothing_is_said_of_anything_else() {
        assert_eq!(missing(b""), None);
        assert_eq!(missing(b"\x7FELF"), None);
        assert_eq!(missing(&[0x7F; 5000]), None);
        // Nothing overflows.
        let mut wild = vec![0xFF; 200];
        wild[..6].copy_from_slice(b"\x7FELF\x02\x01");
        assert_eq!(missing(&wild), Some(u64::MAX));
        wild[4] = 1;
        assert!(missing(&wild).is_some());
    }
}
