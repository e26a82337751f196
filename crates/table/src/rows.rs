//! Rows in the order of time, collected as columns.

/// How many rows back a row may belong that comes out of order.
pub const WINDOW: usize = 64;

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is the latest so far.
    Last,
    /// It went before others.
    Sorted,
    /// It is too late: it belongs more than [`WINDOW`] rows back, and was left out.
    Late,
}

/// Rows on their way: a time and a value for each column, put in order within a window.
///
/// Rows of equal time keep the order in which they come.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    time: Vec<i64>,
    columns: Vec<Vec<f64>>,
    /// The last time given out.
    given: Option<i64>,
}

/// Rows in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Taken {
    /// Microseconds since 1970-01-01T00:00:00Z, never decreasing.
    pub time: Vec<i64>,
    /// The columns, each as long as the times; NaN where there was no value.
    pub columns: Vec<Vec<f64>>,
}

impl Rows {
    /// No rows yet, of that many columns.
    pub fn new(columns: usize) -> Self {
        Self {
            columns: vec![Vec::new(); columns],
            ..Self::default()
        }
    }

    /// Adds a column; the rows so far have no value in it.
    pub fn add_column(&mut self) {
        self.columns.push(vec![f64::NAN; self.time.len()]);
    }

    /// Rows have that many columns from here on; those that are still there are left out, so take
    /// them before.
    pub fn set_columns(&mut self, columns: usize) {
        self.time.clear();
        self.columns.clear();
        self.columns.resize(columns, Vec::new());
    }

    /// How many columns rows have.
    pub fn columns(&self) -> usize {
        self.columns.len()
    }

    /// The time of the latest row that was put in, taken out or passed by.
    pub fn latest(&self) -> Option<i64> {
        self.time.last().copied().or(self.given)
    }

    /// Rows up to that time have gone another way: earlier ones are late.
    pub fn pass_by(&mut self, time: i64) {
        self.given = self.given.max(Some(time));
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.time.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.time.is_empty()
    }

    /// The time of the first row.
    pub fn first(&self) -> Option<i64> {
        self.time.first().copied()
    }

    /// Puts a row in, with a value for each column; those that are missing at the end are NaN.
    #[inline]
    pub fn push(&mut self, time: i64, values: &[f64]) -> Put {
        if self.latest().is_none_or(|latest| latest <= time) {
            self.time.push(time);
            for (index, column) in self.columns.iter_mut().enumerate() {
                column.push(values.get(index).copied().unwrap_or(f64::NAN));
            }
            Put::Last
        } else {
            self.insert(time, values)
        }
    }

    #[cold]
    fn insert(&mut self, time: i64, values: &[f64]) -> Put {
        let index = self.time.partition_point(|held| *held <= time);
        let too_far = index + WINDOW < self.time.len();
        if too_far || self.given.is_some_and(|given| time < given) {
            return Put::Late;
        }
        self.time.insert(index, time);
        let values = values.iter().copied().chain(std::iter::repeat(f64::NAN));
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.insert(index, value);
        }
        Put::Sorted
    }

    /// Takes out all rows but the last `keep`; those that are kept may still get others before
    /// them.
    pub fn take(&mut self, keep: usize) -> Taken {
        let count = self.time.len().saturating_sub(keep);
        let rest = self.time.split_off(count);
        let time = std::mem::replace(&mut self.time, rest);
        self.given = time.last().copied().or(self.given);
        let columns = self.columns.iter_mut().map(|column| {
            let rest = column.split_off(count.min(column.len()));
            std::mem::replace(column, rest)
        });
        Taken {
            columns: columns.collect(),
            time,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rows_are_sorted_and_equal_times_keep_their_order() {
        let mut rows = Rows::new(1);
        assert_eq!(rows.push(1, &[1.0]), Put::Last);
        assert_eq!(rows.push(3, &[2.0]), Put::Last);
        assert_eq!(rows.push(2, &[3.0]), Put::Sorted);
        assert_eq!(rows.push(3, &[4.0]), Put::Last);
        assert_eq!(rows.push(1, &[5.0]), Put::Sorted);
        let taken = rows.take(0);
        assert_eq!(taken.time, [1, 1, 2, 3, 3]);
        assert_eq!(taken.columns, [[1.0, 5.0, 3.0, 2.0, 4.0]]);
        assert_eq!(rows.push(2, &[6.0]), Put::Late);
        assert_eq!(rows.push(3, &[7.0]), Put::Last);
    }

    #[test]
    fn rows_that_went_another_way_count() {
        let mut rows = Rows::new(0);
        rows.pass_by(5);
        rows.pass_by(3);
        assert_eq!(rows.latest(), Some(5));
        assert_eq!(rows.push(4, &[]), Put::Late);
        assert_eq!(rows.push(5, &[]), Put::Last);
        rows.set_columns(2);
        assert!(rows.is_empty() && rows.take(0).columns.len() == 2);
    }

    #[test]
    fn columns_have_a_value_for_every_row() {
        let mut rows = Rows::new(1);
        rows.push(1, &[]);
        rows.add_column();
        rows.push(2, &[1.0, 2.0, 3.0]);
        let taken = rows.take(0);
        assert!(taken.columns[0][0].is_nan() && taken.columns[1][0].is_nan());
        assert_eq!((taken.columns[0][1], taken.columns[1][1]), (1.0, 2.0));
    }

    proptest! {
        /// What comes out does not depend on when rows are taken, as long as a window is kept.
        #[test]
        fn batches_do_not_matter(times in prop::collection::vec(0_i64..300, 0..400), cut in 65_usize..200) {
            let (mut whole, mut parts) = (Rows::new(1), Rows::new(1));
            let mut taken = Taken { time: vec![], columns: vec![vec![]] };
            for (number, time) in (0_u32..).zip(&times) {
                let value = [f64::from(number)];
                let fates = (whole.push(*time, &value), parts.push(*time, &value));
                prop_assert_eq!(fates.0 == Put::Late, fates.1 == Put::Late);
                if parts.len() >= cut {
                    let part = parts.take(WINDOW);
                    taken.time.extend(part.time);
                    taken.columns[0].extend(&part.columns[0]);
                }
            }
            let rest = parts.take(0);
            taken.time.extend(rest.time);
            taken.columns[0].extend(&rest.columns[0]);
            prop_assert!(taken.time.is_sorted());
            prop_assert_eq!(whole.take(0), taken);
        }
    }
}
