//! Aligned columns.

/// A table; columns without any value are left out.
#[derive(Debug, Default)]
pub(super) struct Table {
    columns: Vec<Column>,
}

#[derive(Debug)]
struct Column {
    title: String,
    is_number: bool,
    cells: Vec<String>,
}

impl Table {
    /// Adds a column of numbers, aligned at the right.
    pub(super) fn numbers(&mut self, title: &str, cells: impl Iterator<Item = Option<String>>) {
        self.add(title, true, cells.map(Option::unwrap_or_default).collect());
    }

    /// Adds a column of text, aligned at the left.
    pub(super) fn text(&mut self, title: &str, cells: impl Iterator<Item = Option<String>>) {
        self.add(title, false, cells.map(Option::unwrap_or_default).collect());
    }

    fn add(&mut self, title: &str, is_number: bool, cells: Vec<String>) {
        if cells.iter().any(|cell| !cell.is_empty()) {
            self.columns.push(Column {
                title: title.to_owned(),
                is_number,
                cells,
            });
        }
    }

    /// The lines: titles first, if there are any, then the rows.
    pub(super) fn lines(&self) -> Vec<String> {
        let rows = self.columns.iter().map(|column| column.cells.len()).max();
        let has_titles = self.columns.iter().any(|column| !column.title.is_empty());
        let titles = has_titles.then(|| self.line(|column| Some(&column.title)));
        let rows =
            (0..rows.unwrap_or_default()).map(|row| self.line(|column| column.cells.get(row)));
        titles.into_iter().chain(rows).collect()
    }

    fn line<'a>(&'a self, cell: impl Fn(&'a Column) -> Option<&'a String>) -> String {
        let mut line = String::new();
        for column in &self.columns {
            let text = cell(column).map(String::as_str).unwrap_or_default();
            let space = " ".repeat(column.width() - text.chars().count().min(column.width()));
            line.push_str(if line.is_empty() { "" } else { "  " });
            if column.is_number {
                line.push_str(&space);
                line.push_str(text);
            } else {
                line.push_str(text);
                line.push_str(&space);
            }
        }
        line.truncate(line.trim_end().len());
        line
    }
}

impl Column {
    fn width(&self) -> usize {
        let cells = self.cells.iter().chain([&self.title]);
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    }
}
