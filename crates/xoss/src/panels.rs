//! Pages of the display: `panels.json` of Gen 2 and later.

use serde::{Deserialize, Serialize};

use crate::document::{Document, DocumentError};

/// A page of the display.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its place, from 0.
    pub index: u32,
    /// Its layout: 0 has one item, 1 has two.
    pub layout: u32,
    /// What it shows, from above; [`PanelItem`] names what is known.
    pub items: Vec<u32>,
}

/// What a page can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
#[expect(missing_docs, reason = "the names say it")]
pub enum PanelItem {
    MovingTime = 100,
    Clock = 103,
    Distance = 200,
    Speed = 300,
    Elevation = 400,
    Grade = 403,
    ElevationGain = 404,
    HeartRate = 500,
    Cadence = 600,
    Navigation = 801,
}

impl PanelItem {
    /// The number in the file.
    pub const fn number(self) -> u32 {
        self as u32
    }
}

/// Most pages.
const MOST: usize = 5;

#[derive(Deserialize, Serialize)]
struct RawPage {
    index: u32,
    pid: u32,
    count: u32,
    items: Vec<u32>,
}

/// The pages of `panels.json`.
///
/// # Errors
///
/// When they are missing or have another form.
pub fn pages(document: &Document) -> Result<Vec<Page>, DocumentError> {
    let pages: Option<Vec<RawPage>> = document.get(&["pages"])?;
    let pages = pages.ok_or_else(|| DocumentError::Missing("pages".to_owned()))?;
    let page = |page: RawPage| Page {
        index: page.index,
        layout: page.pid,
        items: page.items,
    };
    Ok(pages.into_iter().map(page).collect())
}

/// Replaces the pages.
///
/// # Errors
///
/// [`DocumentError::Range`] unless there are one to five pages whose items fit their layout;
/// [`DocumentError::Missing`] when the document has no pages.
pub fn set_pages(document: &mut Document, pages: &[Page]) -> Result<(), DocumentError> {
    let range = |path: &str, expected| DocumentError::Range {
        path: path.to_owned(),
        expected,
    };
    if pages.is_empty() || pages.len() > MOST {
        return Err(range("pages", "1 to 5 pages"));
    }
    let mut raw = Vec::new();
    for page in pages {
        let count = page.items.len();
        let fits = match page.layout {
            0 => count == 1,
            1 => count == 2,
            _ => true,
        };
        let (true, Ok(count)) = (fits, u32::try_from(count)) else {
            return Err(range("pages.items", "1 item in layout 0, 2 in layout 1"));
        };
        raw.push(RawPage {
            index: page.index,
            pid: page.layout,
            count,
            items: page.items.clone(),
        });
    }
    for key in ["pages", "pages_count"] {
        if document.raw(&[key]).is_none() {
            return Err(DocumentError::Missing(key.to_owned()));
        }
    }
    document.set(&["pages"], &raw)?;
    document.set(&["pages_count"], &raw.len())
}
