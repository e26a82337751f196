//! Small GPX files, written as briefly as possible.

/// A whole file around what stands in `gpx`.
pub(crate) fn gpx(inner: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gpx version=\"1.1\" creator=\"me\">\n{inner}\n</gpx>\n"
    )
}

/// A file of one track around its segments.
pub(crate) fn track(segments: &str) -> String {
    gpx(&format!("<trk>\n{segments}\n</trk>"))
}

/// A file of one segment around its points.
pub(crate) fn segment(points: &str) -> String {
    track(&format!("<trkseg>\n{points}\n</trkseg>"))
}

/// A file of one point at 52/0.1 with the time 0, around the rest of it.
pub(crate) fn point(inner: &str) -> String {
    segment(&format!(
        "<trkpt lat=\"52\" lon=\"0.1\"><time>{}</time>\n{inner}\n</trkpt>",
        time(0)
    ))
}

/// A `trkseg` of points in short: `0 hr=90; 1 pos=52.1,0.1`, each a second and fields; `-` for no time.
/// A point without `pos` has none.
pub(crate) fn seg(short: &str) -> String {
    let points: String = short.split(';').map(|short| trkpt(short.trim())).collect();
    format!("<trkseg>{points}</trkseg>\n")
}

fn trkpt(short: &str) -> String {
    let mut words = short.split_whitespace();
    let time = words
        .next()
        .filter(|word| *word != "-")
        .map(|second| element("time", &time(second.parse().unwrap())))
        .unwrap_or_default();
    let (mut position, mut extensions, mut ele) =
        ("lat='' lon=''".to_owned(), String::new(), String::new());
    for word in words {
        let (field, value) = word.split_once('=').unwrap();
        match field {
            "pos" => {
                let (lat, lon) = value.split_once(',').unwrap();
                position = format!("lat='{lat}' lon='{lon}'");
            }
            "ele" => ele = element("ele", value),
            field => extensions += &element(field, value),
        }
    }
    format!(
        "<trkpt {position}>{ele}{time}{}</trkpt>",
        element("extensions", &extensions)
    )
}

pub(crate) fn element(name: &str, inner: &str) -> String {
    format!("<{name}>{inner}</{name}>")
}

/// The time so many seconds after 2024-01-01T00:00:00Z; `tell` counts from there.
pub(crate) fn time(second: i64) -> String {
    format!(
        "2024-01-01T{:02}:{:02}:{:02}Z",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}
