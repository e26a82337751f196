use serde_json::{Map, Value};

/// What changes `before` into `after`, as a JSON Merge Patch (RFC 7386); `None` if nothing does.
///
/// Members that neither of them has stay as they are at the other side of the border: an older
/// plugin does not lose what a newer host added.
pub fn merge_patch(before: &Value, after: &Value) -> Option<Value> {
    let (Value::Object(old), Value::Object(new)) = (before, after) else {
        return (before != after).then(|| after.clone());
    };
    let mut patch = Map::new();
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        patch.insert(name.clone(), Value::Null);
    }
    for (name, value) in new {
        let changed = match old.get(name) {
            Some(before) => merge_patch(before, value),
            None => Some(value.clone()),
        };
        if let Some(changed) = changed {
            patch.insert(name.clone(), changed);
        }
    }
    (!patch.is_empty()).then_some(Value::Object(patch))
}

/// A value with a JSON Merge Patch applied to it.
pub fn patched(value: Value, patch: Value) -> Value {
    let Value::Object(patch) = patch else {
        return patch;
    };
    let mut members = match value {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    for (name, change) in patch {
        if change.is_null() {
            members.shift_remove(&name);
        } else {
            let before = members.get_mut(&name).map(Value::take).unwrap_or_default();
            members.insert(name, patched(before, change));
        }
    }
    Value::Object(members)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_other_side_does_not_know_stays() {
        let host = json!({"name": "a", "device": {"name": "PM5", "new": 1}, "newer": [1]});
        let old_plugin_saw = json!({"name": "a", "device": {"name": "PM5"}, "zones": 1});
        let old_plugin_made = json!({"name": "b", "device": {"name": "PM5", "serial": 7}});
        let patch = merge_patch(&old_plugin_saw, &old_plugin_made).unwrap();
        assert_eq!(
            patched(host, patch),
            json!({"name": "b", "device": {"name": "PM5", "new": 1, "serial": 7}, "newer": [1]})
        );
        assert_eq!(merge_patch(&old_plugin_saw, &old_plugin_saw), None);
    }

    fn objects() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<i32>().prop_map(|n| json!(n)),
            "[a-c]".prop_map(|s| json!(s))
        ];
        let value = leaf.prop_recursive(3, 20, 4, |inner| {
            prop::collection::btree_map("[a-d]", inner, 0..4).prop_map(|map| json!(map))
        });
        prop::collection::btree_map("[a-d]", value, 0..4).prop_map(|map| json!(map))
    }

    proptest! {
        #[test]
        fn a_patch_leads_from_one_to_the_other(before in objects(), after in objects()) {
            let made = match merge_patch(&before, &after) {
                Some(patch) => patched(before, patch),
                None => before,
            };
            // The order of members means nothing.
            prop_assert_eq!(made, after);
        }
    }
}
