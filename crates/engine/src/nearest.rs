//! The name that somebody may have meant.

/// The one of `known` that is nearest to `word`, if one is near enough for a suggestion; else
/// one that begins with `word`.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().take(LONGEST + 1).collect();
    if word.len() > LONGEST {
        return None;
    }
    let known: Vec<&str> = known.into_iter().collect();
    let begins =
        |name: &&str| word.len() >= 3 && name.chars().take(word.len()).eq(word.iter().copied());
    let allowed = (word.len() / 3).max(1);
    known
        .iter()
        .map(|name| {
            (
                distance(&word, &name.to_lowercase().chars().collect::<Vec<_>>()),
                name,
            )
        })
        .filter(|(distance, name)| *distance <= allowed && *distance < name.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| *name)
        .or_else(|| known.iter().copied().find(begins))
}

/// Characters of the longest word for which there are suggestions; nobody has such names.
const LONGEST: usize = 64;

/// How many letters to insert, delete, replace or swap with the next (optimal string
/// alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let width = b.len() + 1;
    let mut rows = [
        vec![0; width],
        (0..width).collect::<Vec<_>>(),
        vec![0; width],
    ];
    for (i, letter) in a.iter().enumerate() {
        let [before, last, row] = &mut rows;
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let replaced = last[j] + usize::from(letter != other);
            row[j + 1] = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == b[j - 1] && a[i - 1] == *other {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
        }
        rows.rotate_left(1);
    }
    rows[1].last().copied().unwrap_or_default()
}

/// `did you mean `x`?`, if something is near enough.
pub(crate) fn did_you_mean<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(word, known).map(|name| format!("did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_errors_are_near_other_words_are_not() {
        let known = ["laps", "hr-zones", "calories", "garmin", "tcx"];
        let check = |word: &str| nearest(word, known).unwrap_or("-");
        assert_eq!(check("lap"), "laps");
        assert_eq!(check("alps"), "laps");
        assert_eq!(check("hrzones"), "hr-zones");
        assert_eq!(check("Calroies"), "calories");
        assert_eq!(check("txc"), "tcx");
        assert_eq!(check("cal"), "calories");
        assert_eq!(check("ca"), "-");
        assert_eq!(check("gpx"), "-");
        assert_eq!(check("x"), "-");
        assert_eq!(check(&"x".repeat(100_000)), "-");
    }
}
