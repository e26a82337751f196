//! Any bytes as a reply, a name, a list of rides, a document: no panic, names that are harmless,
//! documents that stay documents when they are changed.

use xoss::{
    Document, Integrity, Listing, Reply, RideName, Settings, SystemFile, UserProfile, gnss, panels,
    update, validate,
};

pub(crate) fn fuzz(bytes: &[u8]) {
    let _ = Reply::decode(bytes);
    let _ = Integrity::of_fit(bytes);
    if let Ok(messages) = gnss::messages(bytes) {
        assert_eq!(messages * 84, bytes.len());
    }
    if let Ok(name) = RideName::new(bytes) {
        harmless(name.as_str());
    }
    let lists = [
        Some(Listing::from_file_list(bytes)),
        Listing::from_workouts(bytes).ok(),
    ];
    for listing in lists.into_iter().flatten() {
        listing
            .rides
            .iter()
            .for_each(|ride| harmless(ride.name.as_str()));
        for refused in &listing.refused {
            assert!(!refused.to_string().contains(char::is_control));
        }
    }
    let Ok(mut document) = Document::parse(bytes) else {
        return;
    };
    let _ = document.header();
    document.touch(1_760_000_000);
    let mut settings = Settings::read(&document);
    settings.auto_pause = settings.auto_pause.map(|on| !on);
    if settings.write(&mut document).is_ok() {
        assert_eq!(Settings::read(&document), settings);
    }
    let mut rider = UserProfile::read(&document);
    rider.weight = Some(70.0);
    let _ = rider.write(&mut document);
    if let Ok(pages) = panels::pages(&document) {
        let _ = panels::set_pages(&mut document, &pages);
    }
    assert!(Document::parse(document.as_str().as_bytes()).is_ok());
    for file in [
        SystemFile::Settings,
        SystemFile::UserProfile,
        SystemFile::Panels,
    ] {
        let _ = validate(file, &document);
    }
    // What a device says is taken over into what it came from, and then there is nothing to do.
    if let Ok(mut before) = Document::parse(bytes)
        && update(&mut before, &document).is_ok()
    {
        assert!(Document::parse(before.as_str().as_bytes()).is_ok());
    }
}

fn harmless(name: &str) {
    assert!(name.len() <= 18 && !name.starts_with(['-', '.']));
    assert!(
        name.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
    );
    assert_eq!(name.matches('.').count(), 1);
}
