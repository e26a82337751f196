//! Whether the elements of a file are those of its schema, in its order; for the formats' tests.

use quick_xml::Reader;
use quick_xml::events::Event;

/// Which elements may stand in one, in which order: `a b? c* d+`.
pub(crate) type Model = (&'static str, &'static str);

/// Checks that `xml` is well-formed, and that every element holds what its model says; one without a
/// model holds no elements.
pub(crate) fn check_order(xml: &str, models: &[Model]) {
    let mut reader = Reader::from_str(xml);
    // The open elements, with the names of those that stood inside.
    let mut open: Vec<(String, Vec<String>)> = vec![(String::new(), Vec::new())];
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                open.last_mut().unwrap().1.push(name.clone());
                open.push((name, Vec::new()));
            }
            Event::End(_) => {
                let (name, children) = open.pop().unwrap();
                check_children(&name, &children, models);
            }
            Event::Empty(tag) => panic!("{tag:?} is empty"),
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open.len(), 1, "an element is open at the end");
}

fn check_children(name: &str, children: &[String], models: &[Model]) {
    let model = models
        .iter()
        .find(|(parent, _)| *parent == name)
        .map_or("", |(_, model)| model);
    let mut rest = children.iter().peekable();
    for word in model.split_whitespace() {
        let child = word.trim_end_matches(['?', '*', '+']);
        let mut count = 0;
        while rest.next_if(|next| *next == child).is_some() {
            count += 1;
        }
        let sound = match word.trim_start_matches(child) {
            "" => count == 1,
            "?" => count <= 1,
            "+" => count >= 1,
            _ => true,
        };
        assert!(sound, "`{name}` has {count} of `{word}`: {children:?}");
    }
    assert_eq!(rest.next(), None, "`{name}` has {children:?}, not {model}");
}
